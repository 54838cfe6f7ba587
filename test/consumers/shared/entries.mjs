/**
 * Loads every entry of the package, by `import` or by `require` as the argument says, and prints what each gives, or
 * which package it found missing.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const load = process.argv[2] === 'require' ? require : (name) => import(name);

const found = {};
for (const path of Object.keys(require('holdfast/package.json').exports)) {
  if (path.endsWith('.json')) continue;
  const name = `holdfast${path.slice(1)}`;
  try {
    found[name] = Object.keys(await load(name)).sort();
  } catch (error) {
    const [, missing] = /^Cannot find (?:package|module) '([^']+)'/.exec(error.message) ?? [];
    if (missing === undefined) throw error;
    found[name] = missing;
  }
}
const dom = ['window', 'document', 'location', 'indexedDB'].filter((name) => name in globalThis);
console.log(JSON.stringify({ found, dom, resources: process.getActiveResourcesInfo() }));
