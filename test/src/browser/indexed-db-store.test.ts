import 'fake-indexeddb/auto';
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import { deleteDB, openDB } from 'idb';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { IndexedDbStore, indexedDbStore } from '../../../src/browser/indexed-db-store.ts';
import { isHoldfastError } from '../../../src/errors.ts';
import type { LoadedEntries, OutboxStore } from '../../../src/outbox/store.ts';
import { entry } from '../../support/outbox-folder.ts';
import { type Page, WebLocks } from '../../support/web-locks.ts';

let databases = 0;

function useName(): string {
  databases += 1;
  return `outbox-${databases}`;
}

interface Tab extends Page {
  readonly store: OutboxStore;
}

/** A page with a store. When it dies its store still runs, as a script in this process would; nobody asks it any more. */
function openTab(name: string, locks: WebLocks): Tab {
  const page = locks.page();
  const store = new IndexedDbStore(name, () => page.locks);
  onTestFinished(async () => {
    await store.close();
  });
  return { ...page, store };
}

function twoTabs(): { name: string; locks: WebLocks; a: Tab; b: Tab } {
  const [name, locks] = [useName(), new WebLocks()];
  return { name, locks, a: openTab(name, locks), b: openTab(name, locks) };
}

async function idsOf(store: OutboxStore, identity = 'alice'): Promise<string[]> {
  return (await store.load(identity)).entries.map(({ id }) => id);
}

function listener() {
  const heard: LoadedEntries[] = [];
  return {
    heard,
    found: (left: LoadedEntries) => void heard.push(left),
    ids: () => heard.flatMap(({ entries }) => entries.map(({ id }) => id)),
    until: (count: number) =>
      vi.waitFor(() => expect(heard.flatMap(({ entries }) => entries).length).toBeGreaterThanOrEqual(count), {
        interval: 1,
      }),
  };
}

async function failureOf(call: unknown): Promise<{ code: string; message: string; hint: string }> {
  const error = await Promise.resolve(call).then(
    () => new Error('it did not fail'),
    (thrown) => thrown,
  );
  if (!isHoldfastError(error)) throw error;
  return error;
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('two tabs on one database', () => {
  test('[OB-7] each has its own, and neither is handed what the other holds', async () => {
    const { a, b } = twoTabs();
    await a.store.put('alice', entry('1'));
    await b.store.put('alice', entry('2'));
    expect(await idsOf(b.store)).toEqual(['2']);
    expect(await idsOf(a.store)).toEqual(['1']);
    await a.store.put('alice', entry('3'));
    expect(await idsOf(a.store)).toEqual(['1', '3']);
  });

  test('[OB-7] what a dead tab leaves is loaded by the next one, in its place', async () => {
    const { name, locks, a, b } = twoTabs();
    await a.store.put('alice', entry('1'));
    await b.store.put('alice', entry('2'));
    await a.store.put('alice', entry('3'));
    a.die();
    expect(await idsOf(b.store)).toEqual(['1', '2', '3']);
    const c = openTab(name, locks);
    expect(await idsOf(c.store)).toEqual([]);
    b.die();
    expect(await idsOf(c.store)).toEqual(['1', '2', '3']);
  });

  test('[OB-7] what a dead tab leaves is handed to one of those who watch, whole, and of that identity', async () => {
    const { name, locks, a, b } = twoTabs();
    const tabs = [b, openTab(name, locks), openTab(name, locks)];
    const listeners = tabs.map(() => listener());
    const other = listener();
    await a.store.put('alice', entry('0'));
    tabs.map(({ store }, n) => store.watch?.('alice', (left) => listeners[n]?.found(left)));
    b.store.watch?.('bob', other.found);
    await Promise.all(tabs.map(({ store }) => idsOf(store)));
    const ids = Array.from({ length: 20 }, (_, n) => `${n}`);
    await Promise.all(ids.map((id) => a.store.put('alice', entry(id))));
    a.die();
    await Promise.race(listeners.map((each) => each.until(20)));
    expect(listeners.flatMap((each) => each.ids())).toEqual(ids);
    const held = await Promise.all(tabs.map(({ store }) => idsOf(store)));
    expect(held.filter((each) => each.length > 0)).toEqual([ids]);
    expect(other.heard).toEqual([]);
  });

  test('[OB-7] one that comes later, and dies, is noticed too', async () => {
    const [name, locks] = [useName(), new WebLocks()];
    const watching = openTab(name, locks);
    const heard = listener();
    watching.store.watch?.('alice', heard.found);
    await watching.store.load('alice');
    for (let n = 0; n < 3; n += 1) {
      const later = openTab(name, locks);
      await later.store.put('alice', entry(`${n}`));
      // Its greeting travels as a task of its own.
      await new Promise(setImmediate);
      later.die();
      await heard.until(n + 1);
    }
    expect(heard.ids()).toEqual(['0', '1', '2']);
  });

  test('[OB-7] many loads at once share out what was left, without a rest and without a double', async () => {
    const { name, locks, a, b } = twoTabs();
    const ids = Array.from({ length: 30 }, (_, n) => `${n}`);
    await Promise.all(ids.map((id, n) => (n % 2 === 0 ? a : b).store.put('alice', entry(id))));
    a.die();
    b.die();
    const tabs = Array.from({ length: 5 }, () => openTab(name, locks));
    const held = await Promise.all(tabs.map(({ store }) => idsOf(store)));
    expect(held.flat().sort((x, y) => Number(x) - Number(y))).toEqual(ids);
  });

  test('[OB-7] nothing is told to who stopped watching, or closed', async () => {
    const { name, locks, a, b } = twoTabs();
    const [stopped, closed] = [listener(), listener()];
    const c = openTab(name, locks);
    await a.store.put('alice', entry('1'));
    const stop = b.store.watch?.('alice', stopped.found);
    c.store.watch?.('alice', closed.found);
    await Promise.all([b.store.load('alice'), c.store.load('alice')]);
    stop?.();
    await c.store.close?.();
    a.die();
    await new Promise(setImmediate);
    expect(await idsOf(b.store)).toEqual(['1']);
    expect([stopped.heard, closed.heard]).toEqual([[], []]);
  });

  test('[OB-7] a store that closes leaves what it holds to the others', async () => {
    const { a, b } = twoTabs();
    const heard = listener();
    await a.store.put('alice', entry('1'));
    b.store.watch?.('alice', heard.found);
    await b.store.load('alice');
    await a.store.close?.();
    await heard.until(1);
    expect(heard.ids()).toEqual(['1']);
  });

  test('[OB-7] a page whose lock is taken away becomes another owner, and loses nothing', async () => {
    const { a, b } = twoTabs();
    await a.store.put('alice', entry('1'));
    a.lose();
    await new Promise(setImmediate);
    await a.store.put('alice', entry('2'));
    expect(await idsOf(a.store)).toEqual(['1', '2']);
    expect(await idsOf(b.store)).toEqual([]);
  });

  test('[ID-2] to clear removes what another tab holds too', async () => {
    const { a, b } = twoTabs();
    await a.store.put('alice', entry('1'));
    await a.store.put('bob', entry('1'));
    await b.store.clear('alice');
    expect(await idsOf(a.store)).toEqual([]);
    expect(await idsOf(a.store, 'bob')).toEqual(['1']);
  });

  test('[OB-7] without Web Locks everything is handed out to each: at least once, never lost', async () => {
    const name = useName();
    const [a, b] = [new IndexedDbStore(name, () => null), new IndexedDbStore(name, () => null)];
    await a.put('alice', entry('1'));
    await b.put('alice', entry('2'));
    expect(await idsOf(a)).toEqual(['1', '2']);
    expect(await idsOf(b)).toEqual(['1', '2']);
    await a.remove('alice', '1');
    await Promise.all([a.close(), b.close()]);
    // Secure from now on: what belongs to nobody in particular is taken over.
    expect(await idsOf(openTab(name, new WebLocks()).store)).toEqual(['2']);
  });
});

describe('a database that fails', () => {
  test('[LC-14] is not asked for before the first use, so that a server can render', async () => {
    vi.stubGlobal('indexedDB', undefined);
    vi.stubGlobal('navigator', undefined);
    const store = indexedDbStore();
    const failure = await failureOf(store.load('alice'));
    expect(failure).toMatchObject({ code: 'store-failed' });
    expect(failure.hint).toContain('private window');
    await store.close?.();
    await indexedDbStore().close?.();
  });

  test('[OB-7] once, serves at the next call', async () => {
    const { a } = twoTabs();
    const open = vi.spyOn(IDBFactory.prototype, 'open').mockImplementationOnce(() => {
      throw new DOMException('no', 'SecurityError');
    });
    expect((await failureOf(a.store.put('alice', entry('1')))).hint).toContain('private window');
    await a.store.put('alice', entry('1'));
    expect(await idsOf(a.store)).toEqual(['1']);
    expect(open).toHaveBeenCalledTimes(2);
  });

  test('[OB-7] for want of space rejects, and keeps what it has', async () => {
    const { a } = twoTabs();
    await a.store.put('alice', entry('1'));
    const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError');
    });
    const failure = await failureOf(a.store.put('alice', entry('2')));
    expect(failure).toMatchObject({ code: 'store-failed', hint: expect.stringContaining('no space left') });
    put.mockRestore();
    await a.store.put('alice', entry('3'));
    expect(await idsOf(a.store)).toEqual(['1', '3']);
  });

  test('[OB-7] to clone a payload makes its own put reject, and no other', async () => {
    const { a } = twoTabs();
    const bad = failureOf(a.store.put('alice', entry('bad', { payload: () => {} })));
    await a.store.put('alice', entry('1'));
    expect((await bad).hint).toContain('cannot be cloned');
    expect(await idsOf(a.store)).toEqual(['1']);
  });

  test('[OB-7] since the browser closed it is opened again', async () => {
    const opened: IDBDatabase[] = [];
    const open = IDBFactory.prototype.open;
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...args) {
      const request = open.apply(this, args);
      request.addEventListener('success', () => void opened.push(request.result as never));
      return request;
    });
    const { a } = twoTabs();
    await a.store.put('alice', entry('1'));
    // With the event that says so, and without, as after a long sleep.
    forceCloseDatabase(opened[0] as never);
    await a.store.put('alice', entry('2'));
    opened[1]?.close();
    await a.store.put('alice', entry('3'));
    expect(await idsOf(a.store)).toEqual(['1', '2', '3']);
    expect(opened).toHaveLength(3);
  });

  test('[OB-7] does not stand in the way of a newer version, and rejects while there is one', async () => {
    const { name, a } = twoTabs();
    await a.store.put('alice', entry('1'));
    const newer = await openDB(name, 2);
    expect((await failureOf(a.store.put('alice', entry('2')))).code).toBe('store-failed');
    newer.close();
  });

  test('[OB-7] does not stand in the way of its own deletion, and is made again', async () => {
    const { name, a } = twoTabs();
    await a.store.put('alice', entry('1'));
    await deleteDB(name);
    await a.store.put('alice', entry('2'));
    expect(await idsOf(a.store)).toEqual(['2']);
  });

  test('[OB-7] waits for a deletion that is under way, and is made again', async () => {
    const { name, a } = twoTabs();
    const holding = await openDB(name, 1);
    const deleting = deleteDB(name);
    const put = a.store.put('alice', entry('1'));
    await new Promise(setImmediate);
    holding.close();
    await deleting;
    await put;
    expect(await idsOf(a.store)).toEqual(['1']);
  });
});

describe('a database with damage', () => {
  test('[OB-7] sets aside what is no entry, says so in words, once', async () => {
    const { name, locks, a } = twoTabs();
    for (const id of ['1', '2', '3', '4'])
      await a.store.put('alice', entry(id, { payload: 'a private word' }));
    const database = await openDB(name);
    const [first, second, third] = await database.getAllKeys('entries');
    const kept = await database.get('entries', first ?? 0);
    await database.put('entries', { ...kept, entry: 'nonsense' }, first);
    await database.put(
      'entries',
      { ...kept, id: '2', owner: 7, entry: { ...kept.entry, bytes: 'many' } },
      second,
    );
    await database.put('entries', { ...kept, id: '3', entry: { ...kept.entry, id: 'another' } }, third);
    a.die();
    const b = openTab(name, locks);
    const { entries, corrupt } = await b.store.load('alice');
    expect(entries.map(({ id }) => id)).toEqual(['4']);
    expect(corrupt).toEqual([
      `3 records of the database ${name}: the shape is wrong; set aside in its store "corrupt"`,
    ]);
    expect(await b.store.load('alice')).toMatchObject({ corrupt: [] });
    expect(await database.count('corrupt')).toBe(3);
    await b.store.clear('alice');
    expect(await database.count('corrupt')).toBe(0);
    database.close();
  });
});
