import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Bundle, bundle, readPackage } from '../tools/size/bundle.ts';
import { limits } from '../tools/size/limits.ts';
import { atMost, type Bench, type Row, row } from './harness.ts';
import { versionOf } from './versions.ts';

interface Peer {
  readonly package: string;
  /** Where it is imported from, where that is not its main entry. */
  readonly from?: string;
  /** The least that makes a client connect. */
  readonly names: string;
}

const peers: readonly Peer[] = [
  { package: 'ably', names: 'Realtime' },
  { package: 'ably', from: 'ably/modular', names: 'BaseRealtime, WebSocketTransport, FetchRequest' },
  { package: '@liveblocks/client', names: 'createClient' },
  { package: 'centrifuge', names: 'Centrifuge' },
  { package: 'pusher-js', names: 'default' },
  { package: 'convex', from: 'convex/browser', names: 'ConvexClient' },
  { package: '@supabase/realtime-js', names: 'RealtimeClient' },
  { package: '@microsoft/signalr', names: 'HubConnectionBuilder' },
  { package: 'socket.io-client', names: 'io' },
  { package: 'phoenix', names: 'Socket' },
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
    for (const peer of peers) others.push(await weighPeer(join(root, 'bench/peers'), peer));
    const rivals = others.filter(({ name }) => /^(ably|@liveblocks\/client) /.test(name));
    const lightest = Math.min(...rivals.map(({ median }) => median));
    const goal = limits.find(({ bundle }) => bundle === 'alone')?.goal;
    if (alone === undefined || together === undefined || goal === undefined)
      throw new Error('nothing was bundled');
    return {
      rows: [...rows, ...others],
      targets: [
        atMost(goal, alone, {
          what: 'a bundle of all that the main entry has, own code',
          by: 'bytes of gzip',
        }),
        atMost(lightest, together, {
          what: 'the same with xstate, rxjs and socket.io-client',
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

async function weighPeer(folder: string, { package: of, from = of, names }: Peer): Promise<Row> {
  const bundled = await bundle(folder, `export { ${names} } from '${from}';`);
  return weigh(`${from} ${versionOf(of, folder)}: ${names}`, bundled);
}
