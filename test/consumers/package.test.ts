import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, inject, test } from 'vitest';
import { entriesOf, type Manifest, pages, reachableFrom } from '../../tools/package/reach.ts';
import { freshApp } from '../support/consumers/app.ts';

interface Published {
  /** Its name in what is packed. */
  readonly packed: 'holdfast' | 'bridge';
  readonly name: string;
  /** Files that people read, or npm. */
  readonly papers: readonly string[];
  readonly pages: readonly string[];
  /** Bytes of the packed file, and of what is in it: what goes beyond should be wanted, and said here. */
  readonly limits: { readonly size: number; readonly unpackedSize: number };
}

const published: readonly Published[] = [
  {
    packed: 'holdfast',
    name: 'holdfast',
    papers: ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
    pages,
    limits: { size: 450_000, unpackedSize: 2_000_000 },
  },
  {
    packed: 'bridge',
    name: 'holdfast-inspect-classic',
    papers: ['LICENSE', 'README.md', 'package.json'],
    pages: [],
    limits: { size: 20_000, unpackedSize: 60_000 },
  },
];

test.each(published)(
  '$name holds what its entries ask for, what people read, and nothing else',
  async (one) => {
    const packed = inject('packed');
    if ('error' in packed) throw new Error(packed.error);
    const { files, size, unpackedSize } = packed[one.packed];
    const app = await freshApp(one.packed === 'bridge' ? 'bridge' : 'core', { packages: [one.packed] });
    const read = (path: string) => readFileSync(app.path('node_modules', one.name, path), 'utf8');

    const entries = entriesOf(JSON.parse(read('package.json')) as Manifest);
    const needed = reachableFrom([...entries, ...one.papers, ...one.pages], {
      has: (path) => files.includes(path),
      read,
    });
    expect(files.filter((path) => !needed.has(path))).toEqual([]);

    const maps = files.flatMap((path) =>
      [...read(path).matchAll(/^\/\/# sourceMappingURL=(.+)$/gm)].map(([, map = '']) =>
        posix.join(path, '..', map),
      ),
    );
    expect(maps.filter((map) => !files.includes(map))).toEqual([]);

    expect(size).toBeLessThan(one.limits.size);
    expect(unpackedSize).toBeLessThan(one.limits.unpackedSize);
  },
);
