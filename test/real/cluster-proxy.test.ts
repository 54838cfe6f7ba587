import { type Socket as Client, io as dial } from 'socket.io-client';
import { expect, test } from 'vitest';
import { startProxy } from '../../examples/cluster/proxy.ts';
import { next, type RealServer, startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

/** Three servers that say who they are, behind the proxy. */
async function open() {
  const servers: RealServer[] = [];
  for (const name of ['a', 'b', 'c']) {
    const server = await startServer();
    server.io.on('connection', (socket) => socket.on('who', (answer) => answer(name)));
    servers.push(server);
  }
  let gone = false;
  const close = async () => {
    if (!gone) await Promise.all(servers.map((server) => server.close().catch(() => {})));
    gone = true;
  };
  use({ close });
  return { servers, proxy: use(await startProxy(servers.map(({ port }) => port))), closeAll: close };
}

function connect(url: string, client: string, transports = ['websocket']): Client {
  const socket = dial(url, { query: { client }, transports, forceNew: true, reconnection: false });
  use({ close: async () => void socket.disconnect() });
  return socket;
}

async function nodeOf(url: string, client: string): Promise<string> {
  const socket = connect(url, client);
  await next(socket, 'connect');
  return socket.timeout(5_000).emitWithAck('who');
}

test('[SV-7] a client comes back to the same node, and all nodes have clients', async () => {
  const { proxy } = await open();
  const names = Array.from({ length: 30 }, (_, index) => `client-${index}`);
  const first = await Promise.all(names.map((name) => nodeOf(proxy.url, name)));
  const second = await Promise.all(names.map((name) => nodeOf(proxy.url, name)));
  expect(second).toEqual(first);
  expect(new Set(first).size).toBe(3);
  expect(proxy.skipped).toBe(0);
});

test('[SV-7] the clients of a dead node spread over the others, and nobody else moves', async () => {
  const { proxy, servers } = await open();
  const names = Array.from({ length: 30 }, (_, index) => `client-${index}`);
  const before = await Promise.all(names.map((name) => nodeOf(proxy.url, name)));
  await servers[0]?.close();
  const after = await Promise.all(names.map((name) => nodeOf(proxy.url, name)));
  const moved = names.filter((_, index) => before[index] === 'a');
  expect(names.filter((_, index) => before[index] !== after[index])).toEqual(moved);
  expect(new Set(after.filter((_, index) => before[index] === 'a'))).toEqual(new Set(['b', 'c']));
  expect(proxy.skipped).toBe(moved.length);
});

test('[SV-7] whoever polls stays with one node, and may leave for a WebSocket there', async () => {
  const { proxy } = await open();
  const names = Array.from({ length: 10 }, (_, index) => `client-${index}`);
  const sockets = names.map((name) => connect(proxy.url, name, ['polling', 'websocket']));
  await Promise.all(sockets.map((socket) => next(socket, 'connect')));
  await Promise.all(
    sockets.map(({ io: { engine } }) => engine.transport.name === 'websocket' || next(engine, 'upgrade')),
  );
  const answers = await Promise.all(sockets.map((socket) => socket.timeout(5_000).emitWithAck('who')));
  expect(answers).toEqual(await Promise.all(names.map((name) => nodeOf(proxy.url, name))));
});

test('[SV-7] a node that dies takes its links along at once', async () => {
  const { proxy, servers } = await open();
  const socket = connect(proxy.url, 'client-1');
  await next(socket, 'connect');
  const lost = next(socket, 'disconnect');
  for (const { http } of servers) http.closeAllConnections();
  for (const { io } of servers) io.engine.close();
  expect((await lost)[0]).toBe('transport close');
});

test('[SV-7] while every node is dead, a client is told so by the status', async () => {
  const { proxy, closeAll } = await open();
  await closeAll();
  expect((await fetch(`${proxy.url}/socket.io/?EIO=4&transport=polling&client=x`)).status).toBe(503);
  const [error] = await next(connect(proxy.url, 'client-1'), 'connect_error');
  expect(error.description.message).toBe('Unexpected server response: 503');
});
