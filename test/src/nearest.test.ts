import { describe, expect, test } from 'vitest';
import { nearest } from '../../src/nearest.ts';

const known = ['path', 'query', 'transports', 'withCredentials', 'extraHeaders', 'ca'];

describe('the nearest known name', () => {
  test.each([
    ['pth', 'path'],
    ['paht', 'path'],
    ['Path', 'path'],
    ['transport', 'transports'],
    ['withcredentials', 'withCredentials'],
    ['withCredntials', 'withCredentials'],
    ['extraHeader', 'extraHeaders'],
    ['cs', 'ca'],
  ])('%s was meant to be %s', (written, meant) => {
    expect(nearest(written, known)).toBe(meant);
  });

  test.each(['foo', 'reconnect', 'x', '', '__proto__', 'transportsAndMore'])(
    '%j is near to nothing',
    (written) => {
      expect(nearest(written, known)).toBeUndefined();
    },
  );

  test('two swapped letters are one slip, so they win over two wrong ones', () => {
    expect(nearest('abdc', ['abxy', 'abcd'])).toBe('abcd');
  });

  test.each([
    ['a', 'ca'],
    ['b', 'ba'],
  ])('a letter too few is one slip in short names too: %s was meant to be %s', (written, meant) => {
    expect(nearest(written, [meant])).toBe(meant);
  });

  test.each(['abcxd', 'abcex', 'xbcda', 'bxcde', 'xacde'])('%s is two slips from abcde', (other) => {
    expect(nearest('abcde', [other])).toBeUndefined();
  });

  test('two swapped letters are no less of a slip than one wrong one', () => {
    expect(nearest('acb', ['acd', 'abc'])).toBe('acd');
    expect(nearest('acb', ['abc', 'acd'])).toBe('abc');
    expect(nearest('badcfe', ['abcdef'])).toBeUndefined();
  });

  test('the first of equally near names wins, so that the answer is stable', () => {
    expect(nearest('cat', ['car', 'cut'])).toBe('car');
  });

  test('nothing known, nothing near', () => {
    expect(nearest('path', [])).toBeUndefined();
  });
});
