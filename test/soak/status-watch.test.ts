import type { Status } from 'holdfast';
import { expect, test } from 'vitest';
import { StatusWatch } from '../../soak/clients/status-watch.ts';

const status = (state: Status['state'], identity?: string) => ({ state, identity }) as Status;

function wrong(wants: string | null, ...statuses: readonly Status[]): string | undefined {
  const watch = new StatusWatch();
  return statuses.map((each) => watch.next(each, wants)).at(-1);
}

test('what may follow, may', () => {
  const idle = { state: 'idle' } as Status;
  expect(wrong('alice', idle, status('authenticating', 'alice'))).toBeUndefined();
  expect(wrong('alice', status('connected', 'alice'), status('reconnecting', 'alice'))).toBeUndefined();
  expect(wrong('alice', status('reconnecting', 'alice'), status('auth-failed', 'alice'))).toBeUndefined();
  expect(wrong('bob', status('reconnecting', 'bob'), status('connected', 'bob'))).toBeUndefined();
  expect(wrong(null, idle)).toBeUndefined();
});

test('a step that the lifecycle does not have is found', () => {
  expect(wrong('alice', status('auth-failed', 'alice'), status('reconnecting', 'alice'))).toBe(
    'auth-failed → reconnecting',
  );
});

test('an outage that begins anew by itself is found', () => {
  expect(wrong('alice', status('reconnecting', 'alice'), status('authenticating', 'alice'))).toBe(
    'reconnecting → authenticating for the same user',
  );
});

test('a status of the former user is found, and one of anybody after the end', () => {
  expect(wrong('bob', status('connected', 'alice'))).toBe('connected as alice, not as bob');
  expect(wrong(null, status('connected', 'alice'))).toBe('connected, though nobody is to be connected');
});
