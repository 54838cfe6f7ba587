import { entry, type StorePlay } from './scene.ts';

/** Beginning and end of a store. */
export const lifePlays: readonly StorePlay[] = [
  {
    name: 'to load again gives again everything that this store holds: its identity has come back',
    clauses: ['ID-2', 'OB-7'],
    async play(scene) {
      await scene.put('alice', entry('1'));
      await scene.expectIds('alice', '1');
      await scene.put('alice', entry('2'));
      await scene.expectIds('bob');
      await scene.expectIds('alice', '1', '2');
    },
  },
  {
    name: 'to close twice, or before anything was done, does no harm',
    clauses: ['LC-10', 'OB-7'],
    async play(scene) {
      await scene.store.close?.();
      await Promise.all([scene.store.close?.(), scene.store.close?.()]);
    },
  },
  {
    name: 'to watch finds nothing where nobody died, and to stop is possible at any time, twice too',
    clauses: ['OB-7'],
    async play(scene) {
      const found: unknown[] = [];
      const stops = ['alice', 'alice', 'bob'].map((name) =>
        scene.store.watch?.(name, (left) => found.push(left)),
      );
      await scene.put('alice', entry('1'));
      stops[0]?.();
      await scene.put('alice', entry('2'));
      await scene.expectIds('alice', '1', '2');
      for (const stop of stops) stop?.();
      if (found.length > 0) throw new Error(`found: ${JSON.stringify(found)}`);
    },
  },
];

/** What outlives the store that kept it. */
export const lastingPlays: readonly StorePlay[] = [
  {
    name: 'what was put is there after a reload, and after many',
    clauses: ['OB-3', 'OB-7'],
    async play(scene) {
      const entries = Array.from({ length: 8 }, (_, n) => entry(`${n}`));
      for (const [n, each] of entries.entries()) {
        await scene.put('alice', each);
        await scene.expect('alice', ...entries.slice(0, n + 1));
      }
    },
  },
  {
    name: 'what is put before the load after a reload comes after what was there',
    clauses: ['OB-2', 'OB-7'],
    async play(scene) {
      await scene.put('alice', entry('1'), entry('2'));
      await scene.reopen();
      await scene.put('alice', entry('3'));
      await scene.expect('alice', entry('1'), entry('2'), entry('3'));
    },
  },
  {
    name: 'what was there can be replaced, removed and cleared after a reload',
    clauses: ['OB-2', 'OB-7'],
    async play(scene) {
      await scene.put('alice', entry('1'), entry('2'), entry('3'));
      await scene.put('bob', entry('1'));
      await scene.reopen();
      await scene.load('alice');
      await scene.store.remove('alice', '1');
      await scene.put('alice', entry('2', { isTried: true }), entry('4'));
      await scene.expect('alice', entry('2', { isTried: true }), entry('3'), entry('4'));
      await scene.store.clear('alice');
      await scene.expect('alice');
      await scene.expect('bob', entry('1'));
    },
  },
  {
    name: 'an identity is cleared of what was there before a reload too, without a load',
    clauses: ['ID-2', 'OB-7'],
    async play(scene) {
      await scene.put('alice', entry('1'));
      await scene.put('bob', entry('1'));
      await scene.reopen();
      await scene.store.clear('alice');
      await scene.expect('alice');
      await scene.expect('bob', entry('1'));
    },
  },
  {
    name: 'what was not awaited before the store was closed is kept',
    clauses: ['OB-7'],
    async play(scene) {
      const puts = [scene.store.put('alice', entry('1')), scene.store.put('alice', entry('2'))];
      await scene.reopen();
      await Promise.all(puts);
      await scene.expect('alice', entry('1'), entry('2'));
    },
  },
  {
    name: 'a closed store fails, rather than to keep nothing in silence',
    clauses: ['OB-7'],
    async play(scene) {
      const { store } = scene;
      await scene.reopen();
      let isKept = true;
      try {
        await store.put('alice', entry('1'));
      } catch {
        isKept = false;
      }
      if (isKept) throw new Error('a put after `close` resolved');
    },
  },
];
