import { describe } from '../describe.ts';
import { HoldfastError } from '../errors.ts';
import { bareEntry } from '../outbox/entry-shape.ts';
import type { LoadedEntries, OutboxEntry, OutboxStore } from '../outbox/store.ts';
import { WriteQueue } from '../outbox/write-queue.ts';
import { Database } from './database.ts';
import { PageOwner } from './page-owner.ts';
import { clear, commit, ownersOf, takeOver, type Write } from './transactions.ts';

/** Where `indexedDbStore` keeps its messages. */
export interface IndexedDbStoreOptions {
  /** Of the database. Default `holdfast-outbox`. */
  readonly name?: string;
}

/**
 * Keeps unacknowledged messages in IndexedDB (OB-7), for browsers; needs the package `idb`. Nothing is opened before
 * the first use, so it may be made during server rendering. Pages that are open together share the database without
 * sending anything twice: what one put belongs to it for as long as it lives, which a Web Lock tells, and goes to
 * another when it dies. Where there are no Web Locks (pages that are not secure, old browsers) nobody can tell who
 * lives: `load` then hands out everything of the identity, so that nothing is lost, and two pages may send the same
 * message, with the same id. Every failure is a `HoldfastError` with the code `store-failed`.
 *
 * @example
 * createConnection({ ...options, outbox: { store: indexedDbStore() } });
 */
export function indexedDbStore({ name = 'holdfast-outbox' }: IndexedDbStoreOptions = {}): OutboxStore {
  return new IndexedDbStore(name, () => globalThis.navigator?.locks ?? null);
}

/** With locks from elsewhere, for tests. */
export class IndexedDbStore implements OutboxStore {
  readonly #name: string;
  readonly #locks: () => LockManager | null;
  readonly #database: Database;
  readonly #queue = new WriteQueue<Write>((writes) => this.#commit(writes));
  readonly #stopped = new AbortController();
  #owner: PageOwner | null | undefined;
  #closed: Promise<void> | null = null;

  constructor(name: string, locks: () => LockManager | null) {
    this.#name = name;
    this.#locks = locks;
    this.#database = new Database(name);
  }

  load(identity: string): Promise<LoadedEntries> {
    return this.#do('load', () => this.#queue.run(() => this.#takeOver(identity, true)));
  }

  put(identity: string, entry: OutboxEntry): Promise<void> {
    return this.#do('put', () => {
      // Now, and alone: what cannot be cloned must not fail together with what is written in the same turn.
      const copy = structuredClone(bareEntry(entry));
      return this.#queue.write({ identity, id: entry.id, entry: copy });
    });
  }

  remove(identity: string, id: string): Promise<void> {
    return this.#do('remove', () => this.#queue.write({ identity, id, entry: null }));
  }

  clear(identity: string): Promise<void> {
    return this.#do('clear', () => this.#queue.run(() => this.#database.use((on) => clear(on, identity))));
  }

  /** Without Web Locks nothing is ever found: `load` has handed out everything. */
  watch(identity: string, found: (left: LoadedEntries) => void): () => void {
    const stop = new AbortController();
    const { signal } = stop;
    this.#stopped.signal.addEventListener('abort', () => stop.abort(), { signal });
    const tell = (left: LoadedEntries) => {
      if (!signal.aborted && left.entries.length + left.corrupt.length > 0) found(left);
    };
    const failed = (error: unknown): LoadedEntries => ({
      entries: [],
      corrupt: [`what another page left: ${describe(error)}`],
    });
    const look = async () => {
      if (signal.aborted) return;
      const left = this.#do('watch', () => this.#queue.run(() => this.#takeOver(identity, false)));
      tell(await left.catch(failed));
    };
    // What `found` throws is the outbox's own affair; that of somebody else must not become an unhandled rejection.
    const died = () => void look().catch(() => {});
    if (this.#closed === null) {
      this.#page()
        ?.watch(died, signal)
        .catch((error) => tell(failed(error)))
        .catch(() => {});
    }
    return () => stop.abort();
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #do<T>(what: string, task: () => Promise<T>): Promise<T> {
    try {
      if (this.#closed !== null) throw new Error('the store is closed');
      return await task();
    } catch (error) {
      throw failure(what, error);
    }
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    const owner = await this.#ownName();
    await this.#database.use((on) => commit(on, owner, writes));
  }

  /** @param withOwn Also what was this page's before. */
  async #takeOver(identity: string, withOwn: boolean): Promise<LoadedEntries> {
    const owner = await this.#ownName();
    const owners = await this.#database.use((on) => ownersOf(on, identity));
    const dead = new Set((await this.#page()?.deadAmong(owners)) ?? owners);
    dead.delete(owner);
    return this.#database.use((on) => takeOver(on, { identity, owner, dead, withOwn, name: this.#name }));
  }

  async #ownName(): Promise<string> {
    return (await this.#page()?.name()) ?? '';
  }

  #page(): PageOwner | null {
    if (this.#owner !== undefined) return this.#owner;
    const locks = this.#locks();
    this.#owner = locks === null ? null : new PageOwner(this.#name, locks);
    return this.#owner;
  }

  async #close(): Promise<void> {
    this.#stopped.abort();
    await this.#queue.run(() => this.#database.close());
    // Last: until then nobody may take the entries over.
    this.#owner?.close();
  }
}

function failure(what: string, error: unknown): HoldfastError {
  const { name } = (error ?? {}) as { name?: string };
  const hint = hints[name ?? ''];
  return new HoldfastError('store-failed', `${what} in IndexedDB failed: ${describe(error)}`, {
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

const unavailable =
  'The page may not use IndexedDB: a private window, blocked site data, or no browser. Messages go on, but do not survive a reload.';

const hints: Readonly<Record<string, string>> = {
  QuotaExceededError:
    'The site has no space left. Free some, or ask for more with navigator.storage.persist(); until then messages go on, but would not survive a reload.',
  ReferenceError: unavailable,
  SecurityError: unavailable,
  DataCloneError: 'The payload cannot be cloned. Send plain data and bytes.',
};
