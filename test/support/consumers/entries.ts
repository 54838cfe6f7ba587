import { expect } from 'vitest';
import type { App } from './app.ts';

/** What an entry gives, by name, or the package that it did not find. */
export type Entries = Record<string, readonly string[] | string>;

/** What an entry asks for that not every client has. */
export const alsoNeeded = {
  'holdfast/browser': 'idb',
  'holdfast/opentelemetry': '@opentelemetry/api',
  'holdfast/server': 'jose',
  'holdfast/testing': 'fast-check',
};

/** Loads every entry by import and by require, which must come to the same, touch no page and leave nothing running. */
export async function loadEntries(app: App): Promise<Entries> {
  const imported = await load(app, 'import');
  expect(await load(app, 'require')).toEqual(imported);
  return imported;
}

async function load(app: App, how: 'import' | 'require'): Promise<Entries> {
  const { stdout, stderr } = await app.node([quiet, 'entries.mjs', how]);
  const { found, dom, resources } = JSON.parse(stdout);
  expect(stderr).toBe('');
  expect(dom).toEqual([]);
  expect(resources.filter((name: string) => /Timeout|Immediate|TCP|TLS|Addr/.test(name))).toEqual([]);
  return found;
}

/** Of what `require` does with an ES module, an older Node says that it is an experiment. */
export const quiet = '--disable-warning=ExperimentalWarning';
