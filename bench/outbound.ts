import { monitorEventLoopDelay } from 'node:perf_hooks';
import { io } from 'socket.io-client';
import { type Connection, createConnection, socketIo } from '../src/index.ts';
import { alternate, atLeast, atMost, type Bench, means, type Row, ratiosOf, row, start } from './harness.ts';
import { message, rateOf, type Send, type Width } from './sending.ts';

const widths: readonly Width[] = [
  { inFlight: 1, messages: 1_000 },
  { inFlight: 32, messages: 10_000 },
  { inFlight: 100, messages: 10_000 },
];
const rounds = 15;
const warmups = 4;
const goal = 0.9;
const queueGoal = 3;
const backlog = 10_000;
const mostStall = 50;

/** Whether messages get out as fast as without holdfast: `send` against `socket.timeout(ms).emitWithAck`, and against `retries`. */
export const outbound: Bench = {
  name: 'outbound',
  title: `messages of 150 bytes, each acknowledged, with 1, 32 and 100 in flight, against emitWithAck with a timeout (raw, twice: what it is by itself tells what a ratio is worth) and against Socket.IO's own queue, retries; then ${backlog.toLocaleString('en')} that waited for a link`,
  async measure() {
    const server = await start<{ port: number }>('./server');
    const url = `http://127.0.0.1:${server.ready.port}`;
    const found = [];
    for (const width of widths) found.push(await compare(url, width));
    const drains = await drainsOf(url);
    await server.stop();
    const wide = found.at(-1);
    if (wide === undefined) throw new Error('nothing was measured');
    return {
      rows: [...found.flatMap(({ rows }) => rows), ...drains],
      targets: [
        atLeast(goal, wide.byRaw, {
          what: 'messages out, acknowledged, 100 in flight, a second',
          by: 'of raw `emitWithAck` with a timeout',
        }),
        atLeast(queueGoal, wide.byQueue, {
          what: 'the same, against a queue that sends again as well',
          by: 'times Socket.IO’s `retries`',
        }),
        atMost(mostStall, drains[1], {
          what: `longest stall of the event loop while ${backlog.toLocaleString('en')} queued messages go out`,
          by: 'ms',
        }),
      ],
    };
  },
};

async function compare(url: string, width: Width) {
  const [raw, again, queue, held] = [
    await connectRaw(url),
    await connectRaw(url),
    await connectQueue(url),
    await connectHeld(url, width.inFlight),
  ];
  // Its queue has one on its way at a time, whatever is asked of it: as many messages would take minutes.
  const few = { ...width, messages: Math.min(width.messages, 2_000) };
  const found = await alternate(
    {
      raw: () => sendAll(raw.send, width),
      held: () => sendAll(held.send, width),
      queue: () => sendAll(queue.send, few),
      again: () => sendAll(again.send, width),
    },
    { rounds, warmups },
  );
  await Promise.all([raw, again, queue, held].map(({ end }) => end()));
  const rates = (name: keyof typeof found) => found[name].map(({ rate }) => rate);
  const between = means(rates('raw'), rates('again'));
  const words = `${width.inFlight} in flight`;
  const byRaw = row(`holdfast by raw, ${words}`, '', ratiosOf(rates('held'), between));
  const byQueue = row(`holdfast by retries, ${words}`, '', ratiosOf(rates('held'), rates('queue')));
  const cpu = (name: keyof typeof found) => found[name].map(({ cpu }) => cpu);
  const betweenCpu = means(cpu('raw'), cpu('again'));
  const rows: Row[] = [
    row(`socket.io-client, ${words}`, 'messages/s', rates('raw')),
    row(`socket.io-client with retries, ${words}`, 'messages/s', rates('queue')),
    row(`holdfast, ${words}`, 'messages/s', rates('held')),
    byRaw,
    byQueue,
    row(`raw by raw, ${words}`, '', ratiosOf(rates('again'), rates('raw'))),
    // Where the server is the slower one, the share of the processor tells more.
    row(`socket.io-client, ${words}, processor time`, 'µs/message', cpu('raw')),
    row(`holdfast, ${words}, processor time`, 'µs/message', cpu('held')),
    row(`holdfast by raw, ${words}, processor time`, '', ratiosOf(betweenCpu, cpu('held'))),
  ];
  return { rows, byRaw, byQueue };
}

const bare = { transports: ['websocket'], reconnection: false, forceNew: true };

/** With µs of this process for each message. */
async function sendAll(send: Send, width: Width) {
  const cpuAtStart = process.cpuUsage();
  const rate = await rateOf(send, width);
  const { user, system } = process.cpuUsage(cpuAtStart);
  return { rate, cpu: (user + system) / width.messages };
}

async function connectRaw(url: string) {
  const socket = io(url, bare);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const send: Send = () => socket.timeout(10_000).emitWithAck('message:send', message);
  return { send, end: async () => void socket.disconnect() };
}

async function connectQueue(url: string) {
  const socket = io(url, { ...bare, retries: 1_000_000, ackTimeout: 10_000 });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const send: Send = () => socket.emitWithAck('message:send', message);
  return { send, end: async () => void socket.disconnect() };
}

async function connectHeld(url: string, window: number) {
  const connection = create(url, window);
  connection.connect();
  await connection.ready();
  const send: Send = () => connection.send('message:send', message).acknowledged;
  return { send, end: () => connection.dispose() };
}

/** From the reconnect until all that waited are acknowledged, and the longest stall meanwhile. */
async function drainsOf(url: string): Promise<readonly [Row, Row]> {
  const times: number[] = [];
  const stalls: number[] = [];
  for (let round = -1; round < 7; round += 1) {
    const connection = create(url, 32);
    connection.connect();
    await connection.ready();
    connection.disconnect();
    const answers = Promise.all(
      Array.from({ length: backlog }, () => connection.send('message:send', message).acknowledged),
    );
    // What was done to get here is not what is measured.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const startedAt = performance.now();
    connection.connect();
    await answers;
    const time = performance.now() - startedAt;
    await new Promise((resolve) => setTimeout(resolve, 5));
    delay.disable();
    if (round >= 0) {
      times.push(time);
      stalls.push(delay.max / 1e6);
    }
    await connection.dispose();
  }
  const words = `${backlog.toLocaleString('en')} that waited, from the reconnect until all are acknowledged`;
  return [row(words, 'ms', times), row('longest stall of the event loop meanwhile', 'ms', stalls)];
}

function create(url: string, window: number): Connection {
  const capacity = { items: 2 * backlog, bytes: 16 * 1024 * 1024 };
  return createConnection({ link: socketIo(url), credential: false, outbox: { window, capacity } });
}
