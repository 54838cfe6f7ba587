import { io } from 'socket.io-client';
import { createConnection, socketIo } from '../src/index.ts';
import { alternate, type Bench, row, start } from './harness.ts';

const connections = 200;

/** How long it takes from the call to an accepted connection, one after another. */
export const connect: Bench = {
  name: 'connect',
  title: `${connections} connections one after another, from the call until the server accepted`,
  async measure() {
    const server = await start<{ port: number }>('./server');
    const url = `http://127.0.0.1:${server.ready.port}`;
    const times = await alternate({
      raw: () => timeOf(url, connectRaw),
      holdfast: () => timeOf(url, connectHeld),
    });
    await server.stop();
    return {
      rows: [row('socket.io-client', 'ms each', times.raw), row('holdfast', 'ms each', times.holdfast)],
      targets: [],
    };
  },
};

async function timeOf(url: string, open: (url: string) => Promise<() => unknown>): Promise<number> {
  let spent = 0;
  for (let index = 0; index < connections; index += 1) {
    const startedAt = performance.now();
    const close = await open(url);
    spent += performance.now() - startedAt;
    await close();
  }
  return spent / connections;
}

async function connectRaw(url: string): Promise<() => unknown> {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return () => socket.disconnect();
}

async function connectHeld(url: string): Promise<() => unknown> {
  const connection = createConnection({ link: socketIo(url), credential: false });
  connection.connect();
  await connection.ready();
  return () => connection.dispose();
}
