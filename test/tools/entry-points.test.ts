import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { entryPoints, publishedPackages } from '../../tools/entry-points.ts';
import { root } from '../../tools/paths.ts';

test('every entry point of the published packages is known, with the module behind it', () => {
  const imports = ['.', 'packages/inspect-classic'].flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    return Object.keys(manifest.exports)
      .filter((path) => path !== './package.json')
      .map((path) => manifest.name + path.slice(1));
  });
  expect(imports.length).toBeGreaterThan(8);
  expect(entryPoints().map(({ name }) => name)).toEqual(imports);
  for (const { source } of entryPoints()) expect(existsSync(join(root, source)), source).toBe(true);
});

test('examples and peers are not published', () => {
  expect(publishedPackages().map(({ manifest }) => manifest.name)).toEqual([
    'holdfast',
    'holdfast-inspect-classic',
  ]);
});
