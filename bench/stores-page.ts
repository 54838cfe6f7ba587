/** In the page that `stores.ts` opens: clients of the server that is named, and how fast each of them sends. */
import { io } from 'socket.io-client';
import { indexedDbStore } from '../src/browser/index.ts';
import { createConnection, memoryStore, type OutboxStore, socketIo } from '../src/index.ts';
import { message, rateOf, type Send, type Width } from './sending.ts';

export type Kind = 'raw' | 'memory' | 'indexedDb';

declare global {
  interface Window {
    /** Connects all of them. */
    begin(url: string, inFlight: number): Promise<void>;
    /** Messages a second. */
    measure(kind: Kind, width: Width): Promise<number>;
  }
}

const sends: Partial<Record<Kind, Send>> = {};

window.begin = async (url, inFlight) => {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  sends.raw = () => socket.timeout(10_000).emitWithAck('message:send', message);
  sends.memory = await connect(url, inFlight, memoryStore());
  sends.indexedDb = await connect(url, inFlight, indexedDbStore());
};

window.measure = async (kind, width) => {
  const send = sends[kind];
  if (send === undefined) throw new Error('nobody is connected');
  return rateOf(send, width);
};

async function connect(url: string, window: number, store: OutboxStore): Promise<Send> {
  const connection = createConnection({ link: socketIo(url), credential: false, outbox: { store, window } });
  connection.connect();
  await connection.ready();
  return () => connection.send('message:send', message).acknowledged;
}
