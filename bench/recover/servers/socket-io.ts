import { Server } from 'socket.io';
import type { Serve } from './serve.ts';

/** For socket.io-client and for holdfast, which needs nothing of its server. */
export const serve: Serve = (http, heartbeat) => {
  const io = new Server(http, {
    serveClient: false,
    // Pages come from another port.
    cors: { origin: true },
    ...(heartbeat !== null && { pingInterval: heartbeat, pingTimeout: heartbeat }),
  });
  io.on('connection', (socket) => {
    socket.on('ask', (...args) => args.at(-1)(null));
  });
};
