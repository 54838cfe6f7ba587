import { entry, type StorePlay } from './scene.ts';

const bytes = Uint8Array.from({ length: 256 }, (_, n) => n);

/** Payloads by what is hard about them. */
const payloads: Readonly<Record<string, unknown>> = {
  nothing: undefined,
  null: null,
  'plain values': [0, -1, 1.5, 1e300, 2 ** 53, '', 'text', true, false, null, [], {}],
  'text of any kind': ['\n', '\r\n', '\u0000', '\u2028', '"', '\\', '👩‍👩‍👧', '\ud800', 'ä'.repeat(1_000)],
  bytes,
  'no bytes': new Uint8Array(0),
  'bytes that are part of a larger buffer': bytes.subarray(10, 20),
  'bytes anywhere inside': {
    list: [bytes, { deep: [bytes.slice(0, 3)] }],
    one: new Uint8Array([0]),
    text: 'x',
  },
  '`undefined` anywhere inside': { list: [undefined, 1], deep: { none: undefined, one: 1 } },
  'what looks like a mark': [
    { $bytes: 'AAEC' },
    { $bytes: { $bytes: 'AAEC' } },
    { $undefined: true },
    { $$bytes: 1, $: 2, $$: 3 },
    { _placeholder: true, num: 0 },
    { type: 'Buffer', data: [1, 2, 3] },
    { __type: 'Uint8Array', base64: 'AAEC', 'data:base64': 'AAEC' },
    { $binary: 'AAEC', '@bytes': 'AAEC', 0: 1, 1: 2, length: 2 },
    'data:application/octet-stream;base64,AAEC',
  ],
  'keys of any kind': JSON.parse(
    '{"__proto__": {"a": 1}, "constructor": 1, "toJSON": 2, "": 3, "a.b": 4, "length": 5, "put": 6, "remove": "1"}',
  ),
  'much of it': { text: 'x'.repeat(200_000), bytes: new Uint8Array(200_000).fill(7) },
  'deep nesting': nested(200),
};

const oddIds = [
  '',
  ' ',
  '__proto__',
  'a/b',
  '../x',
  'a\nb',
  'a\u0000b',
  '"',
  '👩‍👩‍👧',
  '\ud800',
  'x'.repeat(10_000),
  '1',
  '01',
];

/** What is put comes back as it was. */
export const contentPlays: readonly StorePlay[] = [
  ...Object.entries(payloads).map(([what, payload]) => ({
    name: `a payload comes back as it was: ${what}`,
    clauses: ['OB-7'],
    async play(scene: Parameters<StorePlay['play']>[0]) {
      await scene.put('alice', entry('before'), entry('1', { payload }), entry('after'));
      await scene.expect('alice', entry('before'), entry('1', { payload }), entry('after'));
    },
  })),
  {
    name: 'bytes come back as a Uint8Array and nothing else',
    clauses: ['OB-7'],
    async play(scene) {
      await scene.put('alice', entry('1', { payload: bytes }));
      const { entries } = await scene.load('alice');
      const payload = entries[0]?.payload;
      if (!(payload instanceof Uint8Array))
        throw new Error(`the payload is ${Object.prototype.toString.call(payload)}`);
    },
  },
  {
    name: 'ids may be any text',
    clauses: ['OB-3', 'OB-7'],
    async play(scene) {
      await scene.put('alice', ...oddIds.map((id) => entry(id)));
      await scene.expect('alice', ...oddIds.map((id) => entry(id)));
      for (const id of oddIds) await scene.store.remove('alice', id);
      await scene.expect('alice');
    },
  },
];

function nested(depth: number): unknown {
  return depth === 0 ? 'bottom' : { in: [nested(depth - 1)] };
}
