import { expect, test } from 'vitest';
import { badOption, unknownOption } from '../../src/bad-option.ts';

test.each<[unknown, string]>([
  [null, 'null'],
  [undefined, 'undefined'],
  [true, 'true'],
  [-5, '-5'],
  [Number.NaN, 'NaN'],
  ['fast', 'a string'],
  [{}, 'an object'],
  [[], 'an array'],
  [() => 1, 'a function'],
  [1n, 'a bigint'],
])('[ER-1] an option of %o is told as %s', (given, shown) => {
  const { message, hint } = badOption('cap', given, 'ms');
  expect(message).toBe(`\`cap\` is ${shown}; allowed: ms`);
  expect(hint).toBe('Set `cap` to ms.');
});

test('[ER-1] an unknown option is told by its full name, with the one that was meant', () => {
  const { message, hint } = unknownOption('cpa', ['base', 'cap'], { prefix: 'reconnect.' });
  expect(message).toBe('there is no option `reconnect.cpa`');
  expect(hint).toBe('Did you mean `reconnect.cap`?');
});

test('[ER-1] an unknown option is told with whose it would be', () => {
  const { message } = unknownOption('cpa', ['cap'], { owner: ' of socketIo()' });
  expect(message).toBe('there is no option `cpa` of socketIo()');
});

test('[ER-1] an unknown option that is near to none is not told of another', () => {
  const { message, hint } = unknownOption('zzzzzz', ['cap']);
  expect(message).toBe('there is no option `zzzzzz`');
  expect(hint).not.toMatch(/mean|undefined/);
  expect(hint.length).toBeGreaterThan(20);
});
