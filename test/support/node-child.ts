/**
 * One node of several, to be killed: messages once, rooms with a check, presence, over Redis. To be run as
 * `node-child.ts REDIS_URL`, or `node-child.ts REDIS_URL history` for one whose rooms keep what is said. Whoever connects is who their token says.
 *
 * Every run of `message` is noted in the list `runs`. Its effect is the list `effects`, together with the id, in one
 * step: what a handler does that must not act twice, not even when a node dies in the middle.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import {
  exactlyOnce,
  presence,
  redisDedupe,
  redisHistory,
  redisPresence,
  rooms,
} from '../../src/server/index.ts';

const [url = '', kind = ''] = process.argv.slice(2);
const client = createClient({ url });
// It connects again by itself.
client.on('error', () => {});
await client.connect();
const http = createServer();
const io = new Server(http, { serveClient: false, adapter: createAdapter(client, { blockTimeInMs: 500 }) });

io.use((socket, proceed) => {
  socket.data.user = socket.handshake.auth['token'];
  proceed();
});

const { onMessage } = exactlyOnce(io, { store: redisDedupe(client), lease: 1_000, withoutId: 'refuse' });
onMessage('message', async ({ n }, { id = '' }) => {
  await client.rPush('runs', `${n}`);
  const effect = { keys: ['effects', `effect:${id}`], arguments: [`${n}`] };
  await client.eval(once, effect);
  return { n, node: process.pid };
});

const once = `
if redis.call('SET', KEYS[2], '1', 'NX') then redis.call('RPUSH', KEYS[1], ARGV[1]) end
return 1`;

const desk = rooms(io, {
  ...(kind === 'history' && { history: redisHistory(client) }),
  mayJoin: async ({ user, room }) => {
    // As slow as the test wants the check to be.
    while (room.startsWith('slow:') && !(await client.exists(`decided:${room}`))) await delay(5);
    return (await client.sIsMember(`banned:${room}`, user)) === 0;
  },
});

// What is said is said by the same id, however often it runs; it is noted before it goes on, and may wait there.
onMessage('post', async ({ room, n }, { id = '' }) => {
  const cursor = await desk.broadcast(room, 'said', { n }, { id });
  await client.rPush('posted', `${n}`);
  while (await client.exists('post:waits')) await delay(5);
  return { cursor };
});

const { watch, online } = presence(io, { store: redisPresence(client), grace: 200 });
io.on('connection', (socket) => {
  socket.on('watch', async (users, answer) => answer(await watch(socket, users)));
});

/** What the test asks of this node. */
const orders: Record<string, (...args: never[]) => unknown> = {
  remove: (user: string, room: string, reason: string) => desk.remove(user, room, reason),
  broadcast: (room: string, n: number, exceptUsers: string[] = []) =>
    desk.broadcast(room, 'said', { n }, { exceptUsers }),
  /** So many, one after the other. */
  async broadcasts(room: string, from: number, to: number) {
    for (let n = from; n <= to; n += 1) await desk.broadcast(room, 'said', { n });
  },
  online: (users: string[]) => online(users),
};
process.on('message', async ({ order, args, ticket }: { order: string; args: never[]; ticket: number }) => {
  process.send?.({ ticket, result: await orders[order]?.(...args) });
});
process.on('disconnect', () => process.exit());

http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));
