/** Runs the blocks of the docs that are no excerpt of a file which runs elsewhere. */
import 'fake-indexeddb/auto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { register } from 'prom-client';
import { filter, firstValueFrom } from 'rxjs';
import type { Server } from 'socket.io';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../examples/shared/processes/free-port.ts';
import { type Connection, createConnection, socketIo } from '../../src/index.ts';
import { buildInspectorPage } from '../../tools/inspector-page.ts';
import { root } from '../../tools/paths.ts';
import { openToConformance } from '../support/conformance-server.ts';
import { type Block, blocks, isRunAsItIs } from '../support/docs/blocks.ts';
import { addressOf, openWorld, type World } from '../support/docs/world.ts';
import { startNginx } from '../support/doctor/nginx.ts';
import { useRedis } from '../support/redis.ts';
import { startServer } from '../support/servers.ts';
import { tokenOf } from '../support/tokens.ts';

const redis = await useRedis();
// Inside the repository, so that packages are found.
mkdirSync(join(root, 'reports'), { recursive: true });
const folder = mkdtempSync(join(root, 'reports/docs-blocks-'));
afterAll(() => rmSync(folder, { recursive: true }));

// For the block that registers tests of its own, before any of them runs.
Object.assign(globalThis, { makeMyLink: () => openToConformance((url) => socketIo(url)) });

const inspectorPage = join(folder, 'inspector');
await buildInspectorPage(inspectorPage);
process.env['INSPECTOR_PAGE'] = inspectorPage;

const own = blocks.filter(isRunAsItIs);
const isTest = ({ code }: Block) => code.includes("from 'vitest'");
const isOfServer = ({ code }: Block) => /\bio\b/.test(code);

/** What stands for packages that only a device has, and for this repository's own. */
const doubles: readonly [specifier: string, file: string][] = [
  ["'react-native'", 'test/support/docs/doubles/react-native.ts'],
  ["'@react-native-community/netinfo'", 'test/support/docs/doubles/netinfo.ts'],
  ["'./react-native-signals.ts'", 'examples/recipes/react-native-signals.ts'],
  ["'./conversation.ts'", 'examples/recipes/conversation.ts'],
  ["'holdfast/testing'", 'test/support/docs/doubles/testing.ts'],
  ["'holdfast/inspect'", 'test/support/docs/doubles/inspect.ts'],
  ["'holdfast-inspect-classic'", 'packages/inspect-classic/src/index.ts'],
  ["'holdfast-inspect-classic/node'", 'packages/inspect-classic/src/node.ts'],
];

/** The block as a module of its own, with addresses of this machine; what it makes is exported, to be looked at. */
function write({ at, code }: Block, url: string): string {
  const made = ['connection', 'io', 'client', 'history', 'devTools'].filter((name) =>
    new RegExp(`^const ${name}\\b`, 'm').test(code),
  );
  const located = doubles
    .reduce((text, [name, file]) => text.replaceAll(name, `'${join(root, file)}'`), code)
    .replace(/https:\/\/(api|chat)\.example\.com/g, url)
    .replaceAll('redis://redis:6379', redis.url)
    .replace(/\b(3000|4480|8888)\b/g, '0');
  const path = join(folder, `${at.replace(/\W/g, '-')}.ts`);
  writeFileSync(path, `${located}\nexport { ${made.join(', ')} };\n`);
  return path;
}

interface Made {
  readonly connection?: Connection;
  readonly io?: Server;
  readonly client?: { close(): unknown };
  readonly history?: { close(): unknown };
  readonly devTools?: { close(): unknown };
}

/** It does what it is for: a client comes live, and comes live again after its link was cut. */
async function holds(connection: Connection, world: World): Promise<void> {
  const problems: unknown[] = [];
  connection.problems$.subscribe((problem) => problems.push(problem));
  connection.connect('alice');
  await connection.ready();
  const before = connection.stats().connections;
  const lost = firstValueFrom(connection.status$.pipe(filter(({ state }) => state === 'reconnecting')));
  world.cut();
  await lost;
  connection.retry();
  await connection.ready();
  expect(connection.stats().connections).toBe(before + 1);
  expect(problems).toEqual([]);
}

async function runs(block: Block): Promise<void> {
  const world = await openWorld({ isBare: isOfServer(block) });
  onTestFinished(() => world.close());
  // Metrics go into the registry of the process.
  onTestFinished(() => register.clear());
  const before = process.listeners('SIGTERM');
  onTestFinished(() => {
    for (const added of process.listeners('SIGTERM'))
      if (!before.includes(added)) process.off('SIGTERM', added);
  });
  const made: Made = await import(write(block, world.url));
  onTestFinished(async () => {
    await made.connection?.dispose();
    await made.history?.close();
    await made.client?.close();
    await made.devTools?.close();
    if (made.io !== undefined) await made.io.close();
  });
  if (isOfServer(block)) {
    const token = await tokenOf({ aud: 'chat' });
    const url = await addressOf(made.io ?? world.io);
    // One block looks for it in a cookie.
    const link = socketIo(url, { extraHeaders: { cookie: `session=${token}` } });
    const visitor = createConnection({ link, credential: () => token });
    onTestFinished(() => visitor.dispose());
    visitor.connect('alice');
    await visitor.ready();
    return;
  }
  const { connection = world.connection } = made;
  const status = connection.getStatus();
  if (status.state !== 'idle' || status.reason !== 'disposed') await holds(connection, world);
}

describe('a block of the docs runs:', () => {
  test.each(own.filter((block) => !isTest(block)).map((block) => [block.at, block] as const))(
    '%s',
    (_, block) => runs(block),
  );

  for (const block of own.filter(isTest)) {
    describe(block.at, async () => {
      await import(write(block, ''));
    });
  }
});

test('the nginx of the docs brings a client to its node, and to another one when that dies', async () => {
  const [{ code = '' } = {}] = blocks.filter(({ language }) => language === 'nginx');
  const nodes = [await startServer(), await startServer()];
  onTestFinished(async () => void (await Promise.all(nodes.map((node) => node.close()))));
  // The third is a port at which nobody listens.
  const ports = [...nodes.map(({ port }) => port), await freePort()];
  const located = code.replace(/10\.0\.0\.(\d):3000/g, (_, n) => `127.0.0.1:${ports[n - 1]}`);
  const [, beside = '', inside = ''] =
    /^(upstream [\s\S]*?^}\n)server {\n {2}listen 80;\n([\s\S]*)^}\n/m.exec(located) ?? [];
  const nginx = await startNginx(inside, { beside });
  onTestFinished(() => nginx.close());

  const clients = ['websocket', 'polling'].map((transport) => {
    const link = socketIo(nginx.url, { transports: [transport as 'polling'], query: { client: 'seven' } });
    const connection = createConnection({ link, credential: false });
    onTestFinished(() => connection.dispose());
    connection.connect();
    return connection;
  });
  await Promise.all(clients.map((client) => client.ready()));
  const [home, ...others] = nodes.filter(({ io }) => io.sockets.sockets.size > 0);
  expect([home?.io.sockets.sockets.size, others]).toEqual([2, []]);

  await home?.close();
  const refuge = nodes.find((node) => node !== home);
  await expect.poll(() => refuge?.io.sockets.sockets.size, { timeout: 20_000 }).toBe(2);
  await Promise.all(clients.map((client) => client.ready()));
});
