import { Observable } from 'rxjs';
import { Hot } from '../hot.ts';
import type { OutboxView } from './delivery.ts';

/** Shows what waits, at most once a turn: thousands of messages may come and go in one. */
export class Views {
  readonly #read: () => OutboxView;
  // Made when somebody looks; until then, changes cost nothing.
  #changes: Hot<OutboxView> | null = null;
  #view$: Observable<OutboxView> | null = null;
  #shown: OutboxView | null = null;
  #last: OutboxView | null = null;
  #isDue = false;

  constructor(read: () => OutboxView) {
    this.#read = read;
  }

  get view$(): Observable<OutboxView> {
    this.#view$ ??= new Observable((subscriber) => {
      if (this.#last !== null) {
        subscriber.next(this.#last);
        subscriber.complete();
        return undefined;
      }
      this.#changes ??= new Hot();
      // Those who look already are told what is due, so that a newcomer does not get it twice.
      this.#show();
      const subscription = this.#changes.observable().subscribe(subscriber);
      subscriber.next(this.#shown ?? this.#read());
      return subscription;
    });
    return this.#view$;
  }

  changed(): void {
    if (this.#isDue || !this.#changes?.isObserved) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#show();
    });
  }

  /** The last one is still told to those who come later. */
  complete(): void {
    if (this.#last !== null) return;
    this.#show();
    this.#last = this.#read();
    this.#changes?.complete();
  }

  #show(): void {
    if (this.#last !== null) return;
    const view = this.#read();
    if (this.#shown !== null && isSame(this.#shown, view)) return;
    this.#shown = view;
    this.#changes?.next(view);
  }
}

function isSame(one: OutboxView, other: OutboxView): boolean {
  return (
    one.queued === other.queued &&
    one.sending === other.sending &&
    one.bytes === other.bytes &&
    one.oldest === other.oldest
  );
}
