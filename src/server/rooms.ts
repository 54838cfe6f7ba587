import type { Namespace, Server, Socket } from 'socket.io';
import { callback, checkOptions, count, timer } from './checks.ts';
import type { EventsMap } from './events-map.ts';
import { namespaceOf } from './notices.ts';
import { Refuse } from './refuse.ts';
import { Doorkeeper, type MayJoin } from './rooms/doorkeeper.ts';
import { userRoom } from './user-room.ts';
import { type UserOf, userInData, userOfSocket } from './users.ts';

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
  /** After how many ms without an answer of `mayJoin` the client is told to ask again. Default: 5,000. */
  readonly timeout?: number;
}

export interface BroadcastOptions {
  /** Sockets that do not get it: themselves, or their ids. Any number. */
  readonly except?: Iterable<string | { readonly id: string }>;
  /** Users none of whose sockets gets it. */
  readonly exceptUsers?: Iterable<string>;
}

export interface Rooms<Emit extends EventsMap> {
  /**
   * Takes a user out of a room, on all of their sockets, on every node; or one socket. A join that is being checked
   * comes to nothing. The clients are told: `room:removed` with `{ room, reason }`.
   */
  remove(who: string | { readonly id: string }, room: string, reason?: string): void;
  /** Emits to everybody in the room, on every node, in one go, but to those excepted. */
  broadcast<E extends Extract<keyof Emit, string>>(
    room: string,
    event: E,
    payload: Parameters<Emit[E]>[0],
    options?: BroadcastOptions,
  ): void;
}

/**
 * Rooms that clients ask for, with a check (SV-2). It answers `room:join` and `room:leave`, with the name of a room, or
 * with an array of them: then with an array of answers. A refusal is `{ error, retryable? }`, anything else means done.
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
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
  });
  const namespace = namespaceOf(io as unknown as Namespace);
  const { user: userOf = userInData, limit = 256, ...rest } = options as unknown as RoomsOptions;
  const doorkeeper = new Doorkeeper(namespace, { limit, ...rest });

  namespace.on('connection', (socket) => {
    let user: string;
    try {
      user = userOfSocket(userOf, socket);
    } catch (error) {
      doorkeeper.failed(error);
      const refuse = async () => new Refuse('unavailable').answer;
      listen(socket, limit, { 'room:join': refuse, 'room:leave': refuse });
      return;
    }
    void socket.join(userRoom(user));
    listen(socket, limit, {
      'room:join': (room) => doorkeeper.join(socket, user, room),
      'room:leave': async (room) => doorkeeper.leave(socket, room),
    });
  });

  return {
    remove(who, room, reason) {
      const theirs = typeof who === 'string' ? userRoom(who) : who.id;
      const told = namespace.in(theirs);
      // Who is not in it is told as well: a check that is under way elsewhere cannot be seen from here.
      told.emit('room:removed', { room, ...(reason !== undefined && { reason }) });
      doorkeeper.remove(theirs, room);
    },
    broadcast(room, event, payload, { except = [], exceptUsers = [] } = {}) {
      const sockets = Array.from(except, (each) => (typeof each === 'string' ? each : each.id));
      const users = Array.from(exceptUsers, userRoom);
      namespace
        .to(room)
        .except([...sockets, ...users])
        .emit(event, payload);
    },
  };
}

type Call = (room: unknown) => Promise<unknown>;

/** One room or many: each gets its answer, in the order asked. */
function listen(socket: Socket, limit: number, calls: Readonly<Record<string, Call>>): void {
  for (const [event, call] of Object.entries(calls)) {
    socket.on(event, async (...args: unknown[]) => {
      const acknowledge = args.at(-1);
      const asked = args[0];
      const answer = Array.isArray(asked) ? await answerAll(asked, limit, call) : await call(asked);
      if (typeof acknowledge === 'function') acknowledge(answer);
    });
  }
}

async function answerAll(asked: readonly unknown[], limit: number, call: Call): Promise<unknown> {
  // All of it at once: an answer for each of a million names would be work, too.
  if (asked.length > limit) return new Refuse('too-many-rooms', { details: { most: limit } }).answer;
  return Promise.all(asked.map(call));
}
