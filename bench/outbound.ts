import { monitorEventLoopDelay } from 'node:perf_hooks';
import { io } from 'socket.io-client';
import { type Connection, createConnection, socketIo } from '../src/index.ts';
import { alternate, type Bench, median, type Row, ratiosOf, row, start } from './harness.ts';

const widths = [
  { inFlight: 1, messages: 1_000 },
  { inFlight: 32, messages: 10_000 },
  { inFlight: 100, messages: 10_000 },
];
const warmups = 4;
const least = 0.85;
const backlog = 10_000;
const mostStall = 50;

/** Whether messages get out as fast as without holdfast: `send` against `socket.timeout(ms).emitWithAck`. */
export const outbound: Bench = {
  name: 'outbound',
  title: `messages of 150 bytes, each acknowledged, with 1, 32 and 100 in flight; then ${backlog.toLocaleString('en')} that waited for a link`,
  async measure() {
    const server = await start<{ port: number }>('./server');
    const url = `http://127.0.0.1:${server.ready.port}`;
    const rows: Row[] = [];
    let ratio = Number.NaN;
    for (const width of widths) {
      const raw = await connectRaw(url);
      const held = await connectHeld(url, width.inFlight);
      // Where the server is the slower one, the share of the processor tells more.
      const cpu = { raw: [] as number[], holdfast: [] as number[] };
      const rates = await alternate(
        {
          raw: () => rateOf(raw.send, width, cpu.raw),
          holdfast: () => rateOf(held.send, width, cpu.holdfast),
        },
        { rounds: 15, warmups },
      );
      await Promise.all([raw.end(), held.end()]);
      const ratios = ratiosOf(rates.holdfast, rates.raw);
      ratio = median(ratios);
      rows.push(
        row(`socket.io-client, ${width.inFlight} in flight`, 'messages/s', rates.raw),
        row(`holdfast, ${width.inFlight} in flight`, 'messages/s', rates.holdfast),
        row(`holdfast by raw, ${width.inFlight} in flight`, '', ratios),
        row('socket.io-client, processor time', 'µs/message', cpu.raw.slice(warmups)),
        row('holdfast, processor time', 'µs/message', cpu.holdfast.slice(warmups)),
      );
    }
    const drains = await drainsOf(url);
    await server.stop();
    const stall = median(drains.stalls);
    rows.push(
      row(
        `${backlog.toLocaleString('en')} that waited, from the reconnect until all are acknowledged`,
        'ms',
        drains.times,
      ),
      row('longest stall of the event loop meanwhile', 'ms', drains.stalls),
    );
    return {
      rows,
      targets: [
        {
          promise: `≥ ${least} of raw with 100 in flight, round by round; no stall above ${mostStall} ms`,
          found: `${ratio.toFixed(3)}; ${stall.toFixed(1)} ms`,
          isMet: ratio >= least && stall <= mostStall,
        },
      ],
    };
  },
};

const message = {
  conversation: '42',
  from: 'alice',
  client: '0192f0c1-7b1d-7c3e-9f00-5d1d5a6f3b21',
  text: 'The quick brown fox jumps over the lazy dog.',
};

type Send = () => Promise<unknown>;

/** As many at a time as may be in flight: each acknowledgement makes room for the next. */
async function rateOf(
  send: Send,
  { inFlight, messages }: (typeof widths)[number],
  cpu: number[],
): Promise<number> {
  let left = messages;
  const one = async () => {
    while (left > 0) {
      left -= 1;
      await send();
    }
  };
  const cpuAtStart = process.cpuUsage();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: inFlight }, one));
  const time = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuAtStart);
  cpu.push((user + system) / messages);
  return (messages / time) * 1_000;
}

async function connectRaw(url: string) {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const send: Send = () => socket.timeout(10_000).emitWithAck('message:send', message);
  return { send, end: async () => void socket.disconnect() };
}

async function connectHeld(url: string, window: number) {
  const connection = create(url, window);
  connection.connect();
  await connection.ready();
  const send: Send = () => connection.send('message:send', message).acknowledged;
  return { send, end: () => connection.dispose() };
}

async function drainsOf(url: string) {
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
  return { times, stalls };
}

function create(url: string, window: number): Connection {
  const capacity = { items: 2 * backlog, bytes: 16 * 1024 * 1024 };
  return createConnection({ link: socketIo(url), credential: false, outbox: { window, capacity } });
}
