/** `npm run herd`: makes docs/herd.md and its plots from the runs that are kept; with `--check` it fails when they differ. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Kept, keptPath } from '../bench/herd/kept.ts';
import { type KeptReal, keptRealPath } from '../bench/herd/kept-real.ts';
import { type Generated, generate } from './generated.ts';
import { drawingsOf } from './herd/drawings.ts';
import { herdPage } from './herd/page.ts';
import { promisesTable } from './herd/promises.ts';
import { helpTable } from './herd/tables.ts';
import { isMain, root } from './paths.ts';

export function herdFiles(): Generated[] {
  const kept = read<Kept>(keptPath);
  const real = existsSync(join(root, keptRealPath)) ? read<KeptReal>(keptRealPath) : null;
  return [
    { path: 'docs/herd.md', text: herdPage(kept, real) },
    { path: 'README.md', between: 'herd', text: promisesTable(kept, real) },
    { path: 'docs/operations.md', between: 'herd', text: helpTable(kept) },
    ...drawingsOf(kept),
  ];
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as T;
}

if (isMain(import.meta.url)) generate('herd', herdFiles());
