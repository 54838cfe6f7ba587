/** The server that `server-memory.ts` weighs: bare Socket.IO, or with all that a chat needs of holdfast/server. */
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
  presence,
  type RedisSource,
  redisDedupe,
  redisHistory,
  redisPresence,
  rooms,
} from '../src/server/index.ts';

export interface Weight {
  /** Bytes in use when nothing is left to collect. */
  readonly heap: number;
  /** Bytes that the system gave to the process. */
  readonly resident: number;
}

interface Order {
  readonly kind: 'raw' | 'holdfast';
  readonly redisUrl: string;
}

process.once('message', async ({ kind, redisUrl }: Order) => {
  const client = createClient({ url: redisUrl });
  client.on('error', () => {});
  await client.connect();
  const http = createServer();
  const io = new Server(http, { serveClient: false, adapter: createAdapter(client) });
  if (kind === 'raw') serveRaw(io);
  else serveHoldfast(io, client);
  process.on('message', async () => process.send?.(await weigh()));
  // Thousands knock at once: none is to wait for a SYN of its own to be sent again.
  http.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, () =>
    process.send?.({ port: (http.address() as AddressInfo).port }),
  );
});
process.on('disconnect', () => process.exit());
process.send?.('up');

/** What an app would write itself for the same clients, and nothing more: no check, no bound, no memory of anything. */
function serveRaw(io: Server): void {
  io.use((socket, next) => {
    socket.data.user = socket.handshake.auth['token'];
    next();
  });
  io.on('connection', (socket) => {
    socket.on('room:join', (room, answer) => {
      void socket.join(room);
      answer({ ok: true });
    });
    socket.on('message:send', (message, answer) => {
      io.to(message.room).emit('message:new', message);
      answer({ ok: true });
    });
  });
}

function serveHoldfast(io: Server, client: RedisSource): void {
  admission(io, { rate: 1_000 });
  authenticate(io, { verify: async (token) => ({ user: token, claims: {} }) });
  const { broadcast } = rooms(io, { mayJoin: () => true, history: redisHistory(client) });
  const { onMessage } = exactlyOnce(io, { store: redisDedupe(client) });
  onMessage('message:send', async ({ room, text }, { user, id }) => {
    await broadcast(room, 'message:new', { text }, { id: `${user} ${id}` });
    return { ok: true };
  });
  presence(io, { store: redisPresence(client) });
}

async function weigh(): Promise<Weight> {
  for (let round = 0; round < 10; round += 1) {
    globalThis.gc?.();
    await pause(100);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, resident: rss };
}
