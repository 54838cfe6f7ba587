import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { typingIn } from '../../../examples/recipes/typing.ts';
import { createHarness } from '../../support/harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function typing() {
  const h = createHarness();
  const recipe = typingIn('lobby', h.connection as never);
  let users: readonly string[] = [];
  recipe.users$.subscribe((now) => {
    users = now;
  });
  return { h, ...recipe, users: () => users };
}

test('it is said once in two seconds, however fast one types, and not at all without a link', async () => {
  const { h, stroke, stop } = typing();
  await h.goLive();
  for (let n = 0; n < 50; n += 1) {
    stroke();
    vi.advanceTimersByTime(100);
  }
  expect(h.sent.map(({ event, args }) => [event, ...args])).toEqual(
    Array(3).fill(['typing', { room: 'lobby' }]),
  );
  h.dial.lose();
  vi.advanceTimersByTime(5_000);
  stroke();
  expect(h.sent).toHaveLength(3);
  stop();
});

test('others count for three seconds after their last word', async () => {
  const { h, users } = typing();
  await h.goLive();
  h.dial.say('typing', { user: 'bob' });
  vi.advanceTimersByTime(2_000);
  h.dial.say('typing', { user: 'carol' });
  expect(users()).toEqual(['bob', 'carol']);
  vi.advanceTimersByTime(1_000);
  expect(users()).toEqual(['carol']);
  h.dial.say('typing', { user: 'carol' });
  vi.advanceTimersByTime(2_999);
  expect(users()).toEqual(['carol']);
  vi.advanceTimersByTime(1);
  expect(users()).toEqual([]);
});
