/**
 * One server of several. In its environment: `REDIS_URL`, `JWT_SECRET`, `PORT` (0 for any), and how many `ROOMS` there
 * are. Everything that must outlive it is in Redis.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import {
  admission,
  authenticate,
  drain,
  drainable,
  exactlyOnce,
  health,
  type Identity,
  jwt,
  onNotice,
  presence,
  redisDedupe,
  redisPresence,
  rooms,
} from 'holdfast/server';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import type { ClientToServer, ServerToClient } from './events.ts';
import { handlers } from './handlers.ts';
import { hearing } from './hearing.ts';
import { obey } from './orders.ts';
import { mayJoin } from './rooms.ts';
import { keeping } from './stand-in.ts';

const { REDIS_URL = '', PORT = '0', ROOMS = '0', PLANT = 'none' } = process.env;

const client = createClient({ url: REDIS_URL });
// It connects again by itself.
client.on('error', () => {});
await client.connect();

const http = createServer((request, response) => {
  if (request.url === '/live') return live(request, response);
  if (request.url === '/ready') return ready(request, response);
  response.writeHead(404).end();
});
const io = new Server<ClientToServer, ServerToClient, Record<string, never>, Identity>(http, {
  serveClient: false,
  adapter: createAdapter(client),
});

drainable(io);
// More than this at a time are given a slot each: a herd comes back in order.
admission(io, { rate: 500 });
authenticate(io, { verify: jwt({ secret: () => process.env['JWT_SECRET'] }) });

const desk = rooms(io, { mayJoin: ({ user, room }) => mayJoin(user, room, Number(ROOMS)) });
const broadcast = keeping(client, desk.broadcast);

// Handlers here take milliseconds: what a dead node had begun need not wait ten seconds for another.
const { onMessage } = exactlyOnce(io, {
  store: redisDedupe(client),
  lease: 2_000,
  withoutId: 'refuse',
});
onMessage('message:send', handlers(broadcast, Number(ROOMS))[PLANT as 'none']);

const { online } = presence(io, { store: redisPresence(client) });
const { live, ready } = health(io);

process.once('SIGTERM', async () => {
  await drain(io, { over: 5_000 });
  await io.close();
  process.exit();
});

export interface NodeOrders {
  [name: string]: (...args: never[]) => unknown;
  online(users: readonly string[]): Promise<Readonly<Record<string, boolean>>>;
}

export type NodeNews =
  | { type: 'listening'; port: number }
  | { type: 'repeat' }
  | { type: 'failed'; what: string };

const tell = obey<NodeNews>({ online });
onNotice(io, (notice) => {
  if (notice.kind === 'deduplicated') tell({ type: 'repeat' });
  if (notice.kind === 'failed') tell({ type: 'failed', what: `${notice.where}: ${notice.error}` });
});

await hearing(io as unknown as Server);
// Thousands may knock within a moment: none is to be left out in the kernel's queue.
http.listen({ port: Number(PORT), host: '127.0.0.1', backlog: 4_096 }, () => {
  tell({ type: 'listening', port: (http.address() as AddressInfo).port });
});
