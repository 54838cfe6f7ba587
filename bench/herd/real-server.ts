/** The server of `herd-real.ts`, in a process that can be killed. It listens when it is told to, and says since when. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { admission } from '../../src/server/admission.ts';
import { limited } from './gates.ts';

export interface Listen {
  readonly port: number;
  /** Handshakes a second; `null` takes all. */
  readonly rate: number | null;
  /** Whether the surplus is told when to come, or only turned away. */
  readonly isAdmitting: boolean;
}

process.once('message', listen);
process.on('disconnect', () => process.exit());
process.send?.('up');

function listen({ port, rate, isAdmitting }: Listen): void {
  const http = createServer();
  const io = new Server(http, { serveClient: false, transports: ['websocket'] });
  if (rate !== null && isAdmitting) admission(io, { rate });
  if (rate !== null && !isAdmitting) {
    const gate = limited(rate);
    const since = performance.now();
    // At the door, before anything is read: as with a queue that is full.
    http.on('connection', (socket) => {
      if (gate(performance.now() - since) !== 'in') socket.destroy();
    });
  }
  http.listen({ port, host: '127.0.0.1', backlog: 4_096 }, () => {
    process.send?.({ at: Date.now(), port: (http.address() as AddressInfo).port });
  });
}
