/** A server whose heap is measured: what a connection takes there, with one part of holdfast or another. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Server } from 'socket.io';
import {
  authenticate,
  exactlyOnce,
  memoryDedupe,
  memoryHistory,
  presence,
  rooms,
} from '../src/server/index.ts';

export type Kind = 'raw' | 'rooms' | 'all';

const kind = process.argv[2] as Kind;
const http = createServer();
const io = new Server(http, { serveClient: false });
if (kind === 'all')
  authenticate(io, {
    verify: async (token) => ({ user: token, claims: {}, expiresAt: Date.now() + 86_400_000 }),
  });
else
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
else rooms(io, { mayJoin: () => true, history: memoryHistory() });
if (kind === 'all') {
  const { onMessage } = exactlyOnce(io, { store: memoryDedupe() });
  onMessage('message:send', () => null);
  presence(io);
}

process.on('message', async () => {
  await pause(500);
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await pause(50);
  }
  const { heapUsed, external } = process.memoryUsage();
  process.send?.({ bytes: heapUsed + external, connections: io.sockets.sockets.size });
});
process.on('disconnect', () => process.exit());
http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));
