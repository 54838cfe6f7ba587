import { entry, type StorePlay } from './scene.ts';

/** What goes in comes out, in the order of the first puts. */
export const orderPlays: readonly StorePlay[] = [
  {
    name: 'a store in which nothing was put has nothing, and nothing corrupt',
    clauses: ['OB-7'],
    play: (scene) => scene.expect('alice'),
  },
  {
    name: 'entries come back in the order in which they were first put, not in that of their ids or times',
    clauses: ['OB-2', 'OB-7'],
    async play(scene) {
      const entries = [
        entry('c', { acceptedAt: 3 }),
        entry('a', { acceptedAt: 9 }),
        entry('b', { acceptedAt: 1 }),
      ];
      await scene.put('alice', ...entries);
      await scene.expect('alice', ...entries);
    },
  },
  {
    name: 'every property of an entry comes back',
    clauses: ['OB-3', 'OB-4', 'OB-5', 'OB-7'],
    async play(scene) {
      const one = entry('1', {
        once: true,
        expiresAt: 1_700_000_012_345,
        isTried: true,
        bytes: 0,
        event: '',
      });
      const two = entry('2', { acceptedAt: 0.5, expiresAt: 0, bytes: 4_194_304, event: 'ünïcode \n\u0000' });
      await scene.put('alice', one, two);
      await scene.expect('alice', one, two);
    },
  },
  {
    name: 'an entry that is put again is replaced in its place',
    clauses: ['OB-2', 'OB-7'],
    async play(scene) {
      await scene.put('alice', entry('1'), entry('2'), entry('3'));
      await scene.put('alice', entry('1', { isTried: true, payload: 'changed' }));
      await scene.expect('alice', entry('1', { isTried: true, payload: 'changed' }), entry('2'), entry('3'));
    },
  },
  {
    name: 'an entry that was removed is gone, and comes last when it is put again',
    clauses: ['OB-2', 'OB-7'],
    async play(scene) {
      await scene.put('alice', entry('1'), entry('2'), entry('3'));
      await scene.store.remove('alice', '2');
      await scene.expect('alice', entry('1'), entry('3'));
      await scene.store.remove('alice', '1');
      await scene.put('alice', entry('1'));
      await scene.expect('alice', entry('3'), entry('1'));
    },
  },
  {
    name: 'to remove what is not there does nothing, for an identity that is not there too',
    clauses: ['OB-7'],
    async play(scene) {
      await scene.store.remove('nobody', '1');
      await scene.put('alice', entry('1'));
      await scene.store.remove('alice', '2');
      await scene.store.remove('alice', '');
      await scene.store.remove('bob', '1');
      await scene.expect('alice', entry('1'));
      await scene.expect('nobody');
    },
  },
  {
    name: 'calls that do not wait for each other count in the order in which they were made',
    clauses: ['OB-2', 'OB-7'],
    async play(scene) {
      const done = [
        scene.store.put('alice', entry('1')),
        scene.store.put('alice', entry('2')),
        scene.store.remove('alice', '1'),
        scene.store.put('alice', entry('3')),
        scene.store.put('alice', entry('2', { isTried: true })),
        scene.store.put('bob', entry('1')),
        scene.store.put('alice', entry('1', { payload: 'again' })),
        scene.store.remove('alice', '4'),
        scene.store.put('alice', entry('4')),
        scene.store.put('alice', entry('5')),
        scene.store.remove('alice', '5'),
      ];
      await Promise.all(done);
      await scene.expect(
        'alice',
        entry('2', { isTried: true }),
        entry('3'),
        entry('1', { payload: 'again' }),
        entry('4'),
      );
    },
  },
  {
    name: 'a load that does not wait for the puts before it has what they put',
    clauses: ['OB-7'],
    async play(scene) {
      const puts = [scene.store.put('alice', entry('1')), scene.store.put('alice', entry('2'))];
      const { entries } = await scene.store.load('alice');
      await Promise.all(puts);
      if (entries.length !== 2) throw new Error(`${entries.length} entries instead of 2`);
    },
  },
  {
    name: 'a thousand entries, half of them removed again, keep their order',
    clauses: ['OB-2', 'OB-7'],
    async play(scene) {
      const all = Array.from({ length: 1_000 }, (_, n) => entry(`id-${(n * 7919) % 1_000}`, { bytes: n }));
      await Promise.all(all.map((each) => scene.store.put('alice', each)));
      const gone = all.filter((_, n) => n % 2 === 1);
      await Promise.all(gone.map(({ id }) => scene.store.remove('alice', id)));
      await scene.expect('alice', ...all.filter((_, n) => n % 2 === 0));
    },
  },
];
