import 'fake-indexeddb/auto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { IndexedDbStore } from '../../../src/browser/indexed-db-store.ts';
import { fileStore } from '../../../src/node/index.ts';
import { memoryStore } from '../../../src/outbox/memory-store.ts';
import type { OutboxStore } from '../../../src/outbox/store.ts';
import {
  outboxStoreConformance,
  type StoreConformanceOptions,
  type StoreUnderTest,
} from '../../../src/testing/index.ts';
import { WebLocks } from '../../support/web-locks.ts';

type Make = () => StoreUnderTest | Promise<StoreUnderTest>;

let databases = 0;

function inDatabase(withLocks: boolean): StoreUnderTest {
  databases += 1;
  const name = `conformance-${databases}`;
  const locks = new WebLocks();
  const open = () => {
    const page = locks.page();
    return new IndexedDbStore(name, () => (withLocks ? page.locks : null));
  };
  return { store: open(), reopen: open };
}

async function inFolder(sync: boolean): Promise<StoreUnderTest> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
  const open = () => fileStore(join(folder, 'outbox'), { sync });
  return { store: open(), reopen: open, clean: () => rm(folder, { recursive: true }) };
}

const stores: Readonly<Record<string, [Make, StoreConformanceOptions?]>> = {
  'in memory': [() => ({ store: memoryStore() }), { reopens: false }],
  'in files': [() => inFolder(true)],
  'in files, without waiting for the disk': [() => inFolder(false)],
  'in IndexedDB': [() => inDatabase(true)],
  'in IndexedDB, without Web Locks': [() => inDatabase(false)],
};

describe.each(Object.entries(stores))('[TS-4] the store %s conforms', (_, [make, options]) => {
  for (const { name, clauses, run } of outboxStoreConformance(make, options)) {
    test(`[${clauses.join(', ')}] ${name}`, run);
  }
});

describe('[TS-4] the suite of stores', () => {
  test('no case with an entry in it passes with a store that keeps nothing', async () => {
    const nothing: OutboxStore = {
      load: () => ({ entries: [], corrupt: [] }),
      put() {},
      remove() {},
      clear() {},
    };
    expect(await passedBy(() => ({ store: nothing, reopen: () => nothing }))).toEqual([
      'a store in which nothing was put has nothing, and nothing corrupt',
      'to close twice, or before anything was done, does no harm',
    ]);
  });

  test.each<[string, (good: OutboxStore) => Partial<OutboxStore>, string]>([
    [
      'that mixes identities up',
      (good) => ({
        load: (identity) => good.load(identity.toLowerCase()),
        put: (i, e) => good.put(i.toLowerCase(), e),
      }),
      'identities are kept apart, whatever they are called',
    ],
    [
      'that moves what it replaces',
      (good) => ({
        put(identity, entry) {
          good.remove(identity, entry.id);
          return good.put(identity, entry);
        },
      }),
      'an entry that is put again is replaced in its place',
    ],
    [
      'that keeps JSON only',
      (good) => ({ put: (identity, entry) => good.put(identity, JSON.parse(JSON.stringify(entry))) }),
      'a payload comes back as it was: bytes',
    ],
  ])('finds a store %s', async (_, spoil, found) => {
    const passed = await passedBy(
      () => {
        const good = memoryStore();
        return { store: { ...good, ...spoil(good) } };
      },
      { reopens: false },
    );
    expect(passed).not.toContain(found);
    expect(passed.length).toBeGreaterThan(5);
  });
});

async function passedBy(make: Make, options?: StoreConformanceOptions): Promise<string[]> {
  const passed: string[] = [];
  for (const { name, run } of outboxStoreConformance(make, options)) {
    await run().then(
      () => passed.push(name),
      () => {},
    );
  }
  return passed;
}
