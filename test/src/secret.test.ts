import { describe, expect, test } from 'vitest';
import { redact } from '../../src/secret.ts';

function throwing(): never {
  throw new Error('not this way');
}

describe('what was said, without secrets', () => {
  test.each([
    ['abc', 'abc-and-more'],
    ['abc-and-more', 'abc'],
  ])('[CR-12] shows nothing of a longer secret around a shorter one: %s, %s', (...secrets) => {
    expect(redact('of abc-and-more, abc', secrets)).toBe('of [redacted], [redacted]');
  });

  test('[CR-12] has no bearer token, however it is set apart, and no JWT', () => {
    expect(redact('Bearer  \t abc.def', [])).toBe('Bearer  \t [redacted]');
    expect(redact('authorization: bearer abc', [])).toBe('authorization: bearer [redacted]');
    expect(redact('a eyJhbGci.eyJzdWIi.c2ln b', [])).toBe('a [redacted] b');
    expect(redact('the bearer', [])).toBe('the bearer');
  });

  test('[CR-12] is otherwise what it was: values, lists, keys, bytes', () => {
    const said = {
      list: ['abc', { abc: 1 }, null, undefined, 7, true],
      nothing: null,
      bytes: new Uint8Array([1, 2]),
      buffer: new ArrayBuffer(2),
      view: new DataView(new ArrayBuffer(1)),
    };
    const told = redact(said, ['abc']);
    expect(told).toEqual({ ...said, list: ['[redacted]', { '[redacted]': 1 }, null, undefined, 7, true] });
    expect(Array.isArray(told.list)).toBe(true);
    expect([told.bytes, told.buffer, told.view]).toEqual([said.bytes, said.buffer, said.view]);
    expect(redact(null, ['abc'])).toBe(null);
    expect(said.list[0], 'what was given stays').toBe('abc');
  });

  test.each<[string, (inner: unknown) => unknown]>([
    ['records', (inner) => ({ in: inner })],
    ['lists', (inner) => [inner]],
  ])('[CR-12] ends at the eighth level of %s', (_, wrap) => {
    const deep = (levels: number, bottom: unknown) => {
      let all = bottom;
      for (let level = 0; level < levels; level += 1) all = wrap(all);
      return all;
    };
    expect(redact(deep(8, 'abc of old'), ['abc'])).toEqual(deep(8, '[redacted] of old'));
    expect(redact(deep(8, { a: 1 }), ['abc'])).toEqual(deep(8, '[redacted]'));
    expect(redact(deep(50, 'abc'), ['abc'])).toEqual(deep(8, '[redacted]'));
  });

  test('[CR-12] ends where it leads back to itself', () => {
    const cycle: unknown[] = ['abc'];
    cycle.push(cycle);
    expect(JSON.stringify(redact(cycle, ['abc']))).not.toContain('abc');
  });

  test.each([
    ['a getter', Object.defineProperty({}, 'abc', { enumerable: true, get: throwing })],
    ['a proxy', new Proxy({}, { ownKeys: throwing })],
  ])('[CR-12, LC-13] says so in place of %s that throws', (_, said) => {
    expect(redact({ said, more: 1 }, ['abc'])).toEqual({ said: '[redacted]', more: 1 });
  });
});
