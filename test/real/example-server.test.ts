import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { preview } from 'vite';
import { expect, onTestFinished, test } from 'vitest';
import type { Post } from '../../examples/shared/events.ts';
import { root } from '../../tools/paths.ts';
import { buildExample, startExample } from '../support/browser/example.ts';
import { next } from '../support/servers.ts';

test('the server of the examples refuses a token that it did not issue, and says why', async () => {
  const { site } = await startExample();
  const [error] = await next(connect(site.url, 'made up'), 'connect_error');
  expect(error.data).toEqual({ code: 'unauthorized' });
});

test('the server of the examples issues tokens on POST, for names that somebody may have', async () => {
  const { site } = await startExample();
  const ask = async (user: string, method: string) =>
    (await fetch(new URL(`/token?user=${encodeURIComponent(user)}`, site.url), { method })).status;
  expect(
    await Promise.all([ask('alice', 'POST'), ask('alice', 'GET'), ask('', 'POST'), ask('a b', 'POST')]),
  ).toEqual([200, 405, 403, 403]);
});

test('the server of the examples lets people into its one room, posts a repeated message once, and answers it each time', async () => {
  const { site } = await startExample();
  const socket = connect(site.url, await tokenFrom(site.url));
  const posts: Post[] = [];
  socket.on('message:new', (post) => posts.push(post));
  expect(await socket.emitWithAck('room:join', socket.id)).toEqual({ error: 'there is no such room' });
  expect(await socket.emitWithAck('room:join', 'lobby')).toEqual({ ok: true });
  const answers = [];
  for (const id of ['a', 'a', 'b', undefined, undefined]) {
    answers.push(await socket.emitWithAck('message:send', { text: `${id}`, id }));
  }
  expect(answers.map(({ id }) => id)).toEqual([1, 1, 2, 3, 4]);
  expect(posts.map(({ text }) => text)).toEqual(['a', 'b', 'undefined', 'undefined']);
});

test('`vite preview` of an example has the page and its server on one port', async () => {
  const outDir = await buildExample('vanilla');
  const folder = join(root, 'examples/vanilla');
  const server = await preview({
    root: folder,
    configFile: join(folder, 'vite.config.ts'),
    logLevel: 'warn',
    build: { outDir },
    preview: { host: '127.0.0.1', port: 0 },
  });
  onTestFinished(() => server.close());
  const url = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}`;
  expect(await (await fetch(url)).text()).toContain('<title>holdfast without a library</title>');
  const socket = connect(url, await tokenFrom(url));
  await next(socket, 'connect');
  expect(socket.connected).toBe(true);
});

function connect(url: string, token: string): Socket {
  const socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, reconnection: false });
  onTestFinished(() => void socket.close());
  return socket;
}

async function tokenFrom(url: string): Promise<string> {
  return (await fetch(new URL('/token?user=alice', url), { method: 'POST' })).text();
}
