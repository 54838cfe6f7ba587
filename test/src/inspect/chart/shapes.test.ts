import { expect, test } from 'vitest';
import { roundedPath } from '../../../../src/inspect/chart/corners.ts';
import { svg, toText } from '../../../../src/inspect/chart/svg.ts';
import { wrap } from '../../../../src/inspect/chart/wrap.ts';

test('[IN-3] a label breaks between words, and never within one', () => {
  expect(wrap('connect() if another identity', 14)).toEqual(['connect() if', 'another', 'identity']);
  expect(wrap('credentialChanged()', 5)).toEqual(['credentialChanged()']);
  expect(wrap('one two', 7)).toEqual(['one two']);
});

test('[IN-3] corners are rounded, by half of the way where it is short', () => {
  expect(roundedPath('0,0 100,0 100,50')).toBe('M0 0L92 0Q100 0 100 8L100 50');
  expect(roundedPath('0,0 4,0 4,50')).toBe('M0 0L2 0Q4 0 4 8L4 50');
  expect(roundedPath('0,0 10,0')).toBe('M0 0L10 0');
});

test('[IN-3] what a label says is text, whatever is in it', () => {
  expect(toText(svg('text', { title: '"<&' }, '<script>&'))).toBe(
    '<text title="&quot;&lt;&amp;">&lt;script&gt;&amp;</text>',
  );
});
