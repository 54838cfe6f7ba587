/** The server that `restore.ts` comes back to: rooms whose messages are kept, with holdfast/server or by hand. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { FaultProxy } from '../examples/shared/fault-proxy.ts';
import { memoryHistory, rooms } from '../src/server/index.ts';

export interface Order {
  readonly do: 'cut' | 'say' | 'listen' | 'count';
}

export interface Counts {
  /** Of Socket.IO, in both directions, since `listen`. */
  readonly packets: number;
  /** On the wire, in both directions, since `listen`. */
  readonly bytes: number;
}

export interface Message {
  readonly room: string;
  /** Its place among those of its room, from 1. */
  readonly place: number;
  readonly from: string;
  readonly text: string;
}

const [kind, delay, roomCount, messageCount] = process.argv.slice(2);
const names = Array.from({ length: Number(roomCount) }, (_, n) => `conversation:${n}`);
const http = createServer();
const io = new Server(http, { serveClient: false });
io.use((socket, next) => {
  socket.data.user = socket.handshake.auth['token'];
  next();
});
const say = kind === 'holdfast' ? serveHoldfast() : serveByHand();

function serveHoldfast() {
  const { broadcast } = rooms(io, { mayJoin: () => true, history: memoryHistory() });
  return (message: Message) => broadcast(message.room, 'message:new', message);
}

/** As many servers have it: an event to join, another one that gives what came after a place. */
function serveByHand() {
  const logs = new Map<string, Message[]>(names.map((room) => [room, []]));
  io.on('connection', (socket) => {
    socket.on('room:join', (room, answer) => {
      void socket.join(room);
      answer({ ok: true });
    });
    socket.on('history:since', (room, place, answer) => answer(logs.get(room)?.slice(place) ?? []));
  });
  return async (message: Message) => {
    logs.get(message.room)?.push(message);
    io.to(message.room).emit('message:new', message);
  };
}

let packets = 0;
interface Engine {
  on(event: 'packet' | 'packetCreate', listener: (packet: { type: string }) => void): void;
}
io.engine.on('connection', (engine: Engine) => {
  const count = ({ type }: { type: string }) => {
    if (type === 'message') packets += 1;
  };
  engine.on('packet', count);
  engine.on('packetCreate', count);
});

let said = 0;
async function sayAll(): Promise<void> {
  for (let n = 0; n < Number(messageCount); n += 1, said += 1) {
    const room = names[said % names.length] ?? '';
    const place = Math.floor(said / names.length) + 1;
    await say({ room, place, from: 'alice', text: 'The quick brown fox jumps over the lazy dog.' });
  }
}

http.listen(0, '127.0.0.1', async () => {
  const proxy = await FaultProxy.to((http.address() as AddressInfo).port);
  proxy.delay(Number(delay));
  const bytes = () => proxy.counts.up + proxy.counts.down;
  let before = 0;
  const obey = {
    async cut() {
      const [socket] = io.sockets.sockets.values();
      const gone = once(socket as unknown as NodeJS.EventEmitter, 'disconnect');
      proxy.refuse();
      proxy.reset();
      await gone;
    },
    say: sayAll,
    async listen() {
      packets = 0;
      before = bytes();
      await proxy.listen();
    },
    async count() {},
  } satisfies Record<Order['do'], () => Promise<void>>;
  process.on('message', async (order: Order) => {
    await obey[order.do]();
    process.send?.({ packets, bytes: bytes() - before } satisfies Counts);
  });
  process.send?.({ port: proxy.port });
});
process.on('disconnect', () => process.exit());
