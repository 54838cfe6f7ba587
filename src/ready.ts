import { HoldfastError } from './errors.ts';
import type { Status } from './status.ts';
import type { StatusStore } from './status-store.ts';

/**
 * Resolves when the connection is live. Rejects with the reason when it rests instead (`idle`, `auth-failed`,
 * `exhausted`), when it comes to belong to another identity, or when the caller aborts.
 */
export function whenReady(
  store: Pick<StatusStore, 'current' | 'subscribe'>,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let identity: string | null = null;
    let isSettled = false;
    let unsubscribe = () => {};

    function settle(act: () => void): void {
      isSettled = true;
      unsubscribe();
      signal?.removeEventListener('abort', abort);
      act();
    }

    function abort(): void {
      settle(() =>
        reject(
          new HoldfastError('aborted', 'the wait for the connection was aborted', { cause: signal?.reason }),
        ),
      );
    }

    function look(): void {
      const status: Status = store.current;
      if (status.state === 'idle' || status.state === 'auth-failed' || status.state === 'exhausted') {
        settle(() => reject(reasonOf(status)));
        return;
      }
      identity ??= status.identity;
      if (status.identity !== identity) {
        settle(() =>
          reject(new HoldfastError('identity-changed', 'the connection went to another identity')),
        );
      } else if (status.phase === 'live') {
        settle(resolve);
      }
    }

    if (signal?.aborted) {
      abort();
      return;
    }
    signal?.addEventListener('abort', abort);
    // A connect() called inside a subscriber is queued until the transition under way is through (LC-12).
    queueMicrotask(() => {
      if (isSettled) return;
      unsubscribe = store.subscribe(look);
      look();
    });
  });
}

function reasonOf(status: Extract<Status, { state: 'idle' | 'auth-failed' | 'exhausted' }>): HoldfastError {
  if (status.state === 'idle') {
    return new HoldfastError('idle', `there is no connection: ${status.reason}`);
  }
  return new HoldfastError(status.state, status.cause.message, { cause: status.cause });
}
