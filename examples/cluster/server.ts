import type { Server as HttpServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import {
  admission,
  authenticate,
  drainable,
  exactlyOnce,
  health,
  type Identity,
  jwt,
  type MayJoin,
  presence,
  type RedisSource,
  redisDedupe,
  redisHistory,
  redisPresence,
  rooms,
} from 'holdfast/server';
import { Server, type ServerOptions } from 'socket.io';
import type { ClientToServer, ServerToClient } from './events.ts';
import { type Handler, sendMessage } from './handler.ts';

export interface ChatOptions {
  readonly mayJoin: MayJoin;
  /** Handshakes a second that this node takes. */
  readonly rate: number;
  /** Of Socket.IO: its own recovery of sessions, for one. What was missed comes without it, too. */
  readonly socketIo?: Partial<ServerOptions>;
  readonly handle?: Handler;
}

/** The chat on one node of several: everything that must outlive it is in Redis. */
export function serveChat(
  http: HttpServer,
  client: RedisSource,
  { mayJoin, rate, socketIo = {}, handle = sendMessage }: ChatOptions,
) {
  const io = new Server<ClientToServer, ServerToClient, Record<string, never>, Identity>(http, {
    serveClient: false,
    adapter: createAdapter(client),
    ...socketIo,
  });

  drainable(io);
  // Whoever comes beyond that rate is given a slot: a herd comes back in order.
  admission(io, { rate });
  authenticate(io, { verify: jwt({ secret: () => process.env['JWT_SECRET'] }) });

  const { broadcast } = rooms(io, { mayJoin, history: redisHistory(client) });

  const { onMessage } = exactlyOnce(io, {
    store: redisDedupe(client),
    // What a dead node had begun waits for so long: handlers here take milliseconds.
    lease: 2_000,
    withoutId: 'refuse',
  });
  onMessage('message:send', handle({ broadcast, mayJoin }));

  const { online } = presence(io, { store: redisPresence(client) });

  return { io, online, ...health(io) };
}
