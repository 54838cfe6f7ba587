import { WebSocketServer } from 'ws';
import type { Serve } from './serve.ts';

/** Says back what it hears. */
export const serve: Serve = (http) => {
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data) => socket.send(String(data)));
  });
};
