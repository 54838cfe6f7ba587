import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Socket } from 'socket.io';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import type { socketIo } from '../../src/link/socket-io.ts';
import { says, speaksVersion2, upgradesThenCloses } from '../support/odd-peers.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, trial, use } from '../support/trial.ts';

/** The same promises over other builds of the client: private fields are called otherwise there (LK-4). */
const builds: Record<string, () => Promise<object>> = {
  'the client that is installed': () => vi.importActual('socket.io-client'),
  'the lowest that is promised': () => vi.importActual('socket.io-client-lowest'),
  'the minified one for browsers': minified,
};

async function minified(): Promise<object> {
  // It is an ES module by its text, not by its name.
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-'));
  const module = join(folder, 'socket.io.esm.min.mjs');
  const built = new URL('../../node_modules/socket.io-client/dist/socket.io.esm.min.js', import.meta.url);
  await writeFile(module, (await readFile(built, 'utf8')).replace(/^\/\/# sourceMappingURL=.*$/m, ''));
  vi.stubGlobal('WebSocket', WebSocket);
  const loaded = await import(/* @vite-ignore */ pathToFileURL(module).href);
  await rm(folder, { recursive: true });
  return loaded;
}

afterEach(() => vi.unstubAllGlobals());

describe.each(Object.entries(builds))('[LK-4] with %s', (name, load) => {
  let link: typeof socketIo;
  let usedBuild: object;

  beforeAll(async () => {
    usedBuild = await load();
    vi.resetModules();
    vi.doMock('socket.io-client', () => usedBuild);
    ({ socketIo: link } = await import('../../src/link/socket-io.ts'));
    vi.doUnmock('socket.io-client');
  });

  test('the build is the one that is meant', () => {
    const { Manager } = usedBuild as { Manager: { name: string } };
    const isMinified = Manager.name !== 'Manager';
    expect(isMinified).toBe(name.includes('minified'));
  });

  test('refused, opened, asked, lost, recovered, kicked: each as everywhere else', async () => {
    const { io, port } = use(await startServer({ connectionStateRecovery: {} }));
    io.use((socket, proceed) => {
      const bad = socket.handshake.auth['token'] === 'bad-token';
      proceed(bad ? Object.assign(new Error('unauthorized'), { data: { code: 'unauthorized' } }) : undefined);
    });
    io.on('connection', (socket) => socket.on('echo', (said, answer) => answer(said)));
    const proxy = use(await FaultProxy.to(port));
    const { session, sink, attempt } = trial(link(proxy.url));

    attempt(1, { token: 'bad-token' });
    expect(await sink.expect('refused')).toMatchObject({
      observed: { message: 'unauthorized', data: { code: 'unauthorized' } },
    });

    const connection = next(io, 'connection');
    attempt(2);
    expect(await sink.expect('opened')).toMatchObject({ epoch: 2, recovered: false });
    const [socket] = (await connection) as [Socket];
    expect(await session.call('echo', ['x'], 5000)).toBe('x');
    await expect(session.call('nobody answers', [], 10)).rejects.toMatchObject({ reason: 'timeout' });
    socket.emit('first');
    expect(await sink.expect('received')).toMatchObject({ event: 'first', args: [], replayed: false });

    const gone = next(socket, 'disconnect');
    const waiting = expect(session.call('nobody answers', [], 5000)).rejects.toMatchObject({
      reason: 'lost',
    });
    proxy.reset();
    expect((await sink.expect('lost')).observed).toMatchObject({
      reason: 'transport close',
      closeCode: 1006,
    });
    await waiting;
    await gone;
    io.emit('missed', { n: 1 });
    attempt(3);
    expect(await sink.next()).toMatchObject({
      kind: 'received',
      event: 'missed',
      args: [{ n: 1 }],
      replayed: true,
    });
    expect(await sink.next()).toMatchObject({ kind: 'opened', epoch: 3, recovered: true });

    io.disconnectSockets(true);
    expect((await sink.expect('lost')).observed.reason).toBe('io server disconnect');
    attempt(4);
    expect(await sink.expect('opened')).toMatchObject({ epoch: 4, recovered: false });
    session.hangUp(4, { keepSession: true });
    await session.close();
    await expect.poll(() => [io.sockets.sockets.size, io.engine.clientsCount]).toEqual([0, 0]);
    expect(sink.unread).toEqual([]);
  });

  test('[EN-2] gives a sign of life on the side, and the link ends with all that was asked for', async () => {
    const { io, url } = use(await startServer());
    const { session, sink, attempt } = trial(link(url));
    attempt(1);
    await sink.expect('opened');
    const sign = () => new Promise((resolve) => session.probe?.(() => resolve('alive')));
    expect([await sign(), await sign()]).toEqual(['alive', 'alive']);
    // From here on the server takes any namespace, and answers for none.
    const asked = new Promise<void>((resolve) => io.of(/^\/.+$/).use(() => resolve()));
    void sign();
    await asked;
    io.disconnectSockets();
    expect((await sink.expect('lost')).observed.reason).toBe('io server disconnect');
    await expect.poll(() => io.engine.clientsCount).toBe(0);
  });

  test('a credential that comes late is waited for, and one that comes too late is not used', async () => {
    const { io, url } = use(await startServer());
    const { session, sink, attempt } = trial(link(url));
    const dialled = next(io.engine as never, 'connection');
    session.dial(1);
    await dialled;
    session.hangUp(1, { keepSession: false });
    attempt(2, { token: 'second' });
    await sink.expect('opened');
    await quiet();
    expect([...io.sockets.sockets.values()].map((socket) => socket.handshake.auth['token'])).toEqual([
      'second',
    ]);
  });

  test('peers that Socket.IO would wait for in vain, or choke on, fail at once', async () => {
    const closer = use(await upgradesThenCloses(1013));
    const { sink, attempt } = trial(link(closer.url));
    attempt(1);
    expect((await sink.expect('failed')).observed).toMatchObject({
      reason: 'transport close',
      closeCode: 1013,
    });
    const babbler = use(await says('0null'));
    const third = trial(link(babbler.url));
    third.attempt(1);
    expect((await third.sink.expect('failed')).observed.reason).toBe('parse error');
    const old = use(await speaksVersion2());
    const other = trial(link(old.url));
    other.attempt(1);
    expect((await other.sink.expect('failed')).observed.message).toContain('v2.x');
  });

  test('an expired ping keeps nothing for later', async () => {
    const { url } = use(await startServer({ pingInterval: 60, pingTimeout: 40 }));
    const { session, sink, attempt } = trial(link(url));
    attempt(1);
    await sink.expect('opened');
    const until = Date.now() + 250;
    while (Date.now() < until);
    const sent = session.emit('into the void', []);
    await sink.expect('lost');
    expect(sent).toBe(false);
  });
});
