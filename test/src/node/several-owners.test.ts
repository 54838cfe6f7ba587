import { describe, expect, test } from 'vitest';
import { fileStore } from '../../../src/node/index.ts';
import type { LoadedEntries, OutboxStore } from '../../../src/outbox/store.ts';
import { afterRestart, closing, entry, useFolder } from '../../support/outbox-folder.ts';

async function idsOf(store: OutboxStore, identity = 'alice'): Promise<string[]> {
  return (await store.load(identity)).entries.map(({ id }) => id);
}

/** What a watcher is told, and a way to wait for it. */
function listener() {
  const heard: LoadedEntries[] = [];
  let wake = () => {};
  return {
    heard,
    found(left: LoadedEntries) {
      heard.push(left);
      wake();
    },
    ids: () => heard.flatMap(({ entries }) => entries.map(({ id }) => id)),
    async until(count: number) {
      while (heard.flatMap(({ entries }) => entries).length < count) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
}

describe('two owners of one folder', () => {
  test('[OB-7] what a living one holds is not handed out to another; it keeps its own', async () => {
    const folder = useFolder();
    const [first, second] = [closing(fileStore(folder)), closing(fileStore(folder))];
    await first.put('alice', entry('1'));
    expect(await idsOf(second)).toEqual([]);
    await second.put('alice', entry('2'));
    await second.remove('alice', '1');
    expect(await idsOf(first)).toEqual(['1']);
    expect(await idsOf(second)).toEqual(['2']);
  });

  test('[OB-7] what one leaves is handed to one of those who watch, whole and in order', async () => {
    const folder = useFolder();
    const stores = [0, 1, 2, 3].map(() => closing(fileStore(folder)));
    const listeners = stores.map(() => listener());
    const [first] = stores;
    await Promise.all(stores.map((store) => store.load('alice')));
    stores.slice(1).map((store, n) => store.watch?.('alice', (left) => listeners[n + 1]?.found(left)));
    const ids = Array.from({ length: 50 }, (_, n) => `${n}`);
    await Promise.all(ids.map((id) => first?.put('alice', entry(id))));
    await first?.close?.();
    await Promise.race(listeners.map((each) => each.until(50)));
    const told = listeners.filter(({ heard }) => heard.length > 0);
    expect(told).toHaveLength(1);
    expect(told[0]?.ids()).toEqual(ids);
    const holders = await Promise.all(stores.slice(1).map((store) => idsOf(store)));
    expect(holders.filter((held) => held.length > 0)).toEqual([ids]);
  });

  test('[OB-7] one that comes later is watched too, and many that load at once share out without a rest', async () => {
    const folder = useFolder();
    const watching = closing(fileStore(folder));
    const heard = listener();
    watching.watch?.('alice', heard.found);
    await watching.load('alice');
    const later = fileStore(folder);
    await later.put('alice', entry('1'));
    await later.close?.();
    await heard.until(1);
    expect(heard.ids()).toEqual(['1']);
    for (let n = 0; n < 5; n += 1) {
      const each = fileStore(folder);
      await each.put('bob', entry(`${n}`));
      await each.close?.();
    }
    const many = Array.from({ length: 6 }, () => closing(fileStore(folder)));
    const all = await Promise.all(many.map((store) => idsOf(store, 'bob')));
    expect(all.flat().sort()).toEqual(['0', '1', '2', '3', '4']);
  });

  test('[OB-7] nothing is told to who stopped watching, or of another identity', async () => {
    const folder = useFolder();
    const watching = closing(fileStore(folder));
    const [stopped, other, heard] = [listener(), listener(), listener()];
    const stop = watching.watch?.('alice', stopped.found);
    watching.watch?.('bob', other.found);
    await watching.load('alice');
    stop?.();
    const dying = fileStore(folder);
    await dying.put('alice', entry('1'));
    await dying.close?.();
    watching.watch?.('alice', heard.found);
    await heard.until(1);
    expect([stopped.heard, other.heard]).toEqual([[], []]);
  });

  test('[OB-7] the order outlives many owners, without a look at the clock', async () => {
    const folder = useFolder();
    const ids: string[] = [];
    for (let life = 0; life < 5; life += 1) {
      const store = fileStore(folder);
      // Before the load every other time: its log is another one then.
      if (life % 2 === 0) await store.load('alice');
      ids.push(`${life}`);
      await store.put('alice', entry(`${life}`, { acceptedAt: 100 - life }));
      await store.close?.();
    }
    expect((await afterRestart(folder)).ids).toEqual(ids);
  });

  test('[ID-2] to clear removes what others hold; they go on with what is new', async () => {
    const folder = useFolder();
    const [first, second] = [closing(fileStore(folder)), closing(fileStore(folder))];
    await first.put('alice', entry('1'));
    await first.put('bob', entry('of bob'));
    await second.put('alice', entry('2'));
    await second.clear('alice');
    expect(await idsOf(second)).toEqual([]);
    await Promise.all([first.put('alice', entry('3')), first.put('alice', entry('4'))]);
    await first.close?.();
    await second.close?.();
    expect((await afterRestart(folder)).ids).toEqual(['3', '4']);
    expect((await afterRestart(folder, 'bob')).ids).toEqual(['of bob']);
  });

  test('[OB-7] a watcher that throws disturbs nobody', async () => {
    const folder = useFolder();
    const watching = closing(fileStore(folder));
    const heard = listener();
    watching.watch?.('alice', () => {
      throw new Error('a defect');
    });
    watching.watch?.('bob', heard.found);
    await watching.load('alice');
    const dying = fileStore(folder);
    await dying.put('alice', entry('1'));
    await dying.put('bob', entry('2'));
    await dying.close?.();
    await heard.until(1);
    expect(await idsOf(watching)).toEqual(['1']);
  });
});
