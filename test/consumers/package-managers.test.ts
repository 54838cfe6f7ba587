import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Installer, sharedApp } from '../support/consumers/app.ts';
import { alsoNeeded, loadEntries } from '../support/consumers/entries.ts';
import { npm } from '../support/consumers/npm.ts';

/** pnpm at its strictest: a package sees what it declares, and nothing that lies beside it by chance. */
const withPnpm: Installer = (folder, tarballs) => {
  const settings = ['--config.hoist=false', '--config.strict-peer-dependencies=true'];
  const args = ['pnpm@10.34.8', 'add', ...settings, '--store-dir', join(folder, '.store'), ...tarballs];
  return npm(['exec', '--yes', '--', ...args], { cwd: folder });
};

const core = sharedApp('core', { install: withPnpm });
const whole = sharedApp('whole', { install: withPnpm });

test('pnpm installs it beside its three peers, and every entry finds all that it declares', async () => {
  const found = await loadEntries(await core());
  expect(found).toMatchObject(alsoNeeded);
  const names = Object.values(await loadEntries(await whole()));
  expect(names.filter((gives) => typeof gives === 'string')).toEqual([]);
});
