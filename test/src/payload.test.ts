import { describe, expect, test } from 'vitest';
import { isHoldfastError } from '../../src/errors.ts';
import { copyPayload } from '../../src/payload.ts';
import { fc, test as property } from '../support/properties.ts';

function messageOf(payload: unknown): string {
  try {
    copyPayload(payload);
  } catch (thrown) {
    if (!isHoldfastError(thrown)) throw thrown;
    expect(thrown.code).toBe('payload-invalid');
    return thrown.message;
  }
  return 'was copied';
}

function throwing(): never {
  throw new Error('not today');
}

describe('a payload', () => {
  property.prop([fc.jsonValue()], { numRuns: 2_000 })(
    '[OB-1] is copied as JSON carries it, and its size is that of its JSON in UTF-8',
    (value) => {
      const { payload, bytes, largest } = copyPayload(value);
      expect(JSON.stringify(payload)).toBe(JSON.stringify(value));
      expect(bytes).toBe(Buffer.byteLength(JSON.stringify(value)));
      expect(largest).toBe(bytes);
    },
  );

  property.prop([fc.string({ unit: 'binary' })])('[OB-5] the size counts every kind of character', (text) => {
    expect(copyPayload({ [text]: text }).bytes).toBe(Buffer.byteLength(JSON.stringify({ [text]: text })));
  });

  property.prop(
    [fc.anything({ withBigInt: false, withDate: true, withNullPrototype: true, withSparseArray: true })],
    { numRuns: 2_000 },
  )('[OB-1] either is what JSON makes of it, or is refused with a path', (value) => {
    const json = JSON.stringify(value);
    let copied: unknown;
    try {
      copied = copyPayload(value).payload;
    } catch (thrown) {
      expect(isHoldfastError(thrown) && thrown.message).toMatch(/^payload/);
      return;
    }
    expect(JSON.stringify(copied)).toBe(json);
  });

  test('[OB-1] is a copy: what the app does with its own later changes nothing', () => {
    const own = { list: [{ text: 'first' }], bytes: new Uint8Array([1, 2]) };
    const { payload } = copyPayload(own);
    own.list[0]!.text = 'changed';
    own.bytes[0] = 9;
    own.list.push({ text: 'more' });
    expect(payload).toEqual({ list: [{ text: 'first' }], bytes: new Uint8Array([1, 2]) });
  });

  test('[OB-1] may be none', () => {
    expect(copyPayload(undefined)).toEqual({ payload: undefined, bytes: 4, largest: 4 });
    expect(copyPayload({ toJSON: () => undefined }).payload).toBe(undefined);
  });

  test('[OB-1] leaves out what is undefined; in a list it is null', () => {
    const { payload, bytes } = copyPayload({ a: undefined, b: [undefined, 1], c: null });
    expect(payload).toStrictEqual({ b: [null, 1], c: null });
    expect(bytes).toBe('{"b":[null,1],"c":null}'.length);
  });

  test('[OB-1] speaks through toJSON, as dates and URLs do', () => {
    const date = new Date(0);
    const given = { date, url: new URL('https://a.example/'), own: { toJSON: (key: string) => ({ key }) } };
    expect(copyPayload(given).payload).toEqual(JSON.parse(JSON.stringify(given)));
    expect(copyPayload({ n: Object(1), s: Object('s'), b: Object(false) }).payload).toEqual({
      n: 1,
      s: 's',
      b: false,
    });
  });

  test('[OB-1] is bytes where it holds bytes: each a fresh Uint8Array of just those', () => {
    const shared = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]).buffer;
    const parts = {
      buffer: Buffer.from([1, 2, 3]),
      array: shared,
      view: new DataView(shared, 2, 3),
      floats: new Float32Array([1]),
    };
    const { payload, bytes, largest } = copyPayload(parts);
    expect(payload).toEqual({
      buffer: new Uint8Array([1, 2, 3]),
      array: new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7]),
      view: new Uint8Array([2, 3, 4]),
      floats: new Uint8Array(new Float32Array([1]).buffer),
    });
    for (const part of Object.values(payload as object)) {
      expect(Object.getPrototypeOf(part)).toBe(Uint8Array.prototype);
      expect(part.buffer.byteLength).toBe(part.byteLength);
    }
    expect(bytes).toBeGreaterThan(3 + 8 + 3 + 4);
    expect(copyPayload(new Uint8Array(5_000)).largest).toBe(5_000);
    expect(largest).toBe(bytes - 18);
  });

  test('[OB-1] keeps a key named __proto__ a key', () => {
    const { payload } = copyPayload(JSON.parse('{"__proto__":{"admin":true},"a":1}'));
    expect(Object.getPrototypeOf(payload)).toBe(Object.prototype);
    expect((payload as { admin?: unknown }).admin).toBe(undefined);
    expect(JSON.stringify(payload)).toBe('{"__proto__":{"admin":true},"a":1}');
    // One like any other, which whoever holds the copy may change.
    for (const key of ['__proto__', 'a']) {
      expect(Object.getOwnPropertyDescriptor(payload, key)).toMatchObject({
        configurable: true,
        enumerable: true,
        writable: true,
      });
    }
  });

  test('[ER-1] what JSON cannot carry is named with its path', () => {
    expect(messageOf({ items: [0, 1, 2, { run() {} }] })).toBe('payload.items[3].run is a function');
    expect(messageOf(Symbol('s'))).toBe('payload is a symbol');
    expect(messageOf({ 'two words': 1n })).toBe('payload["two words"] is a BigInt');
    expect(messageOf([Number.NaN])).toBe('payload[0] is NaN');
    expect(messageOf({ n: -1 / 0 })).toBe('payload.n is -Infinity');
    expect(messageOf({ seen: new Map([[1, 2]]) })).toBe('payload.seen is a Map');
    expect(messageOf([new Set([1])])).toBe('payload[0] is a Set');
    expect(messageOf({ file: new Blob(['a']) })).toBe('payload.file is a Blob');
    expect(messageOf({ e: new Error('x') })).toBe('payload.e is an Error');
    expect(messageOf({ p: Promise.resolve() })).toBe('payload.p is a Promise');
    expect(messageOf(/x/)).toBe('payload is a RegExp');
  });

  test('[ER-1] so are cycles, but not what is there twice', () => {
    const cycle: { a: { back?: unknown }[] } = { a: [{}] };
    cycle.a[0]!.back = cycle;
    expect(messageOf(cycle)).toBe('payload.a[0].back is a cycle');
    const twice = { x: 1 };
    expect(copyPayload([twice, twice]).payload).toEqual([{ x: 1 }, { x: 1 }]);
  });

  test('[LC-13] what throws while it is read is a payload error, with the path', () => {
    const given = {
      a: [
        {
          get b(): never {
            return throwing();
          },
        },
      ],
    };
    expect(messageOf(given)).toBe('payload.a[0].b threw: Error: not today');
    expect(messageOf({ c: { toJSON: throwing } })).toBe('payload.c threw: Error: not today');
    expect(messageOf({ d: new Proxy({}, { ownKeys: throwing }) })).toBe('payload.d threw: Error: not today');
    const detached = new ArrayBuffer(8);
    structuredClone(detached, { transfer: [detached] });
    expect(messageOf({ ok: 1, detached })).toMatch(/^payload\.detached threw|was copied/);
  });

  test.each([1_500, 1_000_000])('[LC-13] %i levels are too many, and said so', (levels) => {
    let deep: unknown = 1;
    for (let level = 0; level < levels; level += 1) deep = { in: deep };
    expect(messageOf(deep)).toMatch(/^payload\.in\.in.* is nested deeper than 1000 levels$/);
    const lists = JSON.parse('['.repeat(900) + ']'.repeat(900));
    expect(JSON.stringify(copyPayload(lists).payload)).toBe(JSON.stringify(lists));
  });

  test('[OB-1] one that sends another while it is read disturbs neither', () => {
    let inner: unknown;
    const toJSON = () => {
      inner = copyPayload({ b: [1] }).payload;
      return 'told';
    };
    const outer = { a: { toJSON }, c: 2 };
    expect(copyPayload(outer).payload).toEqual({ a: 'told', c: 2 });
    expect(inner).toEqual({ b: [1] });
  });

  test.each([
    ['an element', [0, 1, 9, 10, 11, -1, -0, 0.5, 1e21, 1e-7, 99, 100]],
    ['a text of plain letters', ['', ' !#[]~', 'a"b', 'a\\b', 'a\u007fb']],
    [
      'a text of control characters',
      ['\u0000', '\u0007', '\b', '\t', '\n', '\v', '\f', '\r', '\u000e', '\u001f'],
    ],
    ['a text at the edges of UTF-8', ['\u0080', '\u07ff', '\u0800', '\ud7ff', '\ue000', '\uffff']],
    ['a pair of surrogates', ['\ud800\udc00', '\udbff\udfff', '\ud800\udfff', '\udbff\udc00']],
    ['half a pair', ['\ud800', '\udbff', '\udc00', '\udfff', '\ud800a', 'a\udc00', '\udc00\udc00']],
    [
      'halves that do not fit',
      ['\ud800\ud800\udc00', '\ud800\ue000', '\udfff\ud800', '\udbff\udbff', '\udc00\ud800'],
    ],
  ])('[OB-5] the size of %s is that of its JSON', (_, values) => {
    for (const value of values) {
      const json = JSON.stringify(value);
      expect(copyPayload(value).bytes, json).toBe(Buffer.byteLength(json));
    }
  });

  test('[OB-5] bytes count for themselves, and for what Socket.IO writes in their place', () => {
    const written = JSON.stringify({ a: { _placeholder: true, num: 0 }, b: 1 });
    expect(copyPayload({ a: new Uint8Array(5), b: 1 }).bytes).toBe(written.length + 5);
  });

  test('[OB-5] the largest packet is that of the largest part, wherever it lies', () => {
    const big = new Uint8Array(3_000);
    const small = new Uint8Array(7);
    for (const parts of [
      [big, small],
      [small, big],
    ]) {
      expect(copyPayload(parts).largest).toBe(3_000);
    }
  });

  test('[OB-1] is what an object of a class has, as in JSON', () => {
    class Point {
      readonly x = 1;
      readonly inner = new (class Empty {})();
      get y() {
        return 2;
      }
    }
    class Named {
      readonly own = 1;
      get [Symbol.toStringTag]() {
        return 'Named';
      }
    }
    expect(copyPayload([new Point(), new Named()]).payload).toStrictEqual([{ x: 1, inner: {} }, { own: 1 }]);
  });

  test.each(['Map', 'String', 'ArrayBuffer'])(
    '[OB-1] a plain object stays one, also if it says that it is a %s',
    (tag) => {
      const plain = { [Symbol.toStringTag]: tag, a: [1] };
      const bare = Object.assign(Object.create(null), { [Symbol.toStringTag]: 'Map', a: [1] });
      expect(copyPayload([plain, bare]).payload).toStrictEqual([{ a: [1] }, { a: [1] }]);
    },
  );

  test('[OB-1] is what toJSON gives, whatever that is; it is asked once, with the key', () => {
    const saying = (json: unknown) => ({ toJSON: () => json });
    expect(copyPayload([saying(null), saying('s'), saying({ a: saying(1) })]).payload).toEqual([
      null,
      's',
      { a: 1 },
    ]);
    expect(copyPayload({ bytes: saying(new Uint8Array([1, 2])) }).payload).toEqual({
      bytes: new Uint8Array([1, 2]),
    });
    expect(copyPayload({ toJSON: (key: string) => ({ key }) }).payload).toEqual({ key: '' });
    expect(copyPayload([{ toJSON: (key: string) => ({ key }) }]).payload).toEqual([{ key: '0' }]);
    // JSON asks no second time, and would write {} for the date.
    expect(messageOf(saying(new Date(0)))).toBe('payload is a Date');
  });

  test('[OB-1] bytes that are shared or whole are copied as others are', () => {
    const shared = new SharedArrayBuffer(2);
    const whole = new ArrayBuffer(2);
    const { payload } = copyPayload({ shared, whole });
    for (const buffer of [shared, whole]) new Uint8Array(buffer).fill(9);
    expect(payload).toEqual({ shared: new Uint8Array(2), whole: new Uint8Array(2) });
  });

  test.each<[string, () => object]>([
    ['a Map', () => new Map([[1, 2]])],
    ['a Set', () => new Set([1])],
    ['a WeakMap', () => new WeakMap()],
    ['a WeakSet', () => new WeakSet()],
    ['a WeakRef', () => new WeakRef({})],
    ['a Promise', () => Promise.resolve(1)],
    ['a RegExp', () => /x/],
    ['an Error', () => new TypeError('x')],
    ['a DOMException', () => new DOMException('x')],
    ['a Blob', () => new Blob(['x'])],
    ['a File', () => new File(['x'], 'x')],
    ['a FormData', () => new FormData()],
    ['a Headers', () => new Headers({ a: 'b' })],
    ['an URLSearchParams', () => new URLSearchParams('a=b')],
    ['a ReadableStream', () => new ReadableStream()],
    ['a Symbol', () => Object(Symbol('s'))],
    ['a BigInt', () => Object(1n)],
  ])('[ER-1] %s is refused, also if it has properties: JSON would keep those alone', (what, make) => {
    expect(messageOf({ at: make() })).toBe(`payload.at is ${what}`);
    expect(messageOf({ at: Object.assign(make(), { own: 1 }) })).toBe(`payload.at is ${what}`);
  });

  test('[ER-1] so is what nobody thought of, if JSON would make nothing of it', () => {
    expect(messageOf([(function* () {})()])).toBe('payload[0] is a Generator');
    expect(messageOf(new Intl.NumberFormat())).toBe('payload is an Intl.NumberFormat');
  });

  test('[ER-1] a path is told from the top, and cut after twelve steps', () => {
    const nest = (levels: number) => {
      let value: unknown = 1n;
      for (let level = 0; level < levels; level += 1) value = { in: value };
      return value;
    };
    expect(messageOf(nest(12))).toBe(`payload${'.in'.repeat(12)} is a BigInt`);
    expect(messageOf(nest(13))).toBe(`payload${'.in'.repeat(12)}.… is a BigInt`);
    expect(messageOf({ toJSON: throwing })).toBe('payload threw: Error: not today');
    const before = { deep: { deeper: [1, [2]] }, list: [[1]] };
    expect(messageOf([before, { $_ä1: [before, Symbol('s')] }])).toBe('payload[1].$_ä1[1] is a symbol');
  });
});
