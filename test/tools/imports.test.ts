import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import rules from '../../.dependency-cruiser.cjs';
import { checkImports } from '../../tools/imports.ts';
import { root } from '../../tools/paths.ts';
import { plantTree } from './tree.ts';

const declared = [
  'xstate',
  'socket.io-client',
  'fast-check',
  'socket.io',
  'jose',
  'prom-client',
  '@statelyai/inspect',
];

/** Code that keeps every rule. */
const sound = {
  'package.json': JSON.stringify({
    name: 'holdfast',
    type: 'module',
    devDependencies: { rxjs: '*', ws: '*' },
    peerDependencies: Object.fromEntries(declared.map((name) => [name, '*'])),
  }),
  'machines/policy.ts': 'export const first = 1;',
  'machines/connection.ts': `import { setup } from 'xstate';\nexport { first } from './policy.ts';\nsetup({});`,
  'src/index.ts': `export type { Status } from './status.ts';\nexport { dial } from './link/socket-io.ts';`,
  'src/status.ts': `import { first } from '../machines/connection.ts';\nexport type Status = typeof first;`,
  'src/wire.ts': 'export type Bye = string;',
  'src/link/socket-io.ts': `import { io } from 'socket.io-client';\nexport const dial = io;`,
  'src/node/file.ts': `import 'node:fs';`,
  'src/cli/main.ts': `import 'node:tls';\nimport '../status.ts';`,
  'src/inspect/stately.ts': `import '@statelyai/inspect';`,
  'src/testing/world.ts': `import 'fast-check';`,
  'src/server/drain.ts': `import 'socket.io';\nimport 'jose';\nimport 'prom-client';\nimport '../wire.ts';`,
  'packages/inspect-classic/src/bridge.ts': `import '@xstate/inspect';\nimport 'holdfast';`,
  'packages/inspect-classic/test/bridge.test.ts': `import '../../../src/index.ts';\nimport '../src/bridge.ts';`,
  'test/real.test.ts': `import 'socket.io';\nimport 'socket.io-client';\nimport '../src/index.ts';`,
};

/** rule → files that break it (and those that help them to). */
const broken: Record<string, Record<string, string>> = {
  'machines-are-pure': {
    'machines/bad-value.ts': `import { of } from 'rxjs';\nof();`,
    'machines/bad-node.ts': `import 'node:timers';`,
    'machines/bad-effect.ts': `import '../src/status.ts';`,
    'machines/bad-type.ts': `import type { Observable } from 'rxjs';\nexport type A = Observable<1>;`,
    'machines/bad-inline-type.ts': `export type A = import('rxjs').Observable<1>;`,
  },
  'one-file-knows-socket.io-client': {
    'src/bad-client.ts': `import type { Socket } from 'socket.io-client';\nexport type A = Socket;`,
    'src/bad-dynamic.ts': `export const later = () => import('socket.io-client');`,
    'src/link/bad-subpath.ts': `import 'socket.io-client/debug';`,
  },
  'inspectors-in-src-inspect': {
    'src/bad-stately.ts': `import '@statelyai/inspect';`,
    'src/inspect-bad.ts': `import '@xstate/inspect';`,
  },
  'fast-check-in-src-testing': {
    'src/bad-check.ts': `import fc from 'fast-check';\nfc.sample;`,
    'src/bad-check-vitest.ts': `import '@fast-check/vitest';`,
  },
  'telemetry-in-src-opentelemetry': {
    'src/bad-telemetry.ts': `import { trace } from '@opentelemetry/api';\ntrace.getTracer;`,
  },
  'server-packages-in-src-server': {
    'src/bad-server.ts': `import 'socket.io';`,
    'src/bad-jose.ts': `import type { JWK } from 'jose';\nexport type A = JWK;`,
    'src/bad-metrics.ts': `import 'prom-client';`,
  },
  'server-knows-no-client': {
    'src/server/bad-src.ts': `import type { Status } from '../status.ts';\nexport type A = Status;`,
    'src/server/bad-machine.ts': `import '../../machines/policy.ts';`,
  },
  'client-knows-no-server': { 'src/bad-drain.ts': `import './server/drain.ts';` },
  'wire-stands-alone': {
    'src/wire.ts': `import type { Status } from './status.ts';\nexport type Bye = Status;`,
  },
  'public-face-is-for-users': {
    'src/bad-face.ts': `import type { Status } from './index.ts';\nexport type A = Status;`,
  },
  'command-line-is-an-end': { 'src/bad-command.ts': `import './cli/main.ts';` },
  'packages-are-users': { 'packages/inspect-classic/src/bad.ts': `import '../../../src/status.ts';` },
  'product-needs-no-workshop': {
    'src/bad-tool.ts': `import '../tools/paths.ts';`,
    'tools/paths.ts': 'export const root = 1;',
  },
  'node-api-at-home': { 'src/bad-fs.ts': `import { readFileSync } from 'node:fs';\nreadFileSync;` },
  'published-code-declares': {
    'src/bad-dev.ts': `import type { Observable } from 'rxjs';\nexport type A = Observable<1>;`,
    'src/node/bad-dev.ts': `import 'ws';`,
    'src/node/bad-undeclared.ts': `import 'tsx';`,
  },
  'no-circle': {
    'src/bad-ring-a.ts': `import type { B } from './ring-b.ts';\nexport type A = B;`,
    // A circle is told once, at the file where it was entered.
    'src/ring-b.ts': `import type { A } from './bad-ring-a.ts';\nexport type B = A | 1;`,
  },
  'imports-resolve': { 'src/bad-path.ts': `import './nowhere.ts';` },
};

const names = (rules.forbidden ?? []).map((rule) => rule.name);

test('every import rule has code here that breaks it', () => {
  expect(Object.keys(broken).sort()).toEqual([...names].sort());
});

test('code that keeps the rules passes', async () => {
  expect(await checkImports(withPackages(sound))).toEqual([]);
});

test('a forbidden import is found in every file that has one, type-only ones too', async () => {
  const tree = withPackages(Object.assign({}, sound, ...Object.values(broken)));
  const findings = await checkImports(tree);
  const planted = Object.entries(broken).flatMap(([rule, files]) =>
    Object.keys(files)
      .filter((path) => path.includes('bad') || path === 'src/wire.ts')
      .map((path) => ({ rule, path })),
  );
  const missed = planted.filter(
    ({ rule, path }) => !findings.some((found) => found.rule === rule && found.text.startsWith(`${path} → `)),
  );
  expect(missed).toEqual([]);
});

test('a public face that does more than re-export is found', async () => {
  const face = `import { first } from '../machines/policy.ts';\nexport const mine = first;`;
  const findings = await checkImports(withPackages({ ...sound, 'src/index.ts': face }));
  expect(findings.map(({ rule }) => rule)).toEqual(['public-face-re-exports', 'public-face-re-exports']);
});

test('a check that sees next to no code fails', async () => {
  const findings = await checkImports(plantTree({ 'src/only.ts': 'export const only = 1;' }));
  expect(findings.map(({ rule }) => rule)).toEqual(['something-to-check']);
});

/** Some packages are installed, some are not (prom-client): the rules must hold for both. */
function withPackages(files: Record<string, string>): string {
  const tree = plantTree(files);
  symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  return tree;
}
