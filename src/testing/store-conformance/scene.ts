import type { LoadedEntries, OutboxEntry, OutboxStore } from '../../outbox/store.ts';

/** A store of yours with nothing in it: a fresh one for every case. */
export interface StoreUnderTest {
  readonly store: OutboxStore;
  /** Another store over what the first one kept, which was closed before: what an app finds after a reload. */
  reopen?(): OutboxStore | Promise<OutboxStore>;
  /** Throws away what was kept. Called after the store was closed. */
  clean?(): void | Promise<void>;
}

/** One thing that every store does, played on a scene of its own. */
export interface StorePlay {
  readonly name: string;
  readonly clauses: readonly string[];
  play(scene: StoreScene): Promise<void>;
}

/** One store, and what is expected of it. What does not hold is thrown. */
export class StoreScene {
  store: OutboxStore;
  readonly #subject: StoreUnderTest;
  readonly #reopens: boolean;

  constructor(subject: StoreUnderTest, reopens: boolean) {
    this.#subject = subject;
    this.#reopens = reopens;
    this.store = subject.store;
  }

  async put(identity: string, ...entries: readonly OutboxEntry[]): Promise<void> {
    for (const entry of entries) await this.store.put(identity, entry);
  }

  load(identity: string): LoadedEntries | Promise<LoadedEntries> {
    return this.store.load(identity);
  }

  /** Closes the store, and goes on with another one over the same things. */
  async reopen(): Promise<void> {
    if (this.#subject.reopen === undefined)
      throw new Error('`reopen` is missing: give it, or { reopens: false }');
    await this.store.close?.();
    this.store = await this.#subject.reopen();
  }

  /** Exactly these, in this order, and nothing corrupt: now, and after a reload where there is such a thing. */
  async expect(identity: string, ...entries: readonly OutboxEntry[]): Promise<void> {
    this.#compare(await this.load(identity), entries, 'what was loaded');
    if (!this.#reopens) return;
    await this.reopen();
    this.#compare(await this.load(identity), entries, 'what was loaded after a reload');
  }

  async expectIds(identity: string, ...ids: readonly string[]): Promise<void> {
    const { entries } = await this.load(identity);
    const found = entries.map(({ id }) => id);
    if (!isSame(found, ids)) throw new Error(`ids: ${show(found)} instead of ${show(ids)}`);
  }

  #compare({ entries, corrupt }: LoadedEntries, expected: readonly OutboxEntry[], what: string): void {
    if (corrupt.length > 0) throw new Error(`${what} is said to be corrupt: ${show(corrupt)}`);
    if (!isSame(entries, expected)) throw new Error(`${what}: ${show(entries)} instead of ${show(expected)}`);
  }
}

/** An entry that differs from others in everything that it is not given. */
export function entry(id: string, more: Partial<OutboxEntry> = {}): OutboxEntry {
  const payload = { text: `payload of ${id.slice(0, 40)}` };
  return {
    id,
    event: 'chat:send',
    payload,
    bytes: 40,
    once: false,
    acceptedAt: 1_700_000_000_000,
    expiresAt: null,
    isTried: false,
    ...more,
  };
}

/** Equal as data. A key with `undefined` is the same as no such key: JSON makes no difference. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Uint8Array !== b instanceof Uint8Array || Array.isArray(a) !== Array.isArray(b))
    return false;
  if (Array.isArray(a) || a instanceof Uint8Array) return isSameList(a, b as typeof a);
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => isSame(own(a, key), own(b, key)));
}

function isSameList(a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean {
  return a.length === b.length && Array.from(a).every((item, at) => isSame(item, b[at]));
}

function own(of: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(of, key)?.value;
}

function show(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 2_000) ?? 'undefined';
}
