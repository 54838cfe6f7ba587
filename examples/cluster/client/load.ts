/** A process full of clients. In its environment: `JWT_SECRET`, to issue their tokens with. */

import { createRandom } from '../../../src/testing/random.ts';
import { obey } from '../../shared/processes/orders.ts';
import { userName } from '../rooms.ts';
import { type Client, createClient, type Testimony } from './client.ts';
import { issueToken } from './tokens.ts';

export type LoadOrders = {
  /** Connects these clients, `count` from number `first` on. Resolves when all are live, with their rooms joined. */
  start(crowd: { url: string; first: number; count: number; rooms: number; seed: number }): Promise<void>;
  /** From now on so many messages are sent a second, each by a client drawn by lot; 0 for none. */
  send(rate: number): void;
  /** The next so many clients that lose their link give up, and stay away: nobody can tell the server that they left. */
  leave(count: number): void;
  /** Those who left come back, the first to leave first, all but so many. */
  comeBack(allBut: number): void;
  /** One more message for each of these rooms that somebody here is in. Gives the others. */
  sayLastWords(rooms: readonly string[]): readonly string[];
  progress(): Progress;
  testify(): readonly Testimony[];
  end(): Promise<void>;
};

export interface Progress {
  readonly unsettled: number;
  readonly received: number;
  /** Clients that are neither live nor away. */
  readonly between: number;
}

/** Where a client is, told at each change. `at`: epoch ms. */
export type LoadNews = { user: string; at: number; is: Whereabouts };
export type Whereabouts = 'here' | 'between' | 'away';

const { JWT_SECRET = '' } = process.env;
const clients: Client[] = [];
/** In the order in which they left. */
const away: Client[] = [];
let random = () => 0;
let sending: NodeJS.Timeout | undefined;
let leaving = 0;

const orders: LoadOrders = {
  async start({ url, first, count, rooms, seed }) {
    random = createRandom(seed);
    for (let index = first; index < first + count; index += 1) {
      const user = userName(index);
      const token = await issueToken(user, JWT_SECRET);
      const client = createClient({ user, token, url, rooms, random: createRandom(seed + index) });
      clients.push(client);
      follow(client);
      client.connection.connect(user);
    }
    await Promise.all(clients.map(({ connection }) => connection.ready()));
  },
  send(rate) {
    clearInterval(sending);
    if (rate === 0) return;
    const startedAt = performance.now();
    let sent = 0;
    // By the clock, not by the ticks: those come late when the machine is busy.
    sending = setInterval(() => {
      const due = ((performance.now() - startedAt) / 1_000) * rate;
      for (; sent < due; sent += 1) clients[Math.floor(random() * clients.length)]?.send();
    }, tick);
  },
  leave(count) {
    leaving = count;
  },
  comeBack(allBut) {
    for (const client of away.splice(0, Math.max(0, away.length - allBut))) client.connection.connect();
  },
  sayLastWords(rooms) {
    const members = new Map(clients.flatMap((client) => client.rooms.map((room) => [room, client])));
    for (const room of rooms) members.get(room)?.send(room);
    return rooms.filter((room) => !members.has(room));
  },
  progress: () => ({
    unsettled: total((client) => (away.includes(client) ? 0 : client.unsettled)),
    received: total(({ received }) => received),
    between: total((client) => (whereaboutsOf(client, 'between') === 'between' ? 1 : 0)),
  }),
  testify: () => clients.map((client) => client.testify()),
  async end() {
    clearInterval(sending);
    await Promise.all(clients.map(({ connection }) => connection.dispose()));
  },
};
const tell = obey<LoadOrders, LoadNews>(orders);

/** Ms between two looks at what is to be sent. */
const tick = 20;

function follow(client: Client): void {
  let told: Whereabouts | undefined;
  client.connection.status$.subscribe(({ state }) => {
    if (state === 'reconnecting' && leaving > 0) {
      leaving -= 1;
      away.push(client);
      client.connection.disconnect();
    }
    const is = whereaboutsOf(client, told);
    if (is === told) return;
    told = is;
    tell({ user: client.user, at: Date.now(), is });
  });
}

function whereaboutsOf(client: Client, was: Whereabouts | undefined): Whereabouts {
  if (away.includes(client)) return 'away';
  const status = client.connection.getStatus();
  if (status.state !== 'connected') return 'between';
  // One that catches up on an open link, since something came out of turn, never went anywhere.
  return status.phase === 'live' || was === 'here' ? 'here' : 'between';
}

function total(count: (client: Client) => number): number {
  return clients.reduce((sum, client) => sum + count(client), 0);
}
