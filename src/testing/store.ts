import { memoryStore } from '../outbox/memory-store.ts';
import type { OutboxStore } from '../outbox/store.ts';
import { Pipe } from './pipe.ts';

/** What a simulated store is like. */
export interface StoreBehaviour {
  /** Virtual ms until a call settles; without it, everything is done at once. */
  readonly latency?: number;
  /** How many of the calls fail, in [0, 1]: they throw, reject, or never settle. Until the world is made well. Default 0. */
  readonly failures?: number;
}

export interface StoreWorld {
  /** Uniform in [0, 1). */
  random(): number;
  isWell(): boolean;
  defer(label: string, ms: number, act: () => void): void;
}

/** A store in the hands of the world: calls are done in order, late or never. */
export function createSimulatedStore(
  { latency, failures = 0 }: StoreBehaviour,
  world: StoreWorld,
): OutboxStore {
  const kept = memoryStore();
  const pipe = new Pipe();

  function call<T>(what: string, act: () => T): T | Promise<T> {
    const isFailing = !world.isWell() && world.random() < failures;
    const how = isFailing ? world.random() : 1;
    if (how < 0.4) throw new Error(`the store does not ${what}`);
    if (latency === undefined) {
      if (how < 0.8) return Promise.reject(new Error(`the store did not ${what}`));
      return isFailing ? new Promise(() => {}) : act();
    }
    return new Promise((resolve, reject) => {
      const end = () => {
        if (!isFailing) resolve(act() as T);
        else if (how < 0.8) reject(new Error(`the store did not ${what}`));
      };
      pipe.put(end);
      world.defer(`the store does ${what}`, latency, () => pipe.deliver(end));
    });
  }

  return {
    load: (identity) => call('load', () => kept.load(identity)) as ReturnType<OutboxStore['load']>,
    put: (identity, entry) => call('put', () => kept.put(identity, entry)) as Promise<void>,
    remove: (identity, id) => call('remove', () => kept.remove(identity, id)) as Promise<void>,
    clear: (identity) => call('clear', () => kept.clear(identity)) as Promise<void>,
  };
}

/** A store that is watched: what it should hold, and which of its calls are under way. */
export class WatchedStore implements OutboxStore {
  /** Ids that were put for good, and that nobody wished to be removed since. */
  readonly holds = new Set<string>();
  underWay = 0;
  readonly #store: OutboxStore;
  readonly #owners = new Map<string, string>();
  readonly watch?: NonNullable<OutboxStore['watch']>;

  constructor(store: OutboxStore) {
    this.#store = store;
    if (store.watch !== undefined)
      this.watch = (identity, found) => store.watch?.(identity, found) ?? nothing;
  }

  load(identity: string): ReturnType<OutboxStore['load']> {
    return this.#follow(() => this.#store.load(identity), nothing);
  }

  put(identity: string, entry: Parameters<OutboxStore['put']>[1]): void | Promise<void> {
    const { id } = entry;
    this.#owners.set(id, identity);
    return this.#follow(
      () => this.#store.put(identity, entry),
      () => this.#owners.has(id) && this.holds.add(id),
    );
  }

  remove(identity: string, id: string): void | Promise<void> {
    this.#forget(id);
    return this.#follow(() => this.#store.remove(identity, id), nothing);
  }

  clear(identity: string): void | Promise<void> {
    for (const [id, owner] of this.#owners) if (owner === identity) this.#forget(id);
    return this.#follow(() => this.#store.clear(identity), nothing);
  }

  close(): void | Promise<void> {
    return this.#store.close?.();
  }

  #forget(id: string): void {
    this.#owners.delete(id);
    this.holds.delete(id);
  }

  #follow<T>(call: () => T | Promise<T>, done: () => void): T | Promise<T> {
    const given = call();
    if (!(given instanceof Promise)) {
      done();
      return given;
    }
    this.underWay += 1;
    const end = () => {
      this.underWay -= 1;
    };
    given.then(() => {
      end();
      done();
    }, end);
    return given;
  }
}

const nothing = () => {};
