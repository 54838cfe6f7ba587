/**
 * The last part of `npm run build`, here and in packages: takes out of `dist` what nobody can reach who has the package,
 * such as types that are behind no entry, and lean modules of what only Node loads.
 */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, pages, reachableFrom } from './package/reach.ts';
import { isMain, root } from './paths.ts';

/** Gives the paths that it took out. */
export function prune(base: string): string[] {
  const isThere = (path: string) => existsSync(join(base, path));
  const manifest = JSON.parse(readFileSync(join(base, 'package.json'), 'utf8'));
  const reached = reachableFrom([...entriesOf(manifest), ...pages.filter(isThere)], {
    has: isThere,
    read: (path) => readFileSync(join(base, path), 'utf8'),
  });
  const unreached = readdirSync(join(base, 'dist'), { recursive: true, encoding: 'utf8' })
    .map((path) => `dist/${path.replaceAll('\\', '/')}`)
    .filter((path) => statSync(join(base, path)).isFile() && !reached.has(path));
  for (const path of unreached) rmSync(join(base, path));
  return unreached;
}

if (isMain(import.meta.url)) prune(process.argv[2] ?? root);
