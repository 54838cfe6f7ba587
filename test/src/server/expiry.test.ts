import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Expiry } from '../../../src/server/expiry.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

/** Counts how often it expired. */
function expiry() {
  const expired = vi.fn();
  class Counted extends Expiry {
    override expire = expired;
  }
  return { expired, expiry: new Counted() };
}

test('[SV-1] it expires once, at its time and not before', () => {
  const { expired, expiry: end } = expiry();
  end.set(Date.now() + 150_000);
  vi.advanceTimersByTime(149_999);
  expect(expired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(expired).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(10_000_000);
  expect(expired).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

test.each([3_600_000 * 24 * 60, 2 ** 31, Number.MAX_VALUE])(
  '[SV-1] an end that no timer reaches is not now (in %i ms)',
  (ms) => {
    const { expired, expiry: end } = expiry();
    end.set(Date.now() + ms);
    vi.advanceTimersByTime(3_600_000 * 24);
    expect(expired).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(1);
  },
);

test('[SV-1] a clock that is set forward is noticed within a minute', () => {
  const { expired, expiry: end } = expiry();
  end.set(Date.now() + 3_600_000);
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(60_000);
  expect(expired).toHaveBeenCalledOnce();
});

test('[SV-1] a clock that is set back makes it wait', () => {
  const { expired, expiry: end } = expiry();
  end.set(Date.now() + 30_000);
  vi.setSystemTime(Date.now() - 3_600_000);
  vi.advanceTimersByTime(3_600_000);
  expect(expired).not.toHaveBeenCalled();
  vi.advanceTimersByTime(30_000);
  expect(expired).toHaveBeenCalledOnce();
});

test('[SV-1] what is past expires at once; a later end takes its place; no end, and a cleared one, leave no timer', () => {
  const { expired, expiry: end } = expiry();
  end.set(Date.now() + 10);
  end.set(Date.now() + 20);
  vi.advanceTimersByTime(19);
  expect(expired).not.toHaveBeenCalled();
  end.set(undefined);
  expect(vi.getTimerCount()).toBe(0);
  end.set(Date.now() + 10);
  end.clear();
  expect(vi.getTimerCount()).toBe(0);
  end.set(Date.now() - 10);
  vi.advanceTimersByTime(0);
  expect(expired).toHaveBeenCalledOnce();
});

test('[SV-1] it keeps no process alive', () => {
  vi.useRealTimers();
  const { expiry: end } = expiry();
  const keeping = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = keeping();
  end.set(Date.now() + 10_000);
  expect(keeping()).toBe(before);
  end.clear();
});
