import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'redis';
import { drainOnSigterm } from '../recipes/drain.ts';
import { mayJoin } from './rooms.ts';
import { type ChatOptions, serveChat } from './server.ts';

/**
 * The chat in this process, with what operates it. In the environment: `REDIS_URL`, `JWT_SECRET`, `PORT` (0 for any), how
 * many `ROOMS` there are, and how many handshakes a second it takes (`ADMISSION`).
 */
export async function openNode(options: Pick<ChatOptions, 'handle' | 'socketIo'>) {
  const { REDIS_URL = '', PORT = '0', ROOMS = '0', ADMISSION = '300' } = process.env;
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
    ...options,
  });
  drainOnSigterm(io, 10_000);
  return {
    io,
    online,
    /** Gives the port. */
    async listen() {
      // Thousands may knock within a moment: none is to be left out in the kernel's queue.
      http.listen({ port: Number(PORT), host: '127.0.0.1', backlog: 4_096 });
      await once(http, 'listening');
      return (http.address() as AddressInfo).port;
    },
  };
}
