import { io } from 'socket.io-client';
import { createConnection, type Identify, socketIo } from '../src/index.ts';
import {
  alternate,
  atLeast,
  type Bench,
  means,
  type Row,
  ratiosOf,
  row,
  start,
  type Target,
} from './harness.ts';
import type { Flood } from './server.ts';

const messages = 50_000;
const rounds = 15;
const warmups = 3;
const goal = 0.95;

interface Case {
  readonly name: string;
  readonly by: string;
  raw(url: string): Promise<Subject>;
  held(url: string): Promise<Subject>;
}

const cases: readonly Case[] = [
  {
    name: 'one event name',
    by: 'of raw `socket.on`',
    raw: (url) => connectRaw(url, 1),
    held: (url) => connectHeld(url, 1),
  },
  {
    name: 'fifty event names',
    by: 'of raw `socket.on`',
    raw: (url) => connectRaw(url, 50),
    held: (url) => connectHeld(url, 50),
  },
  {
    name: 'each known by its id',
    by: 'of raw that remembers ids by hand',
    raw: (url) => connectRaw(url, 1, seenBefore()),
    held: (url) => connectHeld(url, 1, identify),
  },
];

/** Whether messages get through as fast as without holdfast (MS-2): `connection.on(event)` against `socket.on(event)`. */
export const inbound: Bench = {
  name: 'inbound',
  title: `${messages.toLocaleString('en')} messages of 150 bytes, one subscriber an event name, server and client each in a process; ratios are of the client's processor time, and raw takes part twice: what it is by itself tells what a ratio is worth`,
  async measure() {
    const server = await start<{ port: number }>('./server');
    const url = `http://127.0.0.1:${server.ready.port}`;
    const rows: Row[] = [];
    const targets: Target[] = [];
    for (const each of cases) {
      const found = await compare(each, url);
      rows.push(...found.rows);
      targets.push(found.target);
    }
    await server.stop();
    return { rows, targets };
  },
};

/** How many a second get through depends on the server too, where that is the slower one. */
async function compare({ name, by, ...connect }: Case, url: string) {
  const [raw, again, held] = [await connect.raw(url), await connect.raw(url), await connect.held(url)];
  const found = await alternate(
    { raw: () => take(raw), held: () => take(held), again: () => take(again) },
    { rounds, warmups },
  );
  await Promise.all([raw.end(), again.end(), held.end()]);
  const cpu = {
    raw: found.raw.map(({ cpu }) => cpu),
    again: found.again.map(({ cpu }) => cpu),
    held: found.held.map(({ cpu }) => cpu),
  };
  const ratio = row(`holdfast by raw, ${name}`, '', ratiosOf(means(cpu.raw, cpu.again), cpu.held));
  return {
    rows: [
      row(`socket.io-client, ${name}, processor time`, 'µs/message', cpu.raw),
      row(`holdfast, ${name}, processor time`, 'µs/message', cpu.held),
      ratio,
      row(`raw by raw, ${name}`, '', ratiosOf(cpu.raw, cpu.again)),
      row(
        `socket.io-client, ${name}`,
        'messages/s',
        found.raw.map(({ rate }) => rate),
      ),
      row(
        `holdfast, ${name}`,
        'messages/s',
        found.held.map(({ rate }) => rate),
      ),
    ],
    target: atLeast(goal, ratio, { what: `messages in through \`on(event)\`, ${name}`, by }),
  };
}

interface Subject {
  listen(onMessage: () => void): () => void;
  flood(): void;
  end(): Promise<void>;
}

/** From the first message to the last. */
function take(subject: Subject): Promise<{ rate: number; cpu: number }> {
  return new Promise((resolve) => {
    let received = 0;
    let startedAt = 0;
    let cpuAtStart = process.cpuUsage();
    const stopListening = subject.listen(() => {
      received += 1;
      if (received === 1) {
        startedAt = performance.now();
        cpuAtStart = process.cpuUsage();
      }
      if (received < messages) return;
      const { user, system } = process.cpuUsage(cpuAtStart);
      const time = performance.now() - startedAt;
      stopListening();
      resolve({ rate: (messages / time) * 1_000, cpu: (user + system) / messages });
    });
    subject.flood();
  });
}

function eventsOf(names: number): string[] {
  return names === 1 ? ['message:new'] : Array.from({ length: names }, (_, n) => `message:new:${n}`);
}

async function connectRaw(url: string, names: number, isKnown?: IsKnown): Promise<Subject> {
  const socket = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const events = eventsOf(names);
  return {
    listen(onMessage) {
      const listener =
        isKnown === undefined ? onMessage : (message: Message) => void (isKnown(message) || onMessage());
      for (const event of events) socket.on(event, listener);
      return () => {
        for (const event of events) socket.off(event, listener);
      };
    },
    flood: () => socket.emit('flood', { count: messages, names } satisfies Flood, () => {}),
    end: async () => void socket.disconnect(),
  };
}

async function connectHeld(url: string, names: number, identify?: Identify): Promise<Subject> {
  const connection = createConnection({
    link: socketIo(url),
    credential: false,
    ...(identify && { identify }),
  });
  connection.connect();
  await connection.ready();
  return {
    listen(onMessage) {
      const subscriptions = eventsOf(names).map((event) => connection.on(event).subscribe(onMessage));
      return () => {
        for (const subscription of subscriptions) subscription.unsubscribe();
      };
    },
    flood: () => void connection.request('flood', { count: messages, names } satisfies Flood),
    end: () => connection.dispose(),
  };
}

interface Message {
  readonly id: string;
  readonly conversation: string;
  readonly sequence: number;
}

const identify: Identify = ({ event, payload }) => {
  if (event !== 'message:new') return undefined;
  const { id, conversation, sequence } = payload as Message;
  return { id, stream: conversation, sequence };
};

type IsKnown = (message: Message) => boolean;

const remembered = 10_000;

/** What a careful app writes itself, for as many ids as holdfast remembers: in a ring, since a Set that forgets its first finds it slowly. */
function seenBefore(): IsKnown {
  const ids = new Set<string>();
  const ring = new Array<string>(remembered);
  let at = 0;
  return ({ id }) => {
    if (ids.has(id)) return true;
    ids.delete(ring[at] ?? '');
    ids.add(id);
    ring[at] = id;
    at = (at + 1) % remembered;
    return false;
  };
}
