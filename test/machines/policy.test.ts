import { describe, expect } from 'vitest';
import {
  type BackoffRequest,
  clampDelay,
  defaultPolicy,
  delayBound,
  leastPause,
  longestDelay,
  nextDelay,
  nextPause,
  type ReconnectPolicy,
} from '../../machines/policy.ts';
import { failure } from '../../machines/verdict.ts';
import { fc, test } from '../support/properties.ts';

const cause = failure('network', 'no route');

function delayOf(
  policy: Partial<ReconnectPolicy>,
  { n = 1, draw = 0.5, retryAfter = null as number | null, exact = false } = {},
): number | 'give-up' {
  const request = { n, attempt: n + 1, elapsed: 0, cause, retryAfter, exact };
  return nextDelay({ ...defaultPolicy, ...policy }, () => draw, request);
}

const draws = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const finite = fc.oneof(
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, 1, Number.MIN_VALUE, Number.MAX_VALUE, Number.MAX_SAFE_INTEGER, 2 ** 31),
);
const schedules = fc.record({ first: finite, base: finite, factor: finite, cap: finite });
const counts = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1_000, max: 2_000_000 }));

describe('the schedule', () => {
  test('[RE-1] the bounds by default are 1 s, then 4 s and half as much again up to 8 s', () => {
    expect([1, 2, 3, 4, 5, 100].map((n) => delayBound(defaultPolicy, n))).toEqual([
      1_000, 4_000, 6_000, 8_000, 8_000, 8_000,
    ]);
  });

  test('[RE-1] the cap bounds a base above it, and not the first delay', () => {
    const policy = { ...defaultPolicy, first: 700, base: 900, cap: 300 };
    expect([1, 2, 3].map((n) => delayBound(policy, n))).toEqual([700, 300, 300]);
  });

  test('[RE-1] one millisecond is a schedule too', () => {
    const policy = { first: 1, base: 1, factor: 1, cap: 1 };
    expect([delayOf(policy), delayOf(policy, { n: 9, draw: 0.998 })]).toEqual([0.5, 0.999]);
  });

  test('[RE-1] the first two delays are the draw times the bound: the whole range and nothing above it', () => {
    expect([0, 0.25, 0.999].map((draw) => delayOf({}, { draw }))).toEqual([0, 250, 999]);
    expect([0, 0.25, 0.999].map((draw) => delayOf({}, { draw, n: 2 }))).toEqual([0, 1_000, 3_996]);
  });

  test('[RE-1] from the third on a delay is at least half of its bound', () => {
    expect([0, 0.5, 0.998].map((draw) => delayOf({}, { draw, n: 3 }))).toEqual([3_000, 4_500, 5_994]);
    expect([0, 0.5, 0.998].map((draw) => delayOf({}, { draw, n: 40 }))).toEqual([4_000, 6_000, 7_992]);
  });

  test.prop([schedules, counts, draws])(
    '[RE-1, CR-10] no schedule of finite numbers leaves its bound or what timers hold',
    (schedule, n, draw) => {
      const policy = { ...defaultPolicy, ...schedule };
      const delay = delayOf(policy, { n, draw });
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(longestDelay);
      expect(delay).toBeLessThanOrEqual(n === 1 ? schedule.first : schedule.cap);
    },
  );

  test.prop([counts, draws])('[RE-1] the same draw never waits less for a later attempt', (n, draw) => {
    const later = delayOf({ first: 2_000 }, { n: n + 1, draw });
    expect(later).toBeGreaterThanOrEqual(delayOf({ first: 2_000 }, { n, draw }) as number);
  });
});

describe('a time that the server asked for', () => {
  test('[RE-2] is a floor, with a spread up to the bound of the schedule on top', () => {
    expect([0, 0.5].map((draw) => delayOf({}, { retryAfter: 30_000, draw }))).toEqual([30_000, 30_500]);
    // The floor is wait enough: what comes on top begins at nothing, also where a delay of its own would not.
    expect([0, 0.5].map((draw) => delayOf({}, { retryAfter: 30_000, n: 4, draw }))).toEqual([30_000, 34_000]);
  });

  test('[RE-2] of nothing leaves the spread', () => {
    expect(delayOf({}, { retryAfter: 0, draw: 0.5 })).toBe(500);
  });

  test('[RE-2] is a floor of a backoff of the user as well', () => {
    expect(delayOf({ backoff: () => 100 }, { retryAfter: 30_000, draw: 0.5 })).toBe(30_050);
  });

  test('[RE-2, SV-5] that is a slot of its own is kept to the millisecond, whatever the schedule', () => {
    const slot = { retryAfter: 12_345, exact: true };
    expect([0, 0.999].map((draw) => delayOf({}, { ...slot, draw, n: 5 }))).toEqual([12_345, 12_345]);
    expect(delayOf({ backoff: () => 100 }, slot)).toBe(12_345);
    expect(delayOf({ backoff: () => 'give-up' }, slot)).toBe('give-up');
    expect(delayOf({}, { retryAfter: 2 ** 40, exact: true })).toBe(longestDelay);
  });

  test('[RE-2] a slot without a time is none: the schedule serves', () => {
    expect(delayOf({}, { exact: true })).toBe(500);
  });

  test.prop([schedules, counts, draws, fc.double({ min: 0, noNaN: true })])(
    '[RE-2, CR-10] is never undercut, whatever the schedule, except by what timers hold',
    (schedule, n, draw, retryAfter) => {
      const floor = Math.min(retryAfter, longestDelay);
      expect(delayOf(schedule, { n, draw, retryAfter })).toBeGreaterThanOrEqual(floor);
    },
  );

  test.prop([fc.double({ min: 0, noNaN: true }), draws, finite])(
    '[RE-2, RE-3, CR-10] is never undercut by a backoff of the user, Infinity included',
    (own, draw, retryAfter) => {
      const delay = delayOf({ backoff: () => own }, { draw, retryAfter });
      expect(delay).toBeGreaterThanOrEqual(Math.min(retryAfter, longestDelay));
      expect(delay).toBeLessThanOrEqual(longestDelay);
    },
  );
});

describe('a backoff of the user', () => {
  test('[RE-3] decides the delay exactly, and is told the attempt, the effort and the cause', () => {
    const told: BackoffRequest[] = [];
    const backoff = (request: BackoffRequest) => {
      told.push(request);
      return 4_321;
    };
    const request = { n: 3, attempt: 7, elapsed: 99, cause, retryAfter: null };
    expect(nextDelay({ ...defaultPolicy, backoff }, () => 0.5, request)).toBe(4_321);
    expect(told).toEqual([{ attempt: 7, elapsed: 99, cause }]);
  });

  test('[RE-3] may give up', () => {
    expect(delayOf({ backoff: () => 'give-up' })).toBe('give-up');
    expect(delayOf({ backoff: () => 'give-up' }, { retryAfter: 1_000 })).toBe('give-up');
  });

  test('[RE-3] leaves it to the default schedule where it has no answer', () => {
    expect(delayOf({ backoff: () => undefined }, { n: 2 })).toBe(2_000);
    expect(delayOf({ backoff: () => undefined }, { n: 3 })).toBe(4_500);
  });

  test('[RE-3, CR-10] is held to what timers keep', () => {
    expect(delayOf({ backoff: () => Number.POSITIVE_INFINITY })).toBe(longestDelay);
    expect(delayOf({ backoff: () => 2 ** 31 })).toBe(longestDelay);
  });
});

describe('a delay', () => {
  test('[CR-10] is clamped to what timers keep', () => {
    const given = [Number.NaN, -1, -0, Number.NEGATIVE_INFINITY, 2 ** 31, Number.POSITIVE_INFINITY];
    expect(given.map(clampDelay)).toEqual([0, 0, 0, 0, 2 ** 31 - 1, 2 ** 31 - 1]);
  });

  test.prop([fc.double()])('[CR-10] is clamped for every number, and left alone within the range', (ms) => {
    const clamped = clampDelay(ms);
    expect(clamped).toBeGreaterThanOrEqual(0);
    expect(clamped).toBeLessThanOrEqual(longestDelay);
    if (ms > 0 && ms <= longestDelay) expect(clamped).toBe(ms);
  });
});

describe('nextPause', () => {
  const draw = (n: number, random: number) => nextPause(defaultPolicy, () => random, n);

  test('[RM-1, RE-1] is drawn as the schedule draws', () => {
    expect([1, 2, 3, 9].map((n) => draw(n, 0.5))).toEqual([500, 2_000, 4_500, 6_000]);
  });

  test('[RM-1, OB-6] is never so short that whoever fails at once is asked in a loop', () => {
    expect(draw(1, 0)).toBe(leastPause);
    expect(nextPause({ ...defaultPolicy, first: 0, base: 0, cap: 0 }, () => 0.9, 4)).toBe(leastPause);
  });
});
