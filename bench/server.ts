/**
 * The other side of every measurement, in a process of its own: takes everybody, and floods whoever asks for it. With a
 * number in its arguments, everything either way comes so many ms later.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { FaultProxy } from '../examples/shared/fault-proxy.ts';

/** What `flood` asks for: messages of some 150 bytes under so many event names, in turn. */
export interface Flood {
  readonly count: number;
  readonly names: number;
}

const http = createServer();
const io = new Server(http, { serveClient: false });

io.on('connection', (socket) => {
  // Counts on from flood to flood: each message of a socket is one that it never had.
  let said = 0;
  socket.on('flood', ({ count, names }: Flood, begun: (count: number) => void) => {
    begun(count);
    // Encoded ahead, so that the client is what is measured.
    flood(
      socket,
      Array.from({ length: count }, () => packetOf(names, said++)),
    );
  });
  socket.on('message:send', (_message: unknown, acknowledge: (answer: unknown) => void) => {
    acknowledge({ ok: true });
  });
  socket.on('message:echo', (_message: unknown, acknowledge: (answer: unknown) => void) => {
    socket.conn.send(packetOf(1, said++));
    acknowledge({ ok: true });
  });
});

// Thousands may knock at once: none is to wait for a SYN of its own to be sent again.
http.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 }, async () => {
  const { port } = http.address() as AddressInfo;
  const delay = Number(process.argv[2] ?? 0);
  process.send?.({ port: delay === 0 ? port : await portBehind(port, delay) });
});
process.on('disconnect', () => process.exit());

async function portBehind(port: number, delay: number): Promise<number> {
  const proxy = await FaultProxy.to(port);
  proxy.delay(delay);
  return proxy.port;
}

/** Between batches, the kernel may take them. */
function flood(socket: Socket, packets: readonly string[], from = 0): void {
  const to = Math.min(from + 500, packets.length);
  for (let at = from; at < to; at += 1) socket.conn.send(packets[at]);
  if (to < packets.length) setImmediate(() => flood(socket, packets, to));
}

function packetOf(names: number, sequence: number): string {
  const event = names === 1 ? 'message:new' : `message:new:${sequence % names}`;
  const message = {
    id: `0192f0c1-7b1d-7c3e-9f00-${String(sequence).padStart(12, '0')}`,
    conversation: '42',
    sequence,
    from: 'alice',
    text: 'The quick brown fox jumps over the lazy dog.',
  };
  return `2${JSON.stringify([event, message])}`;
}
