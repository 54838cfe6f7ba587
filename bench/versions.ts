import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * The version of a package as a module in the folder `from` sees it. Most packages do not let their package.json be
 * asked for, so it is read where it must lie.
 */
export function versionOf(name: string, from: string = import.meta.dirname): string {
  const paths = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  for (const path of paths) {
    const found = tryRead(join(path, name)) ?? itself(dirname(path), name);
    if (found !== null) return found.version;
  }
  throw new Error(`${name} is not installed`);
}

interface Package {
  readonly name: string;
  readonly version: string;
}

/** A package is not among those that it has installed. */
function itself(folder: string, name: string): Package | null {
  const found = tryRead(folder);
  return found?.name === name ? found : null;
}

function tryRead(folder: string): Package | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  } catch {
    return null;
  }
}
