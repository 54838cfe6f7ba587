import { describe, expect, test } from 'vitest';
import { plainData } from '../src/plain-data.ts';

class Port {
  readonly token = 'opaque';
}

describe('plain data', () => {
  test.each([
    ['text', 'text'],
    [7, 7],
    [true, true],
    [null, null],
    [undefined, undefined],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [Number.NaN, 'NaN'],
    [12n, '12'],
  ])('[IN-1] %s is shown as %s', (value, shown) => {
    expect(plainData(value)).toBe(shown);
  });

  test.each([
    ['a function', () => 'opaque'],
    ['a symbol', Symbol('opaque')],
    ['an instance', new Port()],
    ['an instance of a class of the language', new Map([['token', 'opaque']])],
    ['an error', new Error('opaque')],
    ['a date', new Date(0)],
    ['bytes', new Uint8Array(4)],
  ])('[IN-1, CR-12] %s is left out', (_, value) => {
    expect(plainData(value)).toBe(undefined);
    expect(JSON.stringify(plainData({ kept: 1, left: value, in: [value] }))).toBe('{"kept":1,"in":[null]}');
  });

  test('[IN-1] an object without a prototype, or of another realm, is plain', () => {
    const bare = Object.assign(Object.create(null), { a: 1 });
    expect(plainData({ bare })).toEqual({ bare: { a: 1 } });
    const { runInNewContext } = process.getBuiltinModule('node:vm');
    expect(plainData(runInNewContext('({ a: [1, { b: 2 }] })'))).toEqual({ a: [1, { b: 2 }] });
  });

  test('[IN-1] what contains itself ends; what is there twice is shown twice', () => {
    const twice = { a: 1 };
    const ring: Record<string, unknown> = { one: twice, other: twice };
    ring['ring'] = ring;
    expect(plainData(ring)).toEqual({ one: { a: 1 }, other: { a: 1 }, ring: null });
  });

  test('[IN-1] it is a copy', () => {
    const given = { a: { b: 1 } };
    const shown = plainData(given) as typeof given;
    expect(shown).toEqual(given);
    expect(shown.a).not.toBe(given.a);
  });
});
