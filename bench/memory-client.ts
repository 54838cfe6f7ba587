/** The process that `memory.ts` measures: many clients of one kind, and the heap each of them takes. */
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { createConnection, socketIo } from '../src/index.ts';

interface Order {
  readonly kind: 'raw' | 'holdfast';
  readonly connections: number;
  readonly url: string;
}

interface Client {
  end(): unknown;
}

process.once('message', (order: Order) => void measure(order));
process.on('disconnect', () => process.exit());
process.send?.('up');

async function measure({ kind, connections, url }: Order): Promise<void> {
  const connect = kind === 'raw' ? connectRaw : connectHeld;
  // What is made once, by the first connections, is not the price of one.
  const first = await connectAll(connect, url, 50);
  for (const client of first.splice(0)) await client.end();
  const before = await settledHeap(500);
  const clients = await connectAll(connect, url, connections);
  // By then a young connection has proven itself, and its timers are those of every day.
  const after = await settledHeap(6_000);
  process.send?.((after - before) / clients.length);
}

/** In groups: a thousand handshakes at once would measure the server. */
async function connectAll(connect: (url: string) => Promise<Client>, url: string, count: number) {
  const clients: Client[] = [];
  while (clients.length < count) {
    const group = Math.min(50, count - clients.length);
    clients.push(...(await Promise.all(Array.from({ length: group }, () => connect(url)))));
  }
  return clients;
}

/** Socket.IO's own settings in both cases are those that holdfast chooses: equal transports, no loop, no deadline. */
async function connectRaw(url: string): Promise<Client> {
  const options = { transports: ['websocket'], reconnection: false, forceNew: true, auth: { token } };
  const socket = io(url, { ...options, timeout: false as unknown as number });
  socket.on('message:new', onMessage);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return { end: () => socket.disconnect() };
}

async function connectHeld(url: string): Promise<Client> {
  const connection = createConnection({ link: socketIo(url), credential: () => token });
  connection.on('message:new').subscribe(onMessage);
  connection.connect('alice');
  await connection.ready();
  return { end: () => connection.dispose() };
}

const token = 'a-token-of-some-length-for-nobody';
const onMessage = () => {};

/** The heap when nothing is left to collect. */
async function settledHeap(rest: number): Promise<number> {
  await pause(rest);
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await pause(50);
  }
  return process.memoryUsage().heapUsed;
}
