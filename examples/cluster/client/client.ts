import {
  type Connection,
  createConnection,
  type DeliveryState,
  holdfast,
  type Stats,
  socketIo,
} from 'holdfast';
import type { ClientToServer, ServerToClient } from '../events.ts';
import { forbiddenTo, roomsOf } from '../rooms.ts';

/** One client, and everything that it can testify to. */
export interface Client {
  readonly user: string;
  readonly connection: Connection<ServerToClient, ClientToServer>;
  /** The rooms that it may be in. */
  readonly rooms: readonly string[];
  /** Messages that have no end yet. */
  readonly unsettled: number;
  /** Messages that came in. */
  readonly received: number;
  /** Default: to one of its rooms, drawn by lot. */
  send(room?: string): void;
  testify(): Testimony;
}

export interface Testimony {
  readonly user: string;
  /** The rooms that it may be in. */
  readonly rooms: readonly string[];
  /** Rooms that it was let into without a right to them. */
  readonly trespasses: readonly string[];
  /** Rooms that it has a right to be in, and is not. */
  readonly shutOut: readonly string[];
  readonly sent: readonly Sent[];
  /** Keys of messages, in the order in which they came, by room. */
  readonly received: Readonly<Record<string, readonly string[]>>;
  /** How often a message went out again. */
  readonly resent: number;
  readonly stats: Stats;
}

export interface Sent {
  readonly key: string;
  readonly room: string;
  readonly state: DeliveryState;
}

export interface ClientOptions {
  readonly user: string;
  readonly token: string;
  readonly url: string;
  /** How many rooms there are. */
  readonly rooms: number;
  readonly random: () => number;
}

export function createClient({ user, token, url, rooms, random }: ClientOptions): Client {
  const connection = createConnection<ServerToClient, ClientToServer>({
    // By `client` the proxy sends it to the node where it was before.
    link: socketIo(url, { query: { client: user } }),
    credential: () => token,
    dialect: holdfast(),
    random,
  });
  const theirs = roomsOf(user, rooms);
  const forbidden = forbiddenTo(user, rooms);
  const memberships = [...theirs, forbidden].map((room) => connection.join(room));

  const sent: { key: string; room: string; state: DeliveryState }[] = [];
  const received: Record<string, string[]> = {};
  let receivedCount = 0;
  let unsettled = 0;
  let resent = 0;
  connection.on('message:new').subscribe(({ room, key }) => {
    received[room] ??= [];
    received[room].push(key);
    receivedCount += 1;
  });

  return {
    user,
    connection,
    rooms: theirs,
    get unsettled() {
      return unsettled;
    },
    get received() {
      return receivedCount;
    },
    send(room = theirs[Math.floor(random() * theirs.length)] ?? '') {
      const record = { key: `${user}/${sent.length}`, room, state: 'queued' as DeliveryState };
      sent.push(record);
      unsettled += 1;
      let times = 0;
      connection.send('message:send', { room, key: record.key }).state$.subscribe({
        next(state) {
          record.state = state;
          if (state !== 'sending') return;
          times += 1;
          if (times > 1) resent += 1;
        },
        complete: () => {
          unsettled -= 1;
        },
      });
    },
    testify: () => ({
      user,
      rooms: theirs,
      trespasses: memberships
        .filter(({ room, state }) => room === forbidden && state.state === 'joined')
        .map(({ room }) => room),
      shutOut: memberships
        .filter(({ room, state }) => room !== forbidden && state.state !== 'joined')
        .map(({ room }) => room),
      sent,
      received,
      resent,
      stats: connection.stats(),
    }),
  };
}
