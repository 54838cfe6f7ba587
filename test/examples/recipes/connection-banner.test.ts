import { BehaviorSubject } from 'rxjs';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bannerFor, banners, type ConnectionBanner } from '../../../examples/recipes/connection-banner.ts';
import { HoldfastError, type Status } from '../../../src/index.ts';

const now = 1_000_000;
const base = { since: now, identity: 'alice' };
const dropped = new HoldfastError('transport-closed', 'transport close', { hint: 'Nothing to do.' });
const outage = { ...base, state: 'reconnecting', attempt: 1, retryAt: null, cause: dropped } as const;
const live: Status = { ...base, state: 'connected', phase: 'live', recovered: false, degraded: [] };
const problem = { at: now, code: 'sync-failed', message: 'no answer', hint: 'retry() asks again.' } as const;

/** Every state with every phase and reason that it has, and what is said of it. */
const said: [string, Status, Partial<ConnectionBanner>][] = [
  ['idle, initial', idle('initial'), { tone: 'calm', title: 'Not connected', action: 'connect' }],
  ['idle, disconnected', idle('disconnected'), { tone: 'calm', title: 'Not connected', action: 'connect' }],
  ['idle, signed-out', idle('signed-out'), { tone: 'calm', title: 'Signed out', action: 'sign-in' }],
  [
    'idle, superseded',
    idle('superseded'),
    { tone: 'stopped', title: 'In use somewhere else', action: 'retry' },
  ],
  ['idle, disposed', idle('disposed'), { tone: 'calm', title: 'Closed', action: null }],
  [
    'authenticating, credential',
    { ...base, state: 'authenticating', phase: 'credential' },
    busy('Connecting…'),
  ],
  [
    'authenticating, handshake',
    { ...base, state: 'authenticating', phase: 'handshake' },
    busy('Connecting…'),
  ],
  ['connected, restoring', { ...live, phase: 'restoring' } as Status, busy('Catching up…')],
  ['connected, live', live, { tone: 'calm', title: 'Connected', action: null }],
  [
    'connected, degraded',
    { ...live, degraded: [problem] } as Status,
    { tone: 'trouble', reason: 'no answer', hint: 'retry() asks again.', action: 'retry' },
  ],
  [
    'reconnecting, waiting',
    { ...outage, phase: 'waiting', retryAt: now + 3_200 },
    { tone: 'trouble', reason: 'transport close', countdown: 'in 4 s', action: 'retry' },
  ],
  ['the last wait', { ...outage, phase: 'waiting' }, { tone: 'trouble', countdown: '', action: 'retry' }],
  ['reconnecting, offline', { ...outage, phase: 'offline' }, { title: 'You are offline', action: null }],
  ['reconnecting, credential', { ...outage, phase: 'credential' }, { countdown: '', action: null }],
  ['reconnecting, handshake', { ...outage, phase: 'handshake' }, { countdown: '', action: null }],
  [
    'auth-failed',
    { ...base, state: 'auth-failed', cause: new HoldfastError('credential-refused', 'nobody') },
    { tone: 'stopped', title: 'Please sign in again', action: 'sign-in' },
  ],
  [
    'auth-failed, forbidden',
    { ...base, state: 'auth-failed', cause: new HoldfastError('forbidden', 'banned') },
    { tone: 'stopped', title: 'You have no access', reason: 'banned' },
  ],
  [
    'exhausted',
    { ...base, state: 'exhausted', attempts: 7, cause: dropped },
    { tone: 'stopped', title: 'Could not reconnect', reason: 'transport close', action: 'retry' },
  ],
];

afterEach(() => void vi.useRealTimers());

describe('the recipe for a banner', () => {
  test.each(said)('[ST-1] %s', (_, status, banner) => {
    expect(bannerFor(status, now)).toMatchObject(banner);
  });

  test('[ST-1] only what stops for good interrupts who listens', () => {
    const loud = said.filter(([, status]) => bannerFor(status, now).live === 'assertive');
    expect(loud.map(([name]) => name)).toEqual(['auth-failed', 'auth-failed, forbidden', 'exhausted']);
  });

  test('[ST-1] an overdue attempt does not count below zero', () => {
    const { countdown } = bannerFor({ ...outage, phase: 'waiting', retryAt: now - 5_000 }, now);
    expect(countdown).toBe('now');
  });

  test('[ST-4] a short dip never shows, and the countdown of a long one moves', () => {
    vi.useFakeTimers({ now });
    const status$ = new BehaviorSubject<Status>(live);
    const shown: string[] = [];
    const watching = banners(status$).subscribe(({ title, countdown }) =>
      shown.push(`${title} ${countdown}`),
    );
    vi.advanceTimersByTime(0);
    status$.next({ ...outage, phase: 'waiting', retryAt: now + 400 });
    vi.advanceTimersByTime(400);
    status$.next({ ...live, since: now + 400 });
    vi.advanceTimersByTime(10_000);
    status$.next({ ...outage, phase: 'waiting', retryAt: Date.now() + 2_000 });
    vi.advanceTimersByTime(2_250);
    watching.unsubscribe();
    expect(shown.filter((words, index) => words !== shown[index - 1])).toEqual([
      'Connected ',
      'Reconnecting in 2 s',
      'Reconnecting in 1 s',
      'Reconnecting now',
    ]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

function idle(reason: Extract<Status, { state: 'idle' }>['reason']): Status {
  return { state: 'idle', since: now, reason };
}

function busy(title: string): Partial<ConnectionBanner> {
  return { tone: 'busy', title, action: null };
}
