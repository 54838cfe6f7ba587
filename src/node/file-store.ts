import { resolve } from 'node:path';
import { describe } from '../describe.ts';
import { HoldfastError, isHoldfastError } from '../errors.ts';
import type { LoadedEntries, OutboxStore } from '../outbox/store.ts';
import { codeOf, type Disk, nodeDisk } from './disk.ts';
import { shelfName } from './names.ts';
import { Owner } from './owner.ts';
import { Shelf } from './shelf.ts';

/** How safe `fileStore` is. */
export interface FileStoreOptions {
  /**
   * Whether `put` waits until the disk has it, so that it survives a power failure too (OB-7). With `false` it is safe
   * from the death of the process alone, and many times as fast. Default true. A removal never waits for the disk:
   * after a power failure an acknowledged message may come back, and is sent again with the same id.
   */
  readonly sync?: boolean;
}

/**
 * Keeps unacknowledged messages in files (OB-7), for Node. The folder is made when it is first needed, and nothing
 * happens before. Several processes may share it, on one machine: each has logs of its own, and takes over those of
 * processes that died. What a living one holds is not handed out to another, not even by `load`. Every failure is a
 * `HoldfastError` with the code `store-failed`.
 *
 * @param folder For this store alone. Messages are in it as they are, readable by the user of the process only.
 * @example
 * createConnection({ ...options, outbox: { store: fileStore('./outbox') } });
 */
export function fileStore(folder: string, options: FileStoreOptions = {}): OutboxStore {
  return storeOn(nodeDisk, folder, options);
}

/** On another disk, for tests. */
export function storeOn(disk: Disk, folder: string, { sync = true }: FileStoreOptions = {}): OutboxStore {
  return new FileStore(disk, resolve(folder), sync);
}

class FileStore implements OutboxStore {
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #sync: boolean;
  readonly #owner: Owner;
  readonly #shelves = new Map<string, Shelf>();
  readonly #watchers = new Map<object, { identity: string; found: (left: LoadedEntries) => void }>();
  #opened: Promise<void> | null = null;
  #closed: Promise<void> | null = null;

  constructor(disk: Disk, folder: string, sync: boolean) {
    this.#disk = disk;
    this.#folder = folder;
    this.#sync = sync;
    this.#owner = new Owner(disk, folder, () => this.#look());
  }

  load(identity: string): Promise<LoadedEntries> {
    return this.#do('load', identity, (shelf) => shelf.load());
  }

  put(identity: string, entry: Parameters<OutboxStore['put']>[1]): Promise<void> {
    return this.#do('put', identity, (shelf) => shelf.put(entry));
  }

  remove(identity: string, id: string): Promise<void> {
    return this.#do('remove', identity, (shelf) => shelf.remove(id));
  }

  clear(identity: string): Promise<void> {
    return this.#do('clear', identity, (shelf) => shelf.clear());
  }

  watch(identity: string, found: (left: LoadedEntries) => void): () => void {
    const watcher = {};
    this.#watchers.set(watcher, { identity, found });
    this.#look();
    return () => void this.#watchers.delete(watcher);
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #do<T>(what: string, identity: string, task: (shelf: Shelf) => Promise<T>): Promise<T> {
    try {
      if (this.#closed !== null) throw new Error('the store is closed');
      await this.#open();
      return await task(this.#shelf(identity));
    } catch (error) {
      throw failure(what, this.#folder, error);
    }
  }

  /** Tried again by the next call when it fails. */
  #open(): Promise<void> {
    this.#opened ??= this.#prepare().catch((error) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }

  async #prepare(): Promise<void> {
    await this.#disk.makeFolder(this.#folder);
    await this.#owner.stand();
    await this.#owner.meet(await this.#disk.list(this.#folder));
  }

  #shelf(identity: string): Shelf {
    const name = shelfName(identity);
    let shelf = this.#shelves.get(name);
    if (shelf === undefined) {
      const [folder, disk, owner, sync] = [this.#folder, this.#disk, this.#owner, this.#sync];
      shelf = new Shelf(name, { folder, disk, owner, sync });
      this.#shelves.set(name, shelf);
    }
    return shelf;
  }

  /** Somebody may have died: whoever watches gets what is left. */
  #look(): void {
    for (const [watcher, { identity, found }] of this.#watchers) {
      this.#do('watch', identity, (shelf) => shelf.adopt())
        .catch((error) => ({ entries: [], corrupt: [`what another process left: ${describe(error)}`] }))
        .then((left) => {
          if (this.#closed !== null || !this.#watchers.has(watcher)) return;
          if (left.entries.length > 0 || left.corrupt.length > 0) found(left);
        })
        // The outbox catches what it throws itself; a watcher of somebody else must not end the process.
        .catch(() => {});
    }
  }

  async #close(): Promise<void> {
    this.#watchers.clear();
    await this.#opened?.catch(() => {});
    try {
      const closed = await Promise.allSettled([...this.#shelves.values()].map((shelf) => shelf.close()));
      const failed = closed.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failure('close', this.#folder, failed.reason);
    } finally {
      // Last: until then nobody may take the logs over.
      await this.#owner.close();
    }
  }
}

function failure(what: string, folder: string, error: unknown): HoldfastError {
  if (isHoldfastError(error)) return error;
  const code = codeOf(error);
  const said = code === 'Error' || code === 'TypeError' ? describe(error) : code;
  const hint = hints[code];
  return new HoldfastError('store-failed', `${what} in the file store ${folder} failed: ${said}`, {
    cause: error,
    ...(hint !== undefined && { hint }),
  });
}

const noSpace = 'The disk is full. Make room; until then messages go on, but would not survive a crash.';
const noAccess =
  'The process may not use the folder. Give its user the right to read and write there, or name another folder.';

const hints: Readonly<Record<string, string>> = {
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  EACCES: noAccess,
  EPERM: noAccess,
  EROFS: noAccess,
  ENOTDIR: 'The path is no folder. Name one that is, or that can be made.',
  ENOENT: 'The folder is gone. Put it back, or create a new connection with another one.',
};
