import { bareEntry, isOutboxEntry } from '../outbox/entry-shape.ts';
import type { LoadedEntries, OutboxEntry } from '../outbox/store.ts';
import type { Kept, OutboxDatabase } from './database.ts';

export interface Write {
  readonly identity: string;
  readonly id: string;
  /** `null` removes. */
  readonly entry: OutboxEntry | null;
}

/**
 * Writes in one transaction, all or none. It waits for the disk if there is a put: what is only removed may come back
 * after a power failure, and is sent again with the same id.
 */
export async function commit(on: OutboxDatabase, owner: string, writes: readonly Write[]): Promise<void> {
  const durability = writes.some(({ entry }) => entry !== null) ? 'strict' : 'relaxed';
  const transaction = on.transaction('entries', 'readwrite', { durability });
  const { store } = transaction;
  await Promise.all([
    writeInTurn(),
    // Else its own rejection would be nobody's.
    transaction.done,
  ]);

  async function writeInTurn(): Promise<void> {
    for (const { identity, id, entry } of writes) {
      const key = await store.index('id').getKey([identity, id]);
      if (entry !== null) await store.put({ identity, id, owner, entry }, key);
      else if (key !== undefined) await store.delete(key);
    }
  }
}

/** Everybody who has something of this identity. */
export async function ownersOf(on: OutboxDatabase, identity: string): Promise<readonly string[]> {
  const owners: string[] = [];
  const { store } = on.transaction('entries');
  // An array sorts behind every string.
  const range = IDBKeyRange.bound([identity], [identity, []]);
  let at = await store.index('owner').openKeyCursor(range, 'nextunique');
  for (; at !== null; at = await at.continue()) owners.push(at.key[1]);
  return owners;
}

export interface TakeOver {
  readonly identity: string;
  readonly owner: string;
  readonly dead: ReadonlySet<string>;
  readonly withOwn: boolean;
  /** Of the database, for what is told. */
  readonly name: string;
}

/** Makes the entries of the dead the owner's, in one transaction: of several who try, one gets each entry. */
export async function takeOver(on: OutboxDatabase, how: TakeOver): Promise<LoadedEntries> {
  const transaction = on.transaction(['entries', 'corrupt'], 'readwrite', { durability: 'relaxed' });
  const [, found] = await Promise.all([transaction.done, visit()]);
  return found;

  async function visit(): Promise<LoadedEntries> {
    const entries: OutboxEntry[] = [];
    let bad = 0;
    const store = transaction.objectStore('entries');
    const index = store.index('identity');
    // Both in the order of the keys, which is that of the first puts.
    const [keys, all] = await Promise.all([index.getAllKeys(how.identity), index.getAll(how.identity)]);
    for (const [at, key] of keys.entries()) {
      const kept = all[at];
      const isOwn = kept?.owner === how.owner;
      if (kept === undefined || !(isOwn || isLeft(kept, how.dead))) continue;
      if (!isSound(kept)) {
        bad += 1;
        await transaction.objectStore('corrupt').add({ identity: how.identity, kept });
        await store.delete(key);
        continue;
      }
      if (!isOwn) await store.put({ ...kept, owner: how.owner }, key);
      if (!isOwn || how.withOwn) entries.push(bareEntry(kept.entry));
    }
    return { entries, corrupt: bad === 0 ? [] : [told(bad, how.name)] };
  }
}

/** Removes everything of the identity, whoever owns it, and what was set aside of it. */
export async function clear(on: OutboxDatabase, identity: string): Promise<void> {
  const transaction = on.transaction(['entries', 'corrupt'], 'readwrite');
  const entries = transaction.objectStore('entries');
  const corrupt = transaction.objectStore('corrupt');
  await Promise.all([transaction.done, empty(entries), empty(corrupt)]);

  async function empty(store: typeof entries | typeof corrupt): Promise<void> {
    const keys = await (store as typeof corrupt).index('identity').getAllKeys(identity);
    for (const key of keys) await store.delete(key);
  }
}

/** An owner that is no name is nobody. */
function isLeft({ owner }: Kept, dead: ReadonlySet<string>): boolean {
  return typeof owner !== 'string' || dead.has(owner);
}

function isSound({ id, entry }: Kept): boolean {
  return isOutboxEntry(entry) && entry.id === id;
}

function told(bad: number, name: string): string {
  const what = bad === 1 ? '1 record' : `${bad} records`;
  return `${what} of the database ${name}: the shape is wrong; set aside in its store "corrupt"`;
}
