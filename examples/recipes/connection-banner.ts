import { type Status, steady } from 'holdfast';
import { map, type Observable, of, switchMap, timer } from 'rxjs';

/** What a person is told about the connection. */
export interface ConnectionBanner {
  /** For colour and symbol; `calm` is where nobody needs a banner. */
  readonly tone: 'calm' | 'busy' | 'trouble' | 'stopped';
  /** A few words, for the live region: they change only when there is news. */
  readonly title: string;
  /** What happened, in the words of the library or the server; empty where nothing did. Often technical. */
  readonly reason: string;
  /** What to do about it, or that there is nothing to do. */
  readonly hint: string;
  /** `in 4 s`, for the eye alone: read aloud every second, it would drown out everything else. */
  readonly countdown: string;
  readonly action: 'connect' | 'retry' | 'sign-in' | null;
  readonly live: 'polite' | 'assertive';
}

/** The banner for a status. Pure: `now` is a clock reading, epoch ms by default, and counts down to `retryAt`. */
export function bannerFor(status: Status, now: number): ConnectionBanner {
  switch (status.state) {
    case 'idle':
      return idleBanner(status.reason);
    case 'authenticating':
      return banner('busy', 'Connecting…');
    case 'connected':
      if (status.degraded.length > 0) {
        const { message = '', hint = '' } = status.degraded[0] ?? {};
        return banner('trouble', 'Connected, but not all is here', {
          reason: message,
          hint,
          action: 'retry',
        });
      }
      if (status.phase === 'restoring') return banner('busy', 'Catching up…');
      return banner('calm', 'Connected');
    case 'reconnecting': {
      const { message: reason, hint } = status.cause;
      if (status.phase === 'offline') {
        return banner('trouble', 'You are offline', {
          hint: 'It goes on by itself when the network is back. What you send meanwhile waits.',
        });
      }
      return banner('trouble', 'Reconnecting', {
        reason,
        hint,
        countdown: countdown(status.retryAt, now),
        action: status.phase === 'waiting' ? 'retry' : null,
      });
    }
    case 'auth-failed': {
      const { code, message: reason, hint } = status.cause;
      const title = code === 'forbidden' ? 'You have no access' : 'Please sign in again';
      return banner('stopped', title, { reason, hint, action: 'sign-in', live: 'assertive' });
    }
    case 'exhausted': {
      const { message: reason, hint } = status.cause;
      return banner('stopped', 'Could not reconnect', { reason, hint, action: 'retry', live: 'assertive' });
    }
  }
}

/** Banners that do not flicker, with a countdown that moves while there is one: for `connection.status$`. */
export function banners(status$: Observable<Status>, grace = 500): Observable<ConnectionBanner> {
  return steady(status$, { grace }).pipe(
    switchMap((status) => {
      const counts = status.state === 'reconnecting' && status.retryAt !== null;
      return (counts ? timer(0, 250) : of(0)).pipe(map(() => bannerFor(status, Date.now())));
    }),
  );
}

function idleBanner(reason: Extract<Status, { state: 'idle' }>['reason']): ConnectionBanner {
  switch (reason) {
    case 'superseded':
      return banner('stopped', 'In use somewhere else', {
        hint: 'Another tab or device took over. This one rests, so that the two do not fight.',
        action: 'retry',
      });
    case 'signed-out':
      return banner('calm', 'Signed out', { action: 'sign-in' });
    case 'disposed':
      return banner('calm', 'Closed');
    default:
      return banner('calm', 'Not connected', { action: 'connect' });
  }
}

function banner(
  tone: ConnectionBanner['tone'],
  title: string,
  more: Partial<ConnectionBanner> = {},
): ConnectionBanner {
  return { tone, title, reason: '', hint: '', countdown: '', action: null, live: 'polite', ...more };
}

function countdown(retryAt: number | null, now: number): string {
  if (retryAt === null) return '';
  const seconds = Math.ceil((retryAt - now) / 1_000);
  return seconds > 0 ? `in ${seconds} s` : 'now';
}
