/** A Socket.IO server that another process starts and kills: recovery on, an echo, and what it takes and never answers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { serveClient: false, connectionStateRecovery: {} });
io.on('connection', (socket) => {
  socket.on('echo', (said, answer) => answer(said));
  socket.on('swallow', () => process.send?.('swallowed'));
});
http.listen(Number(process.argv[2]), '127.0.0.1', () => {
  process.send?.({ port: (http.address() as AddressInfo).port });
});
// Nobody else would end it, should the test die first.
process.on('disconnect', () => process.exit());
