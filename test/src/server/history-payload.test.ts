import { describe, expect, test } from 'vitest';
import { readPayload, writePayload } from '../../../src/server/history/payload.ts';

describe('a payload that is kept', () => {
  test.each<[unknown, unknown?]>([
    [{ text: 'é\u0000\ud83d\ude00', n: 0.1, list: [1, null, true] }],
    ['text'],
    [null],
    [7],
    [undefined, null],
    [{ a: undefined, at: new Date(0), f() {} }, { at: '1970-01-01T00:00:00.000Z' }],
    [{ 'holdfast:bytes': 'eA==', toJSON: () => ({ own: 1 }) }, { own: 1 }],
    ['bytes:'],
  ])('[SV-8] %o is what would have come over the wire', (payload, expected = payload) => {
    expect(readPayload(writePayload(payload))).toEqual(expected);
  });

  test('[SV-8] keeps bytes of any kind, wherever they are', () => {
    const payload = {
      buffer: Buffer.from('one'),
      list: [new Uint8Array([1, 2]), { view: new DataView(new Uint8Array([9, 8, 7]).buffer, 1, 1) }],
      whole: new Uint8Array([3]).buffer,
      text: 'two',
    };
    expect(readPayload(writePayload(payload))).toEqual({
      buffer: Buffer.from('one'),
      list: [Buffer.from([1, 2]), { view: Buffer.from([8]) }],
      whole: Buffer.from([3]),
      text: 'two',
    });
  });

  test('[SV-8] cannot be written so that somebody’s words are taken for bytes', () => {
    const first = writePayload({ image: Buffer.from('x') });
    const [key = ''] = /(?<=")[0-9a-f-]{36}(?=":)/.exec(first) ?? [];
    const payload = { image: Buffer.from('x'), words: { [key]: 'eA==' } };
    expect(readPayload(writePayload(payload))).toEqual(payload);
  });

  test('[SV-8] that JSON cannot carry throws', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => writePayload(cycle)).toThrow();
    expect(() => writePayload({ n: 1n })).toThrow();
  });
});
