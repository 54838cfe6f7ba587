/** Clients for `server-memory.ts`: those of Socket.IO where the server is bare, else of holdfast. */
import { io } from 'socket.io-client';
import { createConnection, holdfast, socketIo } from '../src/index.ts';

export interface Crowd {
  readonly kind: 'raw' | 'holdfast';
  readonly url: string;
  readonly first: number;
  readonly count: number;
}

process.once('message', async ({ kind, url, first, count }: Crowd) => {
  const connect = kind === 'raw' ? connectRaw : connectHeld;
  // In groups: a thousand handshakes at once would measure the server's patience.
  for (let begun = 0; begun < count; begun += group) {
    const some = Math.min(group, count - begun);
    await Promise.all(Array.from({ length: some }, (_, index) => connect(url, first + begun + index)));
  }
  process.send?.('live');
});
process.on('disconnect', () => process.exit());
process.send?.('up');

const group = 50;

async function connectRaw(url: string, index: number): Promise<void> {
  const socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { token: userOf(index) },
  });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  await Promise.all(roomsOf(index).map((room) => socket.emitWithAck('room:join', room)));
}

async function connectHeld(url: string, index: number): Promise<void> {
  const connection = createConnection({
    link: socketIo(url),
    credential: () => userOf(index),
    dialect: holdfast(),
  });
  for (const room of roomsOf(index)) connection.join(room);
  connection.connect(userOf(index));
  await connection.ready();
}

const userOf = (index: number) => `user-${index}`;
const roomsOf = (index: number) => [0, 3, 8].map((offset) => `conversation:${(index + offset) % 1_000}`);
