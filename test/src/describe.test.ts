import { expect, test } from 'vitest';
import { describe } from '../../src/describe.ts';

function throwing(): never {
  throw new Error('not this way');
}

test.each<[unknown, string]>([
  [new TypeError('no route'), 'TypeError: no route'],
  [new RangeError(), 'RangeError'],
  [Object.assign(new Error('m'), { name: 'Mine' }), 'Mine: m'],
  ['words', 'words'],
  ['', ''],
  [undefined, 'undefined was thrown'],
  [null, 'null was thrown'],
  [7, 'a number was thrown'],
  [{ message: 'looks like one' }, 'an object was thrown'],
  [Symbol('s'), 'a symbol was thrown'],
])('[LC-13] %o is told as it is thrown', (thrown, words) => {
  expect(describe(thrown)).toBe(words);
});

test.each<[string, unknown]>([
  ['a message that throws', Object.defineProperty(new Error('m'), 'message', { get: throwing })],
  ['a name that throws', Object.defineProperty(new Error(''), 'name', { get: throwing })],
  ['a name that is no text', Object.assign(new Error(''), { name: Symbol('s') })],
  ['a message that cannot be told', Object.assign(new Error(''), { message: Object.create(null) })],
  ['a proxy that throws', new Proxy({}, { getPrototypeOf: throwing })],
])('[LC-13] %s has words too', (_, thrown) => {
  expect(describe(thrown)).toBe('something that cannot be described was thrown');
});

test('[LC-13] a name that is a number is text all the same', () => {
  expect(describe(Object.assign(new Error(''), { name: 5 }))).toBe('5');
});
