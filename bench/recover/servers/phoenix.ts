import { WebSocketServer } from 'ws';
import type { Serve } from './serve.ts';

type Message = readonly [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: unknown,
];

/**
 * Version 2 of the channel protocol, as far as a client needs it: whatever is asked, a join and a heartbeat included, is
 * replied to with `ok`. Phoenix itself is no npm package.
 */
export const serve: Serve = (http) => {
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data) => {
      const [joinRef, ref, topic] = JSON.parse(String(data)) as Message;
      const reply: Message = [joinRef, ref, topic, 'phx_reply', { status: 'ok', response: {} }];
      socket.send(JSON.stringify(reply));
    });
  });
};
