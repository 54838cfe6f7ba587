import { Observable, type Subscriber, type Unsubscribable } from 'rxjs';
import { without } from './without.ts';

/**
 * What is told to whoever listens at that time, and to nobody later. A Subject of RxJS does the same with a list and
 * two objects a subscriber that hold three times the memory; thousands of connections may live in one process.
 */
export class Hot<T> {
  /** Never changed, but replaced: who is being told of something goes on with the list of then. */
  #subscribers: readonly Subscriber<T>[] = nobody;
  #isComplete = false;

  get isObserved(): boolean {
    return this.#subscribers.length > 0;
  }

  /** A new one each time. One that is subscribed to after the end completes at once. */
  observable(): Observable<T> {
    return new Observable((subscriber) => {
      this.#add(subscriber);
      return new Leaving(this, subscriber);
    });
  }

  next(value: T): void {
    for (const subscriber of this.#subscribers) subscriber.next(value);
  }

  complete(): void {
    this.#isComplete = true;
    const subscribers = this.#subscribers;
    this.#subscribers = nobody;
    for (const subscriber of subscribers) subscriber.complete();
  }

  static remove<T>(hot: Hot<T>, subscriber: Subscriber<T>): void {
    hot.#subscribers = without(hot.#subscribers, subscriber);
  }

  #add(subscriber: Subscriber<T>): void {
    if (this.#isComplete) subscriber.complete();
    // Copied, since an array that is pushed to holds room for sixteen more.
    else this.#subscribers = this.#subscribers.concat(subscriber);
  }
}

/** What RxJS does when somebody unsubscribes. One object in place of a closure and what that closes over. */
class Leaving<T> implements Unsubscribable {
  readonly #hot: Hot<T>;
  readonly #subscriber: Subscriber<T>;

  constructor(hot: Hot<T>, subscriber: Subscriber<T>) {
    this.#hot = hot;
    this.#subscriber = subscriber;
  }

  unsubscribe(): void {
    Hot.remove(this.#hot, this.#subscriber);
  }
}

const nobody: readonly never[] = [];
