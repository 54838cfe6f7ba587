import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { OutboxEntry } from '../outbox/store.ts';

/** One entry as it lies in the database, under a key that counts up: its place in the order. */
export interface Kept {
  readonly identity: string;
  /** The id of the entry, for the index. */
  readonly id: string;
  /** The page that it belongs to; empty where there are no locks to tell who lives. */
  readonly owner: string;
  readonly entry: OutboxEntry;
}

export interface OutboxSchema extends DBSchema {
  entries: {
    key: number;
    value: Kept;
    indexes: { id: [string, string]; identity: string; owner: [string, string] };
  };
  /** What could not be read, as it was. */
  corrupt: { key: number; value: { identity: string; kept: unknown }; indexes: { identity: string } };
}

export type OutboxDatabase = IDBPDatabase<OutboxSchema>;

/** The connection to the database: opened when it is needed, and again when the browser has closed it. */
export class Database {
  readonly #name: string;
  #opened: Promise<OutboxDatabase> | null = null;

  constructor(name: string) {
    this.#name = name;
  }

  /** Runs `task`; once more on a new connection, if the old one was lost under it. It must bear being run twice. */
  async use<T>(task: (database: OutboxDatabase) => Promise<T>): Promise<T> {
    const isReused = this.#opened !== null;
    const opened = this.#open();
    try {
      return await task(await opened);
    } catch (error) {
      if (!lost.has((error as { name?: string } | null)?.name ?? '')) throw error;
      this.#drop(opened);
      if (!isReused) throw error;
      return await task(await this.#open());
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    const database = await opened?.catch(() => null);
    database?.close();
  }

  #open(): Promise<OutboxDatabase> {
    if (this.#opened !== null) return this.#opened;
    const opened = this.#connect(() => this.#drop(opened));
    this.#opened = opened;
    // Tried again by the next call.
    opened.catch(() => this.#drop(opened));
    return opened;
  }

  #connect(gone: () => void): Promise<OutboxDatabase> {
    return new Promise((resolve, reject) => {
      if (globalThis.indexedDB === undefined) throw new ReferenceError('there is no IndexedDB here');
      let isBlocked = false;
      const opening = openDB<OutboxSchema>(this.#name, version, {
        upgrade: makeStores,
        // An old page holds another version, or somebody deletes the database: it may last, and a hang tells nobody.
        blocked() {
          isBlocked = true;
          reject(new Error('another page holds the database in another version'));
        },
        // The database is deleted, or changed by a newer version of the app: to hold on would block them.
        blocking: (_from, _to, event) => {
          gone();
          (event.target as IDBDatabase).close();
        },
        terminated: gone,
      });
      opening.then((database) => (isBlocked ? database.close() : resolve(database)), reject);
    });
  }

  #drop(opened: Promise<OutboxDatabase>): void {
    if (this.#opened === opened) this.#opened = null;
  }
}

const version = 1;

/** How browsers say that a connection is no longer one: after the page was frozen, or their database process died. */
const lost = new Set(['InvalidStateError', 'UnknownError', 'AbortError']);

function makeStores(database: OutboxDatabase): void {
  const entries = database.createObjectStore('entries', { autoIncrement: true });
  entries.createIndex('id', ['identity', 'id'], { unique: true });
  entries.createIndex('identity', 'identity');
  entries.createIndex('owner', ['identity', 'owner']);
  database.createObjectStore('corrupt', { autoIncrement: true }).createIndex('identity', 'identity');
}
