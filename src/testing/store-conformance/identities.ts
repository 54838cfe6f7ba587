import { entry, type StorePlay } from './scene.ts';

/** Names that are something else to a path, an object or a database. */
const oddNames = [
  '',
  ' ',
  '.',
  '..',
  '../x',
  'a',
  'A',
  'a/b',
  'a\\b',
  'a:b',
  'a\u0000b',
  'a\nb',
  '%2e%2e',
  '__proto__',
  'constructor',
  'toString',
  'CON',
  'undefined',
  'null',
  '0',
  'ä',
  'a\u0308',
  '名前',
  '👩‍👩‍👧',
  '\ud800',
  '\ud801',
  '*',
  '~',
  'x'.repeat(10_000),
  `${'x'.repeat(9_999)}y`,
];

/** What belongs to one is never shown to another (ID-2). */
export const identityPlays: readonly StorePlay[] = [
  {
    name: 'identities are kept apart, whatever they are called',
    clauses: ['ID-2'],
    async play(scene) {
      for (const [n, name] of oddNames.entries())
        await scene.put(name, entry('1', { payload: n }), entry(`of ${n}`));
      await scene.expect('nobody');
      for (const [n, name] of oddNames.entries()) {
        const { entries, corrupt } = await scene.load(name);
        const [first, second] = entries;
        if (entries.length === 2 && first?.payload === n && second?.id === `of ${n}` && corrupt.length === 0)
          continue;
        throw new Error(
          `identity ${JSON.stringify(name.slice(0, 40))}: ${JSON.stringify(entries)}, ${corrupt}`,
        );
      }
    },
  },
  {
    name: 'to clear an identity removes all of it, and nothing of any other',
    clauses: ['ID-2', 'OB-7'],
    async play(scene) {
      for (const name of oddNames) await scene.put(name, entry('1'));
      const cleared = oddNames.filter((_, n) => n % 2 === 0);
      for (const name of cleared) await scene.store.clear(name);
      for (const [n, name] of oddNames.entries()) {
        if (n % 2 === 0) await scene.expectIds(name);
        else await scene.expectIds(name, '1');
      }
    },
  },
  {
    name: 'an identity that was cleared can be used again, also by calls that do not wait',
    clauses: ['OB-7'],
    async play(scene) {
      await scene.store.clear('alice');
      await scene.put('alice', entry('1'), entry('2'));
      await Promise.all([
        scene.store.put('alice', entry('3')),
        scene.store.clear('alice'),
        scene.store.put('alice', entry('4')),
      ]);
      await scene.expect('alice', entry('4'));
    },
  },
];
