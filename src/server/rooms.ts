import type { Namespace, Server, Socket } from 'socket.io';
import { removedEvent } from '../wire.ts';
import { callback, checkOptions, count, timer, withMethods } from './checks.ts';
import type { EventsMap } from './events-map.ts';
import { meter } from './history/meter.ts';
import type { HistoryStore } from './history/store.ts';
import { namespaceOf } from './notices.ts';
import { Broadcaster } from './rooms/broadcaster.ts';
import { Desk } from './rooms/desk.ts';
import { Doorkeeper, type MayJoin } from './rooms/doorkeeper.ts';
import { Entrance } from './rooms/entrance.ts';
import { userRoom } from './user-room.ts';
import { type UserOf, userInData } from './users.ts';

/** Who may be where, and whether what is said there is kept. */
export interface RoomsOptions<S = Socket> {
  /** Whether this user may be in this room now. Asked at every join: after each reconnect, too. */
  readonly mayJoin: MayJoin<S>;
  /**
   * Whether clients may name this room at all, to join it or to leave it: `false` for rooms that are the server's own
   * affair. Default: any string of up to 200 characters.
   */
  readonly isForClients?: (room: string) => boolean;
  /** Whose socket it is. Default: `socket.data.user`. */
  readonly user?: UserOf<S>;
  /** Most rooms that a socket may be in, or ask for at a time. Default: 256. */
  readonly limit?: number;
  /** After how many ms without an answer of `mayJoin`, or of `history`, the client is told to ask again. Default: 5,000. */
  readonly timeout?: number;
  /**
   * Keeps what is broadcast, so that clients get what they missed (SV-8): `memoryHistory()`, `redisHistory(client)`, or
   * one of your own. Default: nothing is kept.
   */
  readonly history?: HistoryStore;
}

/** What may be said of one broadcast. */
export interface BroadcastOptions {
  /**
   * Sockets that do not get it: themselves, or their ids. Any number. They are known as long as they are connected:
   * whoever comes back gets it with what was missed.
   */
  readonly except?: Iterable<string | { readonly id: string }>;
  /** Users none of whose sockets gets it, now or when they come back. */
  readonly exceptUsers?: Iterable<string>;
  /**
   * With a history: what was said under this id in this room before, within its `ttl`, is not said again. Up to 512
   * characters.
   */
  readonly id?: string;
  /** `false`: not kept, for what nobody will want to read later. Default: true. */
  readonly keep?: boolean;
}

/** The hands of the server on its rooms. */
export interface Rooms<Emit extends EventsMap> {
  /**
   * Takes a user out of a room, on all of their sockets, on every node; or one socket. A join that is being checked
   * comes to nothing. The clients are told: `room:removed` with `{ room, reason }`.
   */
  remove(who: string | { readonly id: string }, room: string, reason?: string): void;
  /**
   * Emits to everybody in the room, on every node, in one go, but to those excepted. With a history it is kept first.
   * Resolves with its cursor, or `undefined` for what is not kept; rejects when it was neither kept nor sent, with a
   * `ServerError`: `history-unavailable`, `bad-argument`. A rejection that nobody looks at is not an unhandled one: the
   * notice `failed` tells of it, too.
   */
  broadcast<E extends Extract<keyof Emit, string>>(
    room: string,
    event: E,
    payload: Parameters<Emit[E]>[0],
    options?: BroadcastOptions,
  ): Promise<string | undefined>;
}

/**
 * Rooms that clients ask for, with a check (SV-2). It answers `room:join` and `room:leave`, with the name of a room, or
 * with an array of them: then with an array of answers. A refusal is `{ error, retryable? }`, anything else means done.
 * Clients of holdfast ask in their handshake, and are answered in its first packet, with what they missed (RM-4).
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option; `history-of-one-node` for a history in memory
 * where an adapter joins several nodes.
 * @example
 * rooms(io, { mayJoin: ({ user, room }) => db.isMember(user, room) });
 */
export function rooms<Listen extends EventsMap, Emit extends EventsMap, Side extends EventsMap, Data>(
  io: Server<Listen, Emit, Side, Data> | Namespace<Listen, Emit, Side, Data>,
  options: RoomsOptions<Socket<Listen, Emit, Side, Data>>,
): Rooms<Emit> {
  checkOptions('rooms()', options, {
    mayJoin: { ...callback, required: true },
    isForClients: callback,
    user: callback,
    limit: count,
    timeout: timer,
    history: withMethods('append', 'read'),
  });
  const namespace = namespaceOf(io as unknown as Namespace);
  const { user = userInData, limit = 256, history, ...rest } = options as unknown as RoomsOptions;
  const doorkeeper = new Doorkeeper(namespace, { limit, ...rest });
  const broadcaster = new Broadcaster(namespace, history, (room, theirs) =>
    doorkeeper.removeHere(theirs, room),
  );
  const entrance = new Entrance(namespace, doorkeeper, { limit, history, ...rest });
  const desk = new Desk(namespace, { doorkeeper, entrance, user, limit });
  if (history !== undefined) meter(namespace, history, broadcaster);
  namespace.on('connection', (socket) => desk.open(socket));

  return {
    remove(who, room, reason) {
      const theirs = typeof who === 'string' ? userRoom(who) : who.id;
      const told = namespace.in(theirs);
      // Who is not in it is told as well: a check that is under way elsewhere cannot be seen from here.
      told.emit(removedEvent, { room, ...(reason !== undefined && { reason }) });
      doorkeeper.remove(theirs, room);
      broadcaster.tell(room, theirs);
    },
    broadcast(room, event, payload, { except, exceptUsers, id, keep = true } = {}) {
      const exceptSockets = except === undefined ? nobody : Array.from(except, idOf);
      const users = exceptUsers === undefined ? nobody : Array.from(exceptUsers);
      return broadcaster.broadcast(room, { event, payload, exceptSockets, exceptUsers: users, id }, keep);
    },
  };
}

const nobody: readonly string[] = [];

function idOf(socket: string | { readonly id: string }): string {
  return typeof socket === 'string' ? socket : socket.id;
}
