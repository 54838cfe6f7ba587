/** What users import, read from the `exports` of the packages that are published. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './paths.ts';

/** What is read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, string | { readonly types: string }>>;
  readonly repository?: string | { readonly url?: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string; readonly provenance?: boolean };
}

export interface PublishedPackage {
  /** Relative to the root; `.` for the root itself. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export interface EntryPoint {
  /** As users write it: `holdfast/server`. */
  readonly name: string;
  /** The folder of its package, relative to the root. */
  readonly folder: string;
  /** The declarations that users get, relative to the root; there after a build. */
  readonly types: string;
  /** The module that they are made from, relative to the root. */
  readonly source: string;
}

export function publishedPackages(): PublishedPackage[] {
  return ['.', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`)]
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => ({ folder, manifest: readJson<Manifest>(folder, 'package.json') }))
    .filter(({ manifest }) => manifest.private !== true);
}

export function entryPoints(): EntryPoint[] {
  return publishedPackages().flatMap(({ folder, manifest }) => {
    const { compilerOptions } = readJson<Build>(folder, 'tsconfig.build.json');
    return Object.entries(manifest.exports ?? {}).flatMap(([path, target]) => {
      if (typeof target === 'string') return [];
      const module = target.types.replace(`./${compilerOptions.outDir}/`, '').replace(/\.d\.ts$/, '.ts');
      return {
        name: join(manifest.name, path),
        folder,
        types: join(folder, target.types),
        source: join(folder, compilerOptions.rootDir, module),
      };
    });
  });
}

interface Build {
  readonly compilerOptions: { readonly rootDir: string; readonly outDir: string };
}

function readJson<T>(folder: string, name: string): T {
  return JSON.parse(readFileSync(join(root, folder, name), 'utf8'));
}
