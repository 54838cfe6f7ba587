import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { connectionMachine } from '../../machines/connection.ts';
import { root } from '../../tools/paths.ts';
import { limits } from '../../tools/size/limits.ts';
import { faultsOf, measure, tableOf } from '../../tools/size.ts';
import { plantTree } from './tree.ts';

const optional = ['@statelyai/inspect', 'idb', 'fast-check'];
const peers = ['xstate', 'rxjs', 'socket.io-client', ...optional];

const face = `
  import { Subject } from 'rxjs';
  import { watch } from './inspect/watch.js';
  export const createConnection = () => [new Subject(), 'a text that is there'];
  export const socketIo = () => {};
  function unused() { watch(); }`;

/** A package that keeps every rule. */
const sound = {
  'package.json': JSON.stringify({
    name: 'holdfast',
    type: 'module',
    sideEffects: false,
    exports: {
      '.': './src/index.js',
      './inspect': './src/inspect/index.js',
      './node': './src/node/index.js',
      './package.json': './package.json',
    },
    peerDependencies: Object.fromEntries(peers.map((name) => [name, '*'])),
    peerDependenciesMeta: Object.fromEntries(optional.map((name) => [name, { optional: true }])),
  }),
  'src/index.js': face,
  'src/inspect/index.js': `export { watch } from './watch.js';`,
  'src/inspect/watch.js': `import { createBrowserInspector } from '@statelyai/inspect';
    export const watch = () => createBrowserInspector();`,
  'src/node/index.js': `import { readFileSync } from 'node:fs';\nexport const read = () => readFileSync('x');`,
};

/** What the check says of the sound package with these files changed. */
async function faults(files: Record<string, string> = {}, held = limits): Promise<string[]> {
  const base = plantPackage(files);
  return faultsOf(base, await measure(base, held));
}

describe('the size check', () => {
  test('passes what keeps the rules; what is imported and not used is not there', async () => {
    expect(await faults()).toEqual([]);
  });

  test('weighs every entry, and the main one with its peers as well', async () => {
    const rows = await measure(plantPackage());
    expect(rows.map(({ name }) => name)).toEqual([
      'holdfast',
      'holdfast, with peers',
      'createConnection, socketIo',
      'holdfast/inspect',
      'holdfast/node',
    ]);
    const [alone, withPeers] = rows.map(({ bundle }) => bundle);
    expect(alone?.code).toContain('a text that is there');
    expect(alone?.min).toBe(Buffer.from(alone?.code ?? '').length);
    expect(withPeers?.gzip).toBeGreaterThan((alone?.gzip ?? 0) + 1_000);
    expect(alone?.imports).toEqual(['rxjs']);
  });

  test('finds one byte too many, of either bundle', async () => {
    const rows = await measure(plantPackage());
    const [alone = 0, withPeers = 0] = rows.map(({ bundle }) => bundle.gzip);
    const held = (less: number) => [
      { bundle: 'alone', goal: 0, limit: alone - less } as const,
      { bundle: 'with peers', goal: 0, limit: withPeers - less } as const,
    ];
    expect(await faults({}, held(0))).toEqual([]);
    expect(await faults({}, held(1))).toEqual([
      expect.stringContaining(`holdfast: ${alone} bytes of gzip are more than ${alone - 1}`),
      expect.stringContaining(
        `holdfast, with peers: ${withPeers} bytes of gzip are more than ${withPeers - 1}`,
      ),
    ]);
  });

  test('finds an inspector in the main entry', async () => {
    const found = await faults({ 'src/index.js': `${face}\nexport { watch } from './inspect/watch.js';` });
    expect(found).toContainEqual(expect.stringContaining('it asks for @statelyai/inspect'));
    expect(found).toContainEqual(expect.stringContaining('holdfast: it has src/inspect/watch.js'));
    expect(found).toContainEqual(expect.stringMatching(/with peers: it has .*node_modules\/@statelyai\//));
  });

  test.each([
    ['src/testing/world.js', 'export const it = 1;'],
    ['src/node/store.js', 'export const it = 1;'],
    ['src/server/drain.js', 'export const it = 1;'],
    ['src/link/linger.js', 'export const it = 1;'],
    ['src/link/agent.js', 'export const it = 1;'],
  ])('finds %s in the main entry', async (path, code) => {
    const found = await faults({
      [path]: code,
      'src/index.js': `${face}\nexport { it } from './${path.slice(4)}';`,
    });
    expect(found).toContainEqual(expect.stringContaining(`holdfast: it has ${path}`));
  });

  test('finds the words of the chart in the main entry', async () => {
    const description = JSON.stringify(connectionMachine.root.states['auth-failed']?.description);
    const found = await faults({ 'src/index.js': `${face}\nexport const it = ${description};` });
    expect(found).toEqual([
      expect.stringContaining('holdfast: it has the description of auth-failed'),
      expect.stringContaining('holdfast, with peers: it has the description of auth-failed'),
    ]);
  });

  test('says of a goal whether it is reached', async () => {
    const rows = await measure(plantPackage(), [
      { bundle: 'alone', goal: 10, limit: 500 },
      { bundle: 'with peers', goal: 60_000, limit: 60_000 },
    ]);
    expect(tableOf(rows)).toMatch(/\| holdfast \|.*\| 500 \| 10: not reached \|/);
    expect(tableOf(rows)).toMatch(/\| holdfast, with peers \|.*\| 60,000 \| 60,000: reached \|/);
  });
});

function plantPackage(files: Record<string, string> = {}): string {
  const base = plantTree({ ...sound, ...files });
  symlinkSync(join(root, 'node_modules'), join(base, 'node_modules'));
  return base;
}
