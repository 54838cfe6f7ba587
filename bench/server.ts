/** The other side of every measurement, in a process of its own: takes everybody, and floods whoever asks for it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';

const http = createServer();
const io = new Server(http, { serveClient: false });

io.on('connection', (socket) => {
  socket.on('flood', (count: number, begun: (count: number) => void) => {
    begun(count);
    flood(socket, count);
  });
  socket.on('message:send', (_message: unknown, acknowledge: (answer: unknown) => void) => {
    acknowledge({ ok: true });
  });
});

http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());

/** Packets are encoded ahead, so that the client is what is measured. Between batches, the kernel may take them. */
function flood(socket: Socket, count: number): void {
  const batch = Math.min(count, 500);
  for (let sent = 0; sent < batch; sent += 1) socket.conn.send(packet);
  if (count > batch) setImmediate(() => flood(socket, count - batch));
}

const message = {
  id: '0192f0c1-7b1d-7c3e-9f00-5d1d5a6f3b21',
  conversation: '42',
  from: 'alice',
  text: 'The quick brown fox jumps over the lazy dog.',
};
const packet = `2${JSON.stringify(['message:new', message])}`;
