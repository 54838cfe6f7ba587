/** The process that `memory.ts` weighs: many clients of one kind, at rest and then busy. */
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import { createConnection, socketIo } from '../src/index.ts';
import { message, type Send } from './sending.ts';

export interface Order {
  readonly kind: 'raw' | 'holdfast';
  readonly connections: number;
  readonly url: string;
}

/** Bytes for each connection. */
export interface Weight {
  /** In use when nothing is left to collect. */
  readonly heap: number;
  /** What the system gave to the process. */
  readonly resident: number;
}

export interface Weights {
  readonly idle: Weight;
  readonly busy: Weight;
}

interface Client {
  readonly send: Send;
  end(): unknown;
}

process.once('message', (order: Order) => void measure(order));
process.on('disconnect', () => process.exit());
process.send?.('up');

async function measure({ kind, connections, url }: Order): Promise<void> {
  const connect = kind === 'raw' ? connectRaw : connectHeld;
  // What is made once, by the first connections, is not the price of one.
  const first = await connectAll(connect, url, 50);
  await Promise.all(first.map(({ send }) => send()));
  for (const client of first.splice(0)) await client.end();
  const before = await settledWeight(500);
  const clients = await connectAll(connect, url, connections);
  const each = ({ heap, resident }: Weight): Weight => ({
    heap: (heap - before.heap) / connections,
    resident: (resident - before.resident) / connections,
  });
  // By then a young connection has proven itself, and its timers are those of every day.
  const idle = each(await settledWeight(6_000));
  const traffic = keepBusy(clients);
  // Until each has sent and heard something, and what that left behind is there.
  await traffic.wentRound;
  const busy = each(await settledWeight(0));
  await traffic.stop();
  process.send?.({ idle, busy } satisfies Weights);
}

/** A thousand messages a second over all of them, in turn, each acknowledged and followed by one of the server's. */
function keepBusy(clients: readonly Client[]) {
  const underWay = new Set<Promise<unknown>>();
  let next = 0;
  let tellRound = () => {};
  const wentRound = new Promise<void>((resolve) => {
    tellRound = resolve;
  });
  const timer = setInterval(() => {
    for (let n = 0; n < 10; n += 1) {
      const answer = clients[next % clients.length]?.send();
      next += 1;
      if (answer === undefined) continue;
      underWay.add(answer);
      void answer.then(() => underWay.delete(answer));
    }
    if (next >= Math.max(clients.length, 2_000)) tellRound();
  }, 10);
  return {
    wentRound,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
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
  return {
    send: () => socket.timeout(10_000).emitWithAck('message:echo', message),
    end: () => socket.disconnect(),
  };
}

async function connectHeld(url: string): Promise<Client> {
  const connection = createConnection({ link: socketIo(url), credential: () => token });
  connection.on('message:new').subscribe(onMessage);
  connection.connect('alice');
  await connection.ready();
  return {
    send: () => connection.send('message:echo', message).acknowledged,
    end: () => connection.dispose(),
  };
}

const token = 'a-token-of-some-length-for-nobody';
const onMessage = () => {};

async function settledWeight(rest: number): Promise<Weight> {
  await pause(rest);
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await pause(50);
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heap: heapUsed, resident: rss };
}
