import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';

// Put in place after the import, as tests of an app do: the clock asks the host each time.
beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
afterEach(() => void vi.useRealTimers());

test('the clock of the system calls after the time it was given, once', () => {
  const called = vi.fn();
  systemClock.setTimeout(called, 1_000);
  vi.advanceTimersByTime(999);
  expect(called).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10_000);
  expect(called).toHaveBeenCalledTimes(1);
});

test('[LC-4] the clock of the system does not call when it was told not to', () => {
  const called = vi.fn();
  const timer = systemClock.setTimeout(called, 1_000);
  systemClock.clearTimeout(timer as never);
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(10_000);
  expect(called).not.toHaveBeenCalled();
});

test('[ST-1] the clock of the system reads epoch ms', () => {
  vi.advanceTimersByTime(250);
  expect(systemClock.now()).toBe(1_700_000_000_250);
});
