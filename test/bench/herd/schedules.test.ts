import { Manager } from 'socket.io-client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  ably,
  centrifuge,
  decorrelated,
  fullJitter,
  holdfast,
  phoenix,
  type Schedule,
  socketIo,
  type Word,
} from '../../../bench/herd/schedules.ts';
import { defaultPolicy, delayBound } from '../../../machines/policy.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

function delay(
  schedule: Schedule,
  n: number,
  draw = 0,
  { elapsed = 0, last = 0, word = null as Word | null } = {},
): number {
  return schedule(() => draw, { n, elapsed, last, word });
}

const draws = Array.from({ length: 101 }, (_, index) => index / 101);

describe('the schedule of a peer', () => {
  test('[RE-1] of socket.io is to the millisecond what its Manager waits, at every attempt and draw', () => {
    for (const draw of draws) {
      vi.spyOn(Math, 'random').mockReturnValue(draw);
      const { backoff } = new Manager('http://127.0.0.1:1', { autoConnect: false }) as unknown as {
        backoff: { duration(): number };
      };
      const waits = Array.from({ length: 10 }, () => backoff.duration());
      expect(waits.map((_, index) => delay(socketIo, index + 1, draw))).toEqual(waits);
    }
  });

  test('[RE-1] of Ably asks at once, then after 15 s stretched by the count and shortened by up to a fifth', () => {
    expect([1, 2, 3, 4, 5].map((n) => delay(ably, n))).toEqual([0, 20_000, 25_000, 30_000, 30_000]);
    expect([2, 3, 4].map((n) => delay(ably, n, 0.5))).toEqual([18_000, 22_500, 27_000]);
  });

  test('[RE-1] of Ably is suspended after two minutes: its wait is broken off, and then all wait 30 s', () => {
    expect(delay(ably, 6, 0.5, { elapsed: 90_000 })).toBe(27_000);
    expect(delay(ably, 6, 0.5, { elapsed: 100_000 })).toBe(20_000 + 30_000);
    expect([0, 0.5].map((draw) => delay(ably, 7, draw, { elapsed: 150_000 }))).toEqual([30_000, 30_000]);
  });

  test('[RE-1] of Phoenix is a ladder', () => {
    expect(Array.from({ length: 11 }, (_, index) => delay(phoenix, index + 1, 0.5))).toEqual([
      10, 50, 100, 150, 200, 250, 500, 1_000, 2_000, 5_000, 5_000,
    ]);
  });

  test('[RE-1] of Centrifuge is half a second and full jitter on top, 20 s at most', () => {
    expect([1, 2, 6, 7, 50].map((n) => delay(centrifuge, n))).toEqual([500, 500, 500, 500, 500]);
    expect([1, 2, 6, 7, 50].map((n) => delay(centrifuge, n, 0.999999))).toEqual([
      1_000, 1_500, 16_500, 20_000, 20_000,
    ]);
  });

  test.each<[string, Schedule]>([
    ['socket.io', socketIo],
    ['Ably', ably],
    ['Phoenix', phoenix],
    ['Centrifuge', centrifuge],
  ])('[RE-2] of %s does not read what a server says', (_, schedule) => {
    const word = { code: 'busy', retryAfter: 77_000, exact: true } as const;
    expect(delay(schedule, 3, 0.5, { word })).toBe(delay(schedule, 3, 0.5));
  });
});

describe('what else was tried', () => {
  test('[RE-1] full jitter is drawn between 0 and the bound at every attempt', () => {
    for (const n of [1, 2, 3, 9]) {
      expect([0, 0.5].map((draw) => delay(fullJitter(defaultPolicy), n, draw))).toEqual([
        0,
        delayBound(defaultPolicy, n) / 2,
      ]);
    }
  });

  test('[RE-1] decorrelated jitter lies between the least and three times the wait before', () => {
    const schedule = decorrelated({ first: 1_000, cap: 8_000 });
    expect([0, 0.5].map((draw) => delay(schedule, 1, draw))).toEqual([1_000, 2_000]);
    expect([0, 0.5, 0.999].map((draw) => delay(schedule, 4, draw, { last: 2_000 }))).toEqual([
      1_000, 3_500, 5_995,
    ]);
    expect(delay(schedule, 4, 0.9, { last: 8_000 })).toBe(8_000);
  });
});

describe('the schedule of holdfast', () => {
  test('[RE-1] is drawn by the policy that is the default', () => {
    const { first, base } = defaultPolicy;
    for (const draw of draws) {
      expect([1, 2].map((n) => delay(holdfast(), n, draw))).toEqual([draw * first, draw * base]);
      for (let n = 3; n < 8; n += 1) {
        const bound = delayBound(defaultPolicy, n);
        expect(delay(holdfast(), n, draw)).toBeCloseTo(((1 + draw) * bound) / 2, 6);
      }
    }
  });

  test('[RE-3] is asked of the real policy, which asks a backoff if there is one', () => {
    const told: unknown[] = [];
    const backoff = (request: object) => {
      told.push(request);
      return 4_321;
    };
    expect(delay(holdfast({ ...defaultPolicy, backoff }), 3, 0.5, { elapsed: 99 })).toBe(4_321);
    expect(told).toMatchObject([{ attempt: 3, elapsed: 99, cause: { code: 'network' } }]);
  });

  test('[RE-2, SV-5] keeps a slot to the millisecond, and spreads on top of any other time', () => {
    const slot = { code: 'busy', retryAfter: 12_345, exact: true } as const;
    expect(delay(holdfast(), 2, 0.5, { word: slot })).toBe(12_345);
    const later = { code: 'draining', retryAfter: 1_000 } as const;
    expect(delay(holdfast(), 1, 0.5, { word: later })).toBe(1_500);
  });

  test('[RE-3] that gives up is no herd', () => {
    expect(() => delay(holdfast({ ...defaultPolicy, backoff: () => 'give-up' }), 1)).toThrow(
      'Nobody gives up',
    );
  });
});
