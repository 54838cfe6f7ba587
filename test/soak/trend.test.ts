import { expect, test } from 'vitest';
import { trendOf } from '../../soak/audit/trend.ts';

const minute = 60_000;
const megabyte = 2 ** 20;

/** A look every 5 s for so many minutes. */
function samples(minutes: number, bytesAt: (minute: number) => number) {
  return Array.from({ length: (minutes * minute) / 5_000 + 1 }, (_, index) => ({
    at: index * 5_000,
    bytes: bytesAt((index * 5_000) / minute),
  }));
}

test('a heap that warms up and stays is flat', () => {
  const trend = trendOf(samples(20, (at) => (at < 4 ? 50 + 10 * at : 90) * megabyte));
  expect(trend).toMatchObject({ isFlat: true, second: 90 * megabyte, last: 90 * megabyte, perHour: 0 });
});

test('one that breathes is flat', () => {
  expect(trendOf(samples(20, (at) => (90 + 5 * Math.sin(7 * at)) * megabyte)).isFlat).toBe(true);
});

test('one that grows by a megabyte a minute is not, and it is told how fast', () => {
  const trend = trendOf(samples(20, (at) => (90 + at) * megabyte));
  expect(trend.isFlat).toBe(false);
  expect(trend.perHour / megabyte).toBeCloseTo(60);
});

test('a small leak shows in a long run', () => {
  expect(trendOf(samples(240, (at) => (90 + at / 10) * megabyte)).isFlat).toBe(false);
});

test('of a short run nothing can be said', () => {
  expect(trendOf(samples(2, (at) => (90 + at) * megabyte)).isFlat).toBeNull();
  expect(trendOf([]).isFlat).toBeNull();
});
