import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Returns } from '../../../bench/recover/returns.ts';

beforeEach(() => void vi.useFakeTimers({ now: 1_000 }));
afterEach(() => void vi.useRealTimers());

/** What became of a promise by now. */
async function stateOf(promise: Promise<unknown>): Promise<string> {
  let state = 'pending';
  promise.then(
    () => {
      state = 'fulfilled';
    },
    () => {
      state = 'rejected';
    },
  );
  await vi.advanceTimersByTimeAsync(0);
  return state;
}

test('of each client the first time from the moment on counts, and none before', async () => {
  const returns = new Returns(2);
  for (const at of [900, 1_100, 1_200]) returns.note(0, at);
  for (const at of [1_099, 1_150]) returns.note(1, at);
  expect(await returns.since(1_100, 10)).toEqual([1_100, 1_150]);
});

test('it waits for the last one, whoever else comes again meanwhile', async () => {
  const returns = new Returns(2);
  const all = returns.since(1_000, 500);
  returns.note(0, 1_001);
  returns.note(0, 1_002);
  expect(await stateOf(all)).toBe('pending');
  returns.note(1, 1_003);
  expect(await all).toEqual([1_001, 1_003]);
});

test('who never comes back makes it fail, and is no sample', async () => {
  const returns = new Returns(3);
  const all = returns.since(1_000, 500);
  const failure = expect(all).rejects.toThrow('2 of 3 were not usable within 500 ms');
  returns.note(1, 1_400);
  await vi.advanceTimersByTimeAsync(500);
  await failure;
});

test('it has settled so long after the last return, and a new one starts the rest anew', async () => {
  const returns = new Returns(2);
  const settled = returns.settled(6_000);
  returns.note(0, 1_000);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await stateOf(settled)).toBe('pending');
  returns.note(1, Date.now());
  await vi.advanceTimersByTimeAsync(5_000);
  returns.note(0, Date.now());
  await vi.advanceTimersByTimeAsync(5_999);
  expect(await stateOf(settled)).toBe('pending');
  await vi.advanceTimersByTimeAsync(1);
  expect(await stateOf(settled)).toBe('fulfilled');
});
