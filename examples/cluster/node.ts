/**
 * The process of a node. In its environment: `REDIS_URL`, `JWT_SECRET`, `PORT` (0 for any), how many `ROOMS` there are,
 * how many handshakes a second it takes (`ADMISSION`), whether sessions are recovered (`RECOVERY`), and what is wrong with it (`PLANT`).
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { drain, onNotice } from 'holdfast/server';
import { createClient } from 'redis';
import { planted } from './plants/handlers.ts';
import type { Plant } from './plants/names.ts';
import type { NodeNews, NodeOrders } from './processes/node-words.ts';
import { obey } from './processes/orders.ts';
import { mayJoin } from './rooms.ts';
import { serveChat } from './server.ts';

const {
  REDIS_URL = '',
  PORT = '0',
  ROOMS = '0',
  ADMISSION = '300',
  RECOVERY = '',
  PLANT = 'none',
} = process.env;

const client = createClient({ url: REDIS_URL });
// It connects again by itself.
client.on('error', () => {});
await client.connect();

const http = createServer((request, response) => {
  if (request.url === '/live') return live(request, response);
  if (request.url === '/ready') return ready(request, response);
  response.writeHead(404).end();
});
const { io, online, live, ready } = serveChat(http, client, {
  mayJoin: ({ user, room }) => mayJoin(user, room, Number(ROOMS)),
  rate: Number(ADMISSION),
  recovers: RECOVERY !== '',
  handle: planted[PLANT as Plant],
});
process.once('SIGTERM', async () => {
  await drain(io, { over: 5_000 });
  await io.close();
  process.exit();
});

const tell = obey<NodeOrders, NodeNews>({ online });
onNotice(io, (notice) => {
  if (notice.kind === 'deduplicated') tell({ type: 'repeat' });
  if (notice.kind === 'failed') tell({ type: 'failed', what: `${notice.where}: ${notice.error}` });
});

// Thousands may knock within a moment: none is to be left out in the kernel's queue.
http.listen({ port: Number(PORT), host: '127.0.0.1', backlog: 4_096 }, () => {
  tell({ type: 'listening', port: (http.address() as AddressInfo).port });
});
