import { WebSocketServer } from 'ws';
import type { Serve } from './serve.ts';

interface Command {
  readonly id?: number;
  readonly connect?: unknown;
  readonly rpc?: unknown;
}

/**
 * The commands `connect` and `rpc` and the server's ping, of Centrifugo's client protocol in JSON: Centrifugo itself is no
 * npm package. It pings every 25 s, as Centrifugo does by default.
 */
export const serve: Serve = (http, heartbeat) => {
  const ping = heartbeat ?? 25_000;
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    const say = (reply: unknown) => socket.send(JSON.stringify(reply));
    const pings = setInterval(say, ping, {});
    socket.on('close', () => clearInterval(pings));
    socket.on('error', () => {});
    socket.on('message', (data) => {
      // A frame has a command a line; an empty one is the answer to a ping.
      for (const line of String(data).split('\n')) {
        const { id, connect, rpc } = JSON.parse(line) as Command;
        if (connect !== undefined) {
          say({ id, connect: { client: 'bench', version: '0', ping: ping / 1_000, pong: true } });
        }
        if (rpc !== undefined) say({ id, rpc: { data: {} } });
      }
    });
  });
};
