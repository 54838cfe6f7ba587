/** The server that `server-memory.ts` weighs: bare Socket.IO, or with more or less of holdfast/server. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import {
  admission,
  authenticate,
  exactlyOnce,
  memoryDedupe,
  memoryHistory,
  presence,
  redisDedupe,
  redisHistory,
  redisPresence,
  rooms,
} from '../src/server/index.ts';

export type Kind = 'raw' | 'rooms' | 'all';

export interface Weight {
  /** Bytes in use when nothing is left to collect. */
  readonly heap: number;
  /** Bytes that the system gave to the process. */
  readonly resident: number;
  readonly connections: number;
}

const [kind, redisUrl] = process.argv.slice(2) as [Kind, string | undefined];
const redis = redisUrl === undefined ? null : await connectTo(redisUrl);
const http = createServer();
const io = new Server(http, { serveClient: false, ...(redis && { adapter: createAdapter(redis) }) });

if (kind === 'all') {
  admission(io, { rate: 10_000 });
  authenticate(io, {
    verify: async (token) => ({ user: token, claims: {}, expiresAt: Date.now() + 86_400_000 }),
  });
} else
  io.use((socket, next) => {
    socket.data.user = socket.handshake.auth['token'];
    next();
  });

if (kind === 'raw')
  io.on('connection', (socket) => {
    const { auth } = socket.handshake;
    socket.join(auth['rooms']);
    // Nor does holdfast keep them twice.
    delete auth['rooms'];
  });
else rooms(io, { mayJoin: () => true, history: redis ? redisHistory(redis) : memoryHistory() });

if (kind === 'all') {
  const { onMessage } = exactlyOnce(io, { store: redis ? redisDedupe(redis) : memoryDedupe() });
  onMessage('message:send', () => null);
  presence(io, redis ? { store: redisPresence(redis) } : {});
} else
  io.on('connection', (socket) => {
    socket.on('message:send', (_message, answer) => answer(null));
  });

async function connectTo(url: string) {
  const client = createClient({ url });
  client.on('error', () => {});
  await client.connect();
  return client;
}

process.on('message', async () => {
  await pause(500);
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await pause(100);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({
    heap: heapUsed + external,
    resident: rss,
    connections: io.sockets.sockets.size,
  } satisfies Weight);
});
process.on('disconnect', () => process.exit());
// Thousands may knock at once: none is to wait for a SYN of its own to be sent again.
http.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
  process.send?.({ port: (http.address() as AddressInfo).port }),
);
