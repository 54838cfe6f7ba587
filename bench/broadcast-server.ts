/** Says things in a room as fast as it can, with and without a history. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { memoryHistory, rooms } from '../src/server/index.ts';

const http = createServer();
const io = new Server(http, { serveClient: false });
io.use((socket, next) => {
  socket.data.user = socket.handshake.auth['token'];
  next();
});
io.on('connection', (socket) => socket.join(socket.handshake.auth['rooms']));
const { broadcast } = rooms(io, { mayJoin: () => true, history: memoryHistory() });

const message = {
  id: '0192f0c1-7b1d-7c3e-9f00-5d1d5a6f3b21',
  conversation: '42',
  from: 'alice',
  text: 'The quick brown fox jumps over the lazy dog.',
};
const room = 'room 0';
const kinds = {
  raw: () => void io.to(room).emit('message:new', message),
  history: () => void broadcast(room, 'message:new', message),
};
export interface Order {
  readonly kind: keyof typeof kinds;
  readonly messages: number;
  /** How many are said in one turn of the loop. */
  readonly atATime: number;
}

process.on('message', ({ kind, messages, atATime }: Order) => {
  const say = kinds[kind];
  io.to(room).emit('begin');
  const cpuAtStart = process.cpuUsage();
  let left = messages;
  const some = () => {
    for (let n = 0; n < atATime && left > 0; n += 1, left -= 1) say();
    // Between turns the kernel may take them.
    if (left > 0) return void setImmediate(some);
    io.to(room).emit('done');
    setImmediate(() => {
      const { user, system } = process.cpuUsage(cpuAtStart);
      process.send?.({ cpu: (user + system) / messages });
    });
  };
  some();
});
process.on('disconnect', () => process.exit());
http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));
