/** Some of the clients of `herd-real.ts`, in a process of their own: they connect, and tell when they are back. */
import { io } from 'socket.io-client';
import { createConnection, socketIo } from '../../src/index.ts';

export interface Order {
  readonly kind: 'raw' | 'holdfast';
  readonly clients: number;
  readonly port: number;
}

process.once('message', (order: Order) => void run(order));
process.on('disconnect', () => process.exit());
process.send?.('up');

/** In groups: all at once would measure the server's patience. */
const group = 25;

async function run({ kind, clients, port }: Order): Promise<void> {
  const url = `http://127.0.0.1:${port}`;
  const connect = kind === 'raw' ? connectRaw : connectHeld;
  const returns: number[] = [];
  const onBack = () => {
    if (returns.push(Date.now()) === clients) process.send?.(returns);
  };
  for (let begun = 0; begun < clients; begun += group) {
    await Promise.all(Array.from({ length: Math.min(group, clients - begun) }, () => connect(url, onBack)));
  }
  process.send?.('live');
}

/** With the reconnection that it has by default. */
async function connectRaw(url: string, onBack: () => void): Promise<void> {
  const socket = io(url, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.on('connect', onBack);
}

async function connectHeld(url: string, onBack: () => void): Promise<void> {
  const connection = createConnection({ link: socketIo(url), credential: false });
  connection.connect();
  await connection.ready();
  let isAway = false;
  connection.status$.subscribe(({ state }) => {
    if (state === 'connected' && isAway) onBack();
    isAway = state !== 'connected';
  });
}
