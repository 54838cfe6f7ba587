import { Observable } from 'rxjs';
import { Hot } from './hot.ts';

/** Tells a subscriber what is current, then each change; after the end the last one is still told. */
export class Replayed<T> {
  readonly observable: Observable<T>;
  readonly #changes = new Hot<T>();
  #isComplete = false;

  constructor(current: () => T) {
    this.observable = new Observable((subscriber) => {
      let last: T | null = null;
      const tell = (value: T) => {
        // Subscribed while a change is on its way: the replay has told it already.
        if (value === last) return;
        last = value;
        subscriber.next(value);
      };
      if (this.#isComplete) {
        tell(current());
        subscriber.complete();
        return undefined;
      }
      // The subscription comes first: told the current value, a subscriber may change it, and must hear of that too.
      const subscription = this.#changes
        .observable()
        .subscribe({ next: tell, complete: () => subscriber.complete() });
      tell(current());
      return subscription;
    });
  }

  get isObserved(): boolean {
    return this.#changes.isObserved;
  }

  next(value: T): void {
    this.#changes.next(value);
  }

  complete(): void {
    this.#isComplete = true;
    this.#changes.complete();
  }
}
