import { type Observable, ReplaySubject } from 'rxjs';
import type { Problems } from './problems.ts';
import { isSameStatus, type Status } from './status.ts';

/** The current status, for observers (ST-2) and as an external store for any UI (ST-3). */
export class StatusStore {
  readonly status$: Observable<Status>;
  // A ReplaySubject, not a BehaviorSubject: it still replays the last status after it completed.
  readonly #statuses = new ReplaySubject<Status>(1);
  readonly #problems: Problems;
  #listeners: Map<symbol, () => void> | null = null;
  #current: Status;

  constructor(first: Status, problems: Problems) {
    this.#problems = problems;
    this.#current = first;
    this.#statuses.next(first);
    this.status$ = this.#statuses.asObservable();
  }

  get current(): Status {
    return this.#current;
  }

  get isDisposed(): boolean {
    return this.#current.state === 'idle' && this.#current.reason === 'disposed';
  }

  get isLive(): boolean {
    return this.#current.state === 'connected' && this.#current.phase === 'live';
  }

  subscribe(listener: () => void): () => void {
    const key = Symbol();
    this.#listeners ??= new Map();
    this.#listeners.set(key, listener);
    return () => {
      this.#listeners?.delete(key);
    };
  }

  set(status: Status): void {
    if (isSameStatus(this.#current, status)) return;
    this.#current = status;
    this.#statuses.next(status);
    for (const [key, listener] of [...(this.#listeners ?? [])]) {
      // Stopped by one before it in this very round.
      if (!this.#listeners?.has(key)) continue;
      try {
        listener();
      } catch (thrown) {
        this.#problems.caught('a status listener', thrown);
      }
    }
  }

  complete(): void {
    this.#statuses.complete();
    this.#listeners = null;
  }
}
