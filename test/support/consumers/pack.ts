import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { root } from '../../../tools/paths.ts';
import { npm } from './npm.ts';

/** A file that `npm pack` made, and what it says of it. */
export interface Packed {
  readonly path: string;
  /** Bytes of the file itself, and of what is in it. */
  readonly size: number;
  readonly unpackedSize: number;
  /** Paths in it, as its package.json has them. */
  readonly files: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Both packages as they are published, or why there are none. */
    packed: { readonly holdfast: Packed; readonly bridge: Packed } | { readonly error: string };
  }
}

/** Packs what `npm test` or `npm run consumers` have built, once for a project. A failure is that of these tests, not of the whole run. */
export async function setup(project: TestProject): Promise<() => void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-packed-'));
  try {
    const holdfast = await pack(root, folder);
    project.provide('packed', {
      holdfast,
      bridge: await pack(join(root, 'packages/inspect-classic'), folder),
    });
  } catch (thrown) {
    project.provide('packed', { error: thrown instanceof Error ? thrown.message : String(thrown) });
  }
  return () => rmSync(folder, { recursive: true, force: true });
}

async function pack(cwd: string, folder: string): Promise<Packed> {
  if (!existsSync(join(cwd, 'dist'))) throw new Error(`${cwd} is not built: npm run consumers does so first`);
  const { stdout } = await npm(['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd });
  const [{ filename, size, unpackedSize, files }] = JSON.parse(stdout);
  return {
    path: join(folder, filename),
    size,
    unpackedSize,
    files: files.map(({ path }: { path: string }) => path),
  };
}
