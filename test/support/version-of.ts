import { readFileSync } from 'node:fs';

/** The version of what is installed in this folder of node_modules. */
export function versionOf(folder: string): string {
  const path = new URL(`../../node_modules/${folder}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')).version;
}
