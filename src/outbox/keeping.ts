import type { Clock } from '../clock.ts';
import { describe } from '../describe.ts';
import { HoldfastError } from '../errors.ts';
import type { Problems } from '../problems.ts';
import type { Message } from './message.ts';
import type { OutboxStore } from './store.ts';

/** Ms for one call of a store, then the message goes on without it; and for what is under way at the end. */
export const storeBound = 5_000;
export const closeBound = 1_000;

const nothing = { entries: [], corrupt: [] };
const failed = Symbol('failed');
type Outcome<T> = T | typeof failed;

/**
 * Everything that is written to and read from a store, which may throw, hang, or settle late (OB-7, LC-13). Writes of
 * one message follow one another, also past the bound: what was put late is removed after that.
 */
export class Keeping {
  readonly #store: OutboxStore;
  readonly #clock: Clock;
  readonly #problems: Pick<Problems, 'report'>;
  /** What is waited for, by the timer that ends the wait: how to end it at once. */
  readonly #waits = new Map<unknown, () => void>();
  /** Writes under way. */
  readonly #writes = new Set<Promise<unknown>>();
  /** Settled messages that the store may still give back: true while their removal is not done. */
  readonly #gone = new Map<string, boolean>();
  readonly #erasing = new Map<string, Promise<unknown>>();
  #loads = 0;

  constructor(store: OutboxStore, clock: Clock, problems: Pick<Problems, 'report'>) {
    this.#store = store;
    this.#clock = clock;
    this.#problems = problems;
  }

  /** Holds the message until the store has it. `then` is called only if it had to wait. */
  put(message: Message, then: () => void): void {
    this.#put(message, (isKept) => message.keep(isKept), then);
  }

  /** Notes that a `once` message is about to be sent: after a crash nobody could tell (OB-4). */
  markTried(message: Message, then: () => void): void {
    message.entry = { ...message.entry, isTried: true };
    const settle = (isNoted: boolean) => {
      if (isNoted) return;
      // It may not be its turn any more: what was said to be kept stays, until it is sent (OB-7).
      message.entry = { ...message.entry, isTried: false };
      message.isNoteLost = true;
    };
    this.#put(message, settle, then);
  }

  remove(message: Message): void {
    const { identity, written } = message;
    const { id } = message.entry;
    const run = () => this.#attempt('remove', () => this.#store.remove(identity, id));
    const outcome = written === null ? run() : written.then(run);
    if (outcome instanceof Promise) {
      this.#gone.set(id, true);
      this.#follow(message, outcome);
      void outcome.then((done) => this.#removed(id, done));
    } else if (outcome === failed || this.#loads > 0) {
      this.#gone.set(id, outcome === failed);
    }
  }

  isGone(id: string): boolean {
    return this.#gone.has(id);
  }

  /** `found` is called once, with what there is, also when that comes late; `then` when nobody should wait any longer. */
  load(identity: string, found: (loaded: unknown) => void, then: () => void): void {
    const run = () => this.#attempt<unknown>('load', () => this.#store.load(identity));
    const outcome = this.#erasing.get(identity)?.then(run) ?? run();
    if (!(outcome instanceof Promise)) {
      found(outcome === failed ? nothing : outcome);
      then();
      return;
    }
    this.#loads += 1;
    void outcome.then((loaded) => {
      this.#loads -= 1;
      found(loaded === failed ? nothing : loaded);
      this.#forget();
    });
    this.#within(storeBound, outcome, 'load', then);
  }

  watch(identity: string, found: (left: unknown) => void): () => void {
    const stop = this.#attempt('watch', () => this.#store.watch?.(identity, found));
    return () => {
      if (typeof stop === 'function') void this.#attempt('watch', stop);
    };
  }

  /** Erases all that there is of this identity, and what is being written just now. Resolves within the bound. */
  erase(identity: string, messages: readonly Message[]): Promise<void> {
    for (const { entry } of messages) this.#gone.set(entry.id, true);
    const outcome = this.#attempt('clear', () => this.#store.clear(identity));
    const cleared = outcome instanceof Promise ? outcome : Promise.resolve(outcome);
    void cleared.then((done) => {
      for (const { entry } of messages) this.#removed(entry.id, done);
    });
    const late = messages.filter(({ written }) => written !== null);
    for (const message of late) this.remove(message);
    if (!(outcome instanceof Promise) && late.length === 0) return Promise.resolve();

    const erased = Promise.all([cleared, ...late.map(({ written }) => written)]);
    this.#erasing.set(identity, erased);
    return new Promise((resolve) => {
      this.#within(storeBound, erased, 'clear', () => {
        if (this.#erasing.get(identity) === erased) this.#erasing.delete(identity);
        resolve();
      });
    });
  }

  /** What is being written may come to its end; what is kept stays. Nothing is waited for when it resolves. */
  close(): Promise<void> {
    const waits = new Map(this.#waits);
    for (const timer of waits.keys()) this.#clock.clearTimeout(timer as never);
    const run = () => this.#attempt('close', () => this.#store.close?.());
    const outcome = this.#writes.size === 0 ? run() : Promise.all(this.#writes).then(run);
    const end = () => {
      for (const [timer, giveUp] of waits) if (this.#waits.has(timer)) giveUp();
    };
    if (outcome instanceof Promise) {
      return new Promise((resolve) => {
        this.#within(closeBound, outcome, 'close', () => {
          end();
          resolve();
        });
      });
    }
    end();
    return Promise.resolve();
  }

  #put(message: Message, settle: (isKept: boolean) => void, then: () => void): void {
    const { identity, entry } = message;
    const run = () => this.#attempt('put', () => this.#store.put(identity, entry));
    const before = message.written ?? this.#erasing.get(identity);
    const outcome = before?.then(run) ?? run();
    if (!(outcome instanceof Promise)) {
      settle(outcome !== failed);
      return;
    }
    message.isHeld = true;
    this.#follow(message, outcome);
    this.#within(storeBound, outcome, 'put', (done) => {
      message.isHeld = false;
      settle(done !== failed);
      then();
    });
  }

  #follow(message: Message, write: Promise<unknown>): void {
    message.written = write;
    this.#writes.add(write);
    void write.then(() => {
      this.#writes.delete(write);
      if (message.written === write) message.written = null;
    });
  }

  #removed(id: string, done: unknown): void {
    // What could not be removed may be loaded again, and must not be sent.
    if (done === failed) return;
    if (this.#loads === 0) this.#gone.delete(id);
    else this.#gone.set(id, false);
  }

  #forget(): void {
    if (this.#loads > 0) return;
    for (const [id, isThere] of this.#gone) if (!isThere) this.#gone.delete(id);
  }

  /** Calls the store; never throws or rejects. */
  #attempt<T>(method: string, call: () => T | Promise<T>): Outcome<T> | Promise<Outcome<T>> {
    try {
      const outcome = call();
      if (!isThenable(outcome)) return outcome;
      return Promise.resolve(outcome).catch((thrown) => this.#fail(method, describe(thrown)));
    } catch (thrown) {
      return this.#fail(method, describe(thrown));
    }
  }

  #within<T>(bound: number, outcome: Promise<T>, method: string, then: (done: Outcome<T>) => void): void {
    const timer = this.#clock.setTimeout(() => {
      this.#waits.delete(timer);
      then(this.#fail(method, `nothing within ${bound} ms`));
    }, bound);
    this.#waits.set(timer, () => {
      this.#waits.delete(timer);
      then(failed);
    });
    void outcome.then((done) => {
      if (!this.#waits.delete(timer)) return;
      this.#clock.clearTimeout(timer as never);
      then(done);
    });
  }

  #fail(method: string, why: string): typeof failed {
    this.#problems.report(new HoldfastError('store-failed', `\`outbox.store.${method}\` failed: ${why}`));
    return failed;
  }
}

function isThenable(value: unknown): value is Promise<never> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
