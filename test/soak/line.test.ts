import { expect, test } from 'vitest';
import { clock, heading, legend, lineOf, short } from '../../soak/report/line.ts';
import type { Figures } from '../../soak/watch.ts';

const figures: Figures = {
  elapsed: 754_000,
  live: 1_987,
  clients: 2_000,
  losses: {
    'transport-closed': 12_345,
    'ping-timeout': 812,
    expired: 41,
    draining: 7,
    forbidden: 3,
    kicked: 2,
  },
  refusals: {},
  more: {},
  sent: 37_700,
  acknowledged: 36_000,
  turnedDown: 1_650,
  received: 903_000,
  missing: 0,
  twice: 0,
  heap: 142.4 * 2 ** 20,
  rss: 301 * 2 ** 20,
  lag: 41.6,
};

test('a line of figures', () => {
  expect(`${heading}\n${lineOf(figures)}`).toMatchInlineSnapshot(`
    "  time      live   cut  mute  expd drain other  sent  ackd   not  came miss twice  heap nodes  lag
     12:34 1987/2000 12.3k   812    41     7     5 37.7k 36.0k  1650  903k    0     0   142   301   42"
  `);
});

test('everything fits into 100 columns, after a week as well', () => {
  const many = Object.fromEntries(Object.keys(figures.losses).map((cause) => [cause, 98_765_432]));
  const large: Figures = {
    ...figures,
    elapsed: 604_800_000,
    live: 2_000,
    losses: many,
    sent: 98_765_432,
    acknowledged: 98_765_432,
    turnedDown: 98_765_432,
    received: 987_654_321,
    missing: 9_999,
    twice: 9_999,
    heap: 9_999 * 2 ** 20,
    rss: 9_999 * 2 ** 20,
    lag: 9_999,
  };
  for (const line of [heading, lineOf(figures), lineOf(large), ...legend.split('\n')])
    expect(line.length, line).toBeLessThanOrEqual(100);
});

test.each([
  [9_999, '9999'],
  [10_000, '10.0k'],
  [99_949, '99.9k'],
  [99_950, '100k'],
  [999_499, '999k'],
  [999_500, '1.0M'],
  [99_949_999, '99.9M'],
  [99_950_000, '100M'],
])('%i is written as %s', (count, written) => {
  expect(short(count)).toBe(written);
});

test('times', () => {
  expect([0, 65_000, 3_599_999, 3_600_000].map(clock)).toEqual(['0:00', '1:05', '59:59', '1h00m']);
});
