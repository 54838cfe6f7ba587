import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../tools/paths.ts';

interface Entry {
  resolved?: string;
  integrity?: string;
  link?: boolean;
  optionalDependencies?: Record<string, string>;
}

const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
const packages: Record<string, Entry> = JSON.parse(text).packages;

test('the lock has an entry for every optional dependency, or npm ci fails on another platform', () => {
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !candidates(path, name).some((candidate) => packages[candidate]))
      .map((name) => `${name} of ${path}`),
  );
  expect(missing).toEqual([]);
});

test('the lock has optional dependencies to look at', () => {
  const all = Object.values(packages).flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}));
  expect(all.length).toBeGreaterThan(10);
});

test('the lock names no registry, so that it serves behind any', () => {
  const named = Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link);
  expect(named.map(([path]) => path)).toEqual([]);
  expect(text).not.toMatch(/registry|"https?:\/\/[^"]*\.tgz/);
});

test('the lock has the checksum of every package', () => {
  const bare = Object.entries(packages).filter(
    ([path, { integrity, link }]) => path.includes('node_modules/') && !integrity && !link,
  );
  expect(bare.map(([path]) => path)).toEqual([]);
});

/** Where npm may have put `name` for the package at `path`: inside it, or beside any package around it. */
function candidates(path: string, name: string): string[] {
  const inside = `${path === '' ? '' : `${path}/`}node_modules/${name}`;
  if (path === '') return [inside];
  const outer = path.lastIndexOf('/node_modules/');
  return [inside, ...candidates(outer < 0 ? '' : path.slice(0, outer), name)];
}
