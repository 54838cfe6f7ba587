import { type Observable, ReplaySubject } from 'rxjs';
import { isSameStatus, type Status } from './status.ts';

/** The current status, for observers (ST-2) and as an external store for any UI (ST-3). */
export interface StatusStore {
  readonly status$: Observable<Status>;
  getStatus(): Status;
  subscribe(listener: () => void): () => void;
  set(status: Status): void;
  complete(): void;
}

export function createStatusStore(first: Status, onThrow: (thrown: unknown) => void): StatusStore {
  // A ReplaySubject, not a BehaviorSubject: it still replays the last status after it completed.
  const statuses = new ReplaySubject<Status>(1);
  const listeners = new Map<symbol, () => void>();
  let current = first;
  statuses.next(first);

  return {
    status$: statuses.asObservable(),
    getStatus: () => current,
    subscribe(listener) {
      const key = Symbol();
      listeners.set(key, listener);
      return () => {
        listeners.delete(key);
      };
    },
    set(status) {
      if (isSameStatus(current, status)) return;
      current = status;
      statuses.next(status);
      for (const [key, listener] of [...listeners]) {
        // Stopped by one before it in this very round.
        if (!listeners.has(key)) continue;
        try {
          listener();
        } catch (thrown) {
          onThrow(thrown);
        }
      }
    },
    complete() {
      statuses.complete();
      listeners.clear();
    },
  };
}
