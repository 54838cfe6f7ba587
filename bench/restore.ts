import { once } from 'node:events';
import { filter, firstValueFrom } from 'rxjs';
import { io } from 'socket.io-client';
import { createConnection, holdfast, socketIo } from '../src/index.ts';
import { alternate, type Bench, type Row, ratiosOf, row, start } from './harness.ts';
import type { Counts, Message, Order } from './restore-server.ts';

const rooms = 100;
const missed = 1_000;
const rounds = 11;
/** Ms each way. */
const delays = [0, 25];

/** What it takes to be where one was (RM-4, SY-1): rooms and what was said in them meanwhile, at once or one by one. */
export const restore: Bench = {
  name: 'restore',
  title: `back after an outage in ${rooms} rooms with ${missed.toLocaleString('en')} missed messages, until the last of them is handled: holdfast() and rooms() with a history, against a join and a question for what was missed in each room, all at once`,
  async measure() {
    const rows: Row[] = [];
    for (const delay of delays) rows.push(...(await compare(delay)));
    return { rows, targets: [] };
  },
};

interface Return extends Counts {
  readonly time: number;
}

async function compare(delay: number): Promise<Row[]> {
  const byHand = await enter('by-hand', delay);
  const held = await enter('holdfast', delay);
  const found = await alternate({ byHand: byHand.comeBack, held: held.comeBack }, { rounds });
  await Promise.all([byHand.end(), held.end()]);
  const of = (name: keyof typeof found, what: keyof Return) => found[name].map((each) => each[what]);
  const words = delay === 0 ? 'on one machine' : `${2 * delay} ms there and back`;
  const times = [of('byHand', 'time'), of('held', 'time')] as const;
  return [
    row(`room by room, ${words}`, 'ms', times[0]),
    row(`holdfast, ${words}`, 'ms', times[1]),
    row(`holdfast by room by room, ${words}`, '', ratiosOf(times[1], times[0])),
    ...(delay === 0 ? countsOf(of) : []),
  ];
}

/** They are the same at any distance. */
function countsOf(of: (name: 'byHand' | 'held', what: keyof Return) => number[]): Row[] {
  return [
    row('room by room', 'packets', of('byHand', 'packets')),
    row('holdfast', 'packets', of('held', 'packets')),
    row('room by room', 'bytes', of('byHand', 'bytes')),
    row('holdfast', 'bytes', of('held', 'bytes')),
  ];
}

interface Client {
  /** Resolves when it has noticed that the link is gone. */
  lost(): Promise<unknown>;
  /** Attempts now. Resolves when it is back and everything that was missed is handled. */
  back(): Promise<unknown>;
  end(): unknown;
}

async function enter(kind: 'by-hand' | 'holdfast', delay: number) {
  const server = await start<{ port: number }>(
    './restore-server',
    [],
    [kind, delay, rooms, missed].map(String),
  );
  const ask = async (what: Order['do']): Promise<Counts> => {
    const answer = once(server.child, 'message');
    server.child.send({ do: what } satisfies Order);
    const [counts] = (await answer) as [Counts];
    return counts;
  };
  const connectTo = kind === 'by-hand' ? connectByHand : connectHeld;
  const client = await connectTo(`http://127.0.0.1:${server.ready.port}`);
  return {
    async comeBack(): Promise<Return> {
      const isLost = client.lost();
      await ask('cut');
      await isLost;
      await ask('say');
      await ask('listen');
      const startedAt = performance.now();
      await client.back();
      const time = performance.now() - startedAt;
      return { time, ...(await ask('count')) };
    },
    async end() {
      await client.end();
      await server.stop();
    },
  };
}

const names = Array.from({ length: rooms }, (_, n) => `conversation:${n}`);

/** Counts what comes, up to so many. */
class Tally {
  #left = 0;
  #done = () => {};

  wait(): Promise<void> {
    this.#left = missed;
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  add(): void {
    this.#left -= 1;
    if (this.#left === 0) this.#done();
  }
}

async function connectByHand(url: string): Promise<Client> {
  const socket = io(url, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { token: 'alice' },
  });
  const tally = new Tally();
  const places = new Map<string, number>();
  const handle = ({ room, place }: Message) => {
    // Live ones may come before those that were asked for.
    if (place <= (places.get(room) ?? 0)) return;
    places.set(room, place);
    tally.add();
  };
  socket.on('message:new', handle);
  const restoreRoom = async (room: string) => {
    await socket.emitWithAck('room:join', room);
    const messages: Message[] = await socket.emitWithAck('history:since', room, places.get(room) ?? 0);
    for (const message of messages) handle(message);
  };
  const isIn = () =>
    new Promise<void>((resolve, reject) => {
      socket.once('connect', () => {
        Promise.all(names.map(restoreRoom)).then(() => resolve(), reject);
      });
    });
  await isIn();
  return {
    lost: () => new Promise((resolve) => socket.once('disconnect', resolve)),
    back() {
      const all = tally.wait();
      const restored = isIn();
      socket.connect();
      return Promise.all([all, restored]);
    },
    end: () => socket.disconnect(),
  };
}

async function connectHeld(url: string): Promise<Client> {
  const connection = createConnection({
    link: socketIo(url),
    credential: () => 'alice',
    dialect: holdfast(),
    // It comes back when it is told to, not before.
    reconnect: { backoff: () => 60_000 },
  });
  const tally = new Tally();
  connection.on('message:new').subscribe(() => tally.add());
  for (const name of names) connection.join(name);
  connection.connect('alice');
  await connection.ready();
  return {
    lost: () => firstValueFrom(connection.status$.pipe(filter(({ state }) => state === 'reconnecting'))),
    back() {
      const all = tally.wait();
      connection.retry();
      return Promise.all([all, connection.ready()]);
    },
    end: () => connection.dispose(),
  };
}
