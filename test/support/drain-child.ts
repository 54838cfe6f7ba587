/** A server that ends on SIGTERM as examples/recipes/drain.ts shows; its handler takes as long as it is told. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { drainOnSigterm } from '../../examples/recipes/drain.ts';
import { onNotice } from '../../src/server/index.ts';

const http = createServer();
const io = new Server(http, { serveClient: false });
drainOnSigterm(io, Number(process.argv[2]));
onNotice(io, ({ kind }) => kind === 'draining' && process.send?.({ draining: true }));
io.on('connection', (socket) => {
  socket.on('work', (ms: number, answer: (done: string) => void) => {
    process.send?.({ began: ms });
    setTimeout(() => answer(`worked ${ms}`), ms);
  });
});
http.listen(0, '127.0.0.1', () => process.send?.({ port: (http.address() as AddressInfo).port }));
// Nobody else would end it, should the test die first.
process.on('disconnect', () => process.exit(1));
