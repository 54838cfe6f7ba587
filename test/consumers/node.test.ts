import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type App, freshApp, sharedApp } from '../support/consumers/app.ts';
import { alsoNeeded, loadEntries, quiet } from '../support/consumers/entries.ts';
import { npm } from '../support/consumers/npm.ts';
import type { Ran } from '../support/consumers/run.ts';

/** With the three packages beside it that every client needs. */
const core = sharedApp('core');
/** With every optional one as well. */
const whole = sharedApp('whole');

test('it is installed beside its three peers without a word, and brings nothing else along', async () => {
  const app = await core();
  expect(app.installed.stderr).toBe('');
  const { dependencies } = JSON.parse(readFileSync(app.path('package.json'), 'utf8'));
  expect(Object.keys(dependencies).sort()).toEqual(['holdfast', 'rxjs', 'socket.io-client', 'xstate']);
  const { packages } = JSON.parse(readFileSync(app.path('package-lock.json'), 'utf8'));
  const { peerDependencies, peerDependenciesMeta } = packages['node_modules/holdfast'];
  expect(
    Object.keys(peerDependencies)
      .filter((name) => !peerDependenciesMeta[name]?.optional)
      .sort(),
  ).toEqual(['rxjs', 'socket.io-client', 'xstate']);
  expect(readdirSync(app.path('node_modules')).filter((name) => name in peerDependenciesMeta)).toEqual([]);
});

test('every entry loads by import and by require, without a page; one that needs an optional package names it', async () => {
  const imported = await loadEntries(await core());
  expect(imported).toMatchObject({ ...alsoNeeded, 'holdfast/node': ['fileStore'] });
  const without = Object.entries(imported).filter(([, names]) => typeof names === 'string');
  expect(without.map(([name]) => name).sort()).toEqual(Object.keys(alsoNeeded));
});

test('with the optional packages beside it every entry loads, by import and by require', async () => {
  const app = await whole();
  expect(app.installed.stderr).toBe('');
  const imported = await loadEntries(app);
  for (const names of Object.values(imported)) expect(names).toBeInstanceOf(Array);
  expect(imported).toMatchObject({ 'holdfast/browser': ['browserSignals', 'indexedDbStore'] });
});

test.each(['client.mjs', 'client.cjs'])(
  '%s talks to a server of holdfast/server, and ends by itself',
  async (script) => {
    const url = await (await whole()).serve(['server.mjs']);
    const { stdout, stderr } = await (await core()).node([quiet, script, url]);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      answer: { said: 'hello' },
      heard: { from: 'alice', text: 'hello' },
      status: 'connected',
    });
    expect(await (await fetch(`${url}metrics`)).text()).toMatch(/^holdfast_handshakes_total 1$/m);
    expect(await (await fetch(`${url}ready`)).json()).toMatchObject({ status: 'ready' });
  },
);

test('npx holdfast has its commands: help, version, doctor, replay', async () => {
  const app = await core();
  const { version } = JSON.parse(readFileSync(app.path('node_modules/holdfast/package.json'), 'utf8'));
  expect((await npx(app, ['holdfast', '--version'])).stdout.trim()).toBe(version);
  const { stdout: help } = await npx(app, ['holdfast', '--help']);
  expect(help).toMatch(/doctor URL/);
  expect(help).toMatch(/replay FILE/);

  const url = await (await whole()).serve(['server.mjs']);
  const token = await (await fetch(`${url}token?user=alice`)).text();
  const { stdout: report } = await npx(app, ['holdfast', 'doctor', url, '--json', '--token', token]);
  expect(JSON.parse(report)).toMatchObject({ verdict: 'healthy', faults: [] });

  await app.node(['client.mjs', url]);
  const { stdout: story } = await npx(app, ['holdfast', 'replay', 'trace.json']);
  expect(story).toMatch(/The code of today goes the same way: all \d+ steps\./);
});

test('the local inspector serves its page in Node', async () => {
  const { stdout, stderr } = await (await whole()).node(['inspector.mjs']);
  expect(stdout).toMatch(/serves its page and \d assets/);
  expect(stderr).toBe('');
});

test('the bridge shows a connection to a page of the classic inspector, with its own XState beside the one of the app', async () => {
  const app = await freshApp('bridge', { packages: ['holdfast', 'bridge'] });
  const { stdout, stderr } = await app.node(['watch.mjs']);
  expect(stderr).toBe('');
  expect(JSON.parse(stdout)).toEqual({ type: 'service.register', machine: 'connection' });
});

/** As people type it. */
function npx(app: App, args: readonly string[]): Promise<Ran> {
  return npm(['exec', '--no', '--', ...args], { cwd: app.folder });
}
