import type { Observable } from 'rxjs';
import type { Problems } from './problems.ts';
import { Replayed } from './replayed.ts';
import { isLive, isSameStatus, type Status } from './status.ts';
import { without } from './without.ts';

/** The current status, for observers (ST-2) and as an external store for any UI (ST-3). */
export class StatusStore {
  // Made when somebody looks, as nearly everything around a connection is.
  #changes: Replayed<Status> | null = null;
  /** Never changed, but replaced: each change is told to those of then. */
  #listeners: readonly Listener[] = nobody;
  readonly #problems: Problems;
  #current: Status;
  #isComplete = false;

  constructor(first: Status, problems: Problems) {
    this.#problems = problems;
    this.#current = first;
  }

  get status$(): Observable<Status> {
    if (this.#changes === null) {
      this.#changes = new Replayed(() => this.#current);
      if (this.#isComplete) this.#changes.complete();
    }
    return this.#changes.observable;
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

  subscribe(call: () => void): () => void {
    if (this.#isComplete) return () => {};
    // One of its own each time: somebody may give the same function twice.
    const listener: Listener = { call, isGone: false };
    this.#listeners = this.#listeners.concat(listener);
    return () => {
      listener.isGone = true;
      this.#listeners = without(this.#listeners, listener);
    };
  }

  set(status: Status): void {
    if (isSameStatus(this.#current, status)) return;
    this.#current = status;
    this.#changes?.next(status);
    for (const listener of this.#listeners) {
      // Stopped by one before it in this very round, or all of them were.
      if (listener.isGone || this.#isComplete) continue;
      try {
        listener.call();
      } catch (thrown) {
        this.#problems.caught('a status listener', thrown);
      }
    }
  }

  complete(): void {
    this.#isComplete = true;
    this.#changes?.complete();
    this.#listeners = nobody;
  }
}

interface Listener {
  readonly call: () => void;
  isGone: boolean;
}

const nobody: readonly Listener[] = [];
