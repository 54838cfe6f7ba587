/** Says things in a room whose log is in Redis. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from 'redis';
import { Server } from 'socket.io';
import { redisHistory, rooms } from '../src/server/index.ts';

const [url = ''] = process.argv.slice(2);
const client = createClient({ url });
await client.connect();
const http = createServer();
const io = new Server(http, { serveClient: false });
io.use((socket, next) => {
  socket.data.user = socket.handshake.auth['token'];
  next();
});
const { broadcast } = rooms(io, { mayJoin: () => true, history: redisHistory(client) });

const message = {
  id: '0192f0c1-7b1d-7c3e-9f00-5d1d5a6f3b21',
  conversation: '42',
  from: 'alice',
  text: 'The quick brown fox jumps over the lazy dog.',
};
const room = 'room 0';

export interface Order {
  readonly messages: number;
  readonly inFlight: number;
}

process.on('message', async ({ messages, inFlight }: Order) => {
  await broadcast(room, 'begin', null);
  let left = messages;
  const some = async () => {
    for (; left > 0; left -= 1) await broadcast(room, 'message:new', message);
  };
  await Promise.all(Array.from({ length: inFlight }, some));
  await broadcast(room, 'done', null);
});
process.on('disconnect', () => process.exit());
http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));
