import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Bundle, bundle, readPackage } from '../tools/size/bundle.ts';
import { atMost, type Bench, type Row, row } from './harness.ts';

/** Bytes of gzip -9. */
const goal = 10_000;

/** Of each, the least that makes a client connect. */
const peers: readonly (readonly [name: string, code: string])[] = [
  ['ably', "export { Realtime } from 'ably';"],
  ['ably', "export { BaseRealtime, WebSocketTransport, FetchRequest } from 'ably/modular';"],
  ['@liveblocks/client', "export { createClient } from '@liveblocks/client';"],
  ['centrifuge', "export { Centrifuge } from 'centrifuge';"],
  ['pusher-js', "export { default } from 'pusher-js';"],
  ['convex', "export { ConvexClient } from 'convex/browser';"],
  ['@supabase/realtime-js', "export { RealtimeClient } from '@supabase/realtime-js';"],
  ['@microsoft/signalr', "export { HubConnectionBuilder } from '@microsoft/signalr';"],
  ['socket.io-client', "export { io } from 'socket.io-client';"],
  ['phoenix', "export { Socket } from 'phoenix';"],
];

/** The rest is for Node, where nobody downloads it. */
const forBrowsers = ['.', './machine', './browser', './inspect', './testing'];

/** What an app ships: each entry without and with the packages it stands on, and other clients. */
export const size: Bench = {
  name: 'size',
  title:
    'bundles for browsers, minified by esbuild for ES2022, gzip -9, all with the same settings. They speak other protocols and promise other things: the number is what one ships, not what one gets',
  async measure() {
    // Compiled benches lie elsewhere; npm runs them from the root.
    const root = process.cwd();
    build(root);
    const { peers: outside } = readPackage(root);
    const rows: Row[] = [];
    for (const entry of forBrowsers) {
      const name = `holdfast${entry.slice(1)}`;
      const code = `export * from '${name}';`;
      rows.push(
        weigh(name, await bundle(root, code, { outside })),
        weigh(`${name}, all together`, await bundle(root, code)),
      );
    }
    const [alone, together] = rows;
    const others: Row[] = [];
    for (const [name, code] of peers) others.push(await weighPeer(join(root, 'bench/peers'), name, code));
    const rivals = others.filter(({ name }) => /^(ably .*Realtime |@liveblocks)/.test(name));
    const lightest = Math.min(...rivals.map(({ median }) => median));
    if (alone === undefined || together === undefined) throw new Error('nothing was bundled');
    return {
      rows: [...rows, ...others],
      targets: [
        atMost(goal, alone, { what: 'own code in a bundle', by: 'bytes of gzip' }),
        atMost(lightest, together, {
          what: 'with xstate, rxjs and socket.io-client',
          by: 'bytes of gzip, the lighter of Ably’s and Liveblocks’ client',
        }),
      ],
    };
  },
};

function build(root: string): void {
  const { status, stderr } = spawnSync('npm', ['run', '--silent', 'build'], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`the build failed: ${stderr}`);
}

function weigh(name: string, { gzip }: Bundle): Row {
  return row(name, 'bytes', [gzip]);
}

async function weighPeer(folder: string, name: string, code: string): Promise<Row> {
  const [, imported = ''] = /^export (.*);$/.exec(code) ?? [];
  return weigh(`${name} ${versionOf(folder, name)}: ${imported}`, await bundle(folder, code));
}

/** Not every package lets its package.json be asked for by name. */
function versionOf(folder: string, name: string): string {
  const { resolve } = createRequire(join(folder, 'package.json'));
  const paths = resolve.paths(name) ?? [];
  for (const path of paths) {
    const found = tryRead(join(path, name, 'package.json'));
    if (found !== null) return found.version;
  }
  throw new Error(`${name} is not installed`);
}

function tryRead(path: string): { version: string } | null {
  try {
    return createRequire(path)(path) as { version: string };
  } catch {
    return null;
  }
}
