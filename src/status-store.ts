import { Observable, Subject } from 'rxjs';
import type { Problems } from './problems.ts';
import { isLive, isSameStatus, type Status } from './status.ts';

/** The current status, for observers (ST-2) and as an external store for any UI (ST-3). */
export class StatusStore {
  readonly status$: Observable<Status>;
  readonly #changes = new Subject<Status>();
  readonly #problems: Problems;
  #listeners: Map<symbol, () => void> | null = null;
  #current: Status;
  #isComplete = false;

  constructor(first: Status, problems: Problems) {
    this.#problems = problems;
    this.#current = first;
    this.status$ = new Observable((subscriber) => {
      // After the end the last one is still told. Before it, the subscription comes first: told the current status,
      // a subscriber may call a method that changes it, and must hear of that too.
      if (this.#isComplete) {
        subscriber.next(this.#current);
        subscriber.complete();
        return undefined;
      }
      const subscription = this.#changes.subscribe(subscriber);
      subscriber.next(this.#current);
      return subscription;
    });
  }

  get current(): Status {
    return this.#current;
  }

  get isDisposed(): boolean {
    return this.#current.state === 'idle' && this.#current.reason === 'disposed';
  }

  get isLive(): boolean {
    return isLive(this.#current);
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
    this.#changes.next(status);
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
    this.#isComplete = true;
    this.#changes.complete();
    this.#listeners = null;
  }
}
