import { describe, expect } from 'vitest';
import { begin, type Effort, end, noEffort, spentBy, watch } from '../../machines/effort.ts';
import { fc, test } from '../support/properties.ts';

describe('[LC-8] time of trying', () => {
  test('[LC-8] is what passed between begin and end', () => {
    expect(end(begin(noEffort, 1_000, 5_000, true), 1_700).spent).toBe(700);
  });

  test('[LC-8] adds up over attempts and waits, and nothing in between counts', () => {
    let effort = end(begin(noEffort, 0, 5_000, true), 700);
    effort = end(begin(effort, 10_000, 5_000, true), 10_300);
    expect(effort).toEqual({ spent: 1_000, since: null, asked: 0 });
    expect(spentBy(effort, 99_999)).toBe(1_000);
  });

  test('[LC-8] goes on from one phase to the next without a gap or an overlap', () => {
    const effort = begin(begin(noEffort, 0, 5_000, true), 700, 5_000, true);
    expect(spentBy(effort, 1_000)).toBe(1_000);
  });

  test('[LC-8] does not count while nobody could use the app', () => {
    let effort = begin(noEffort, 0, 10_000, true);
    effort = watch(effort, 1_000, false);
    expect(spentBy(effort, 5_000)).toBe(1_000);
    effort = watch(effort, 6_000, true);
    expect(end(effort, 6_500).spent).toBe(1_500);
  });

  test('[LC-8] does not count from a begin that nobody watches, until somebody does', () => {
    const effort = begin(noEffort, 0, 10_000, false);
    expect(spentBy(effort, 4_000)).toBe(0);
    expect(spentBy(watch(effort, 4_000, true), 4_400)).toBe(400);
  });

  test('[LC-8] is not begun by a signal while nothing is being tried', () => {
    expect(spentBy(watch(noEffort, 1_000, true), 9_000)).toBe(0);
    expect(spentBy(watch(end(begin(noEffort, 0, 500, true), 500), 1_000, true), 9_000)).toBe(500);
  });

  test('[LC-8] that a signal interrupts takes off the timer what was counted since its begin alone', () => {
    const effort = begin({ ...noEffort, spent: 500 }, 0, 1_000, true);
    expect(watch(effort, 400, true)).toEqual({ spent: 900, since: 400, asked: 600 });
    expect(watch(effort, 1_000, true)).toEqual({ spent: 1_500, since: null, asked: 0 });
    expect(watch(noEffort, 400, true)).toEqual(noEffort);
  });

  test('[LC-8] of a clock that steps back is zero, never negative', () => {
    expect(spentBy(begin(noEffort, 5_000, 1_000, true), 10)).toBe(0);
    expect(end(begin({ ...noEffort, spent: 300 }, 5_000, 1_000, true), 10).spent).toBe(300);
  });

  test('[LC-8, RE-6] beyond what the running timer asked for is sleep', () => {
    expect(spentBy(begin(noEffort, 0, 1_000, true), 3_600_000)).toBe(1_000);
  });

  test('[LC-8, RE-6] beyond what the running timer asked for is sleep after a signal as well', () => {
    let effort = begin(noEffort, 0, 1_000, true);
    effort = watch(effort, 600, false);
    effort = watch(effort, 700, true);
    expect(end(effort, 3_600_000).spent).toBeLessThanOrEqual(1_000);
    effort = begin(noEffort, 0, 1_000, true);
    effort = watch(effort, 600, true);
    expect(end(effort, 3_600_000).spent).toBe(1_000);
  });

  const readings = fc.array(fc.record({ now: fc.integer({ min: -1e9, max: 1e9 }), watched: fc.boolean() }));
  test.prop([fc.integer({ min: 0, max: 100_000 }), readings])(
    '[LC-8] of one timer is between nothing and what it asked for, however the clock jumps and signals come',
    (asked, steps) => {
      let effort: Effort = begin(noEffort, 0, asked, true);
      let before = 0;
      for (const { now, watched } of steps) {
        effort = watch(effort, now, watched);
        expect(effort.spent).toBeGreaterThanOrEqual(before);
        before = effort.spent;
      }
      expect(end(effort, 2e9).spent).toBeLessThanOrEqual(asked);
    },
  );
});
