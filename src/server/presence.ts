import type { Namespace, Server, Socket } from 'socket.io';
import { callback, checkOptions, count, duration, withMethods } from './checks.ts';
import type { EventsMap } from './events-map.ts';
import { namespaceOf, tell } from './notices.ts';
import { memoryPresence } from './presence/memory.ts';
import { Roll } from './presence/roll.ts';
import type { PresenceStore } from './presence/store.ts';
import { Watchers } from './presence/watchers.ts';
import { type UserOf, userInData, userOfSocket } from './users.ts';

/** Whose sockets are counted, where, and for how long an absence is none. */
export interface PresenceOptions<S = Socket> {
  /** Whose socket it is. Default: `socket.data.user`. */
  readonly user?: UserOf<S>;
  /** For how long a user stays online after their last socket, in ms: a reload is no absence. Default: 5,000. */
  readonly grace?: number;
  /** Where nodes tell each other: `redisPresence(client)`, one for each node. Default: this process alone. */
  readonly store?: PresenceStore;
  /** Most users that one socket may watch. Default: 1,000. */
  readonly limit?: number;
}

/** Whether each user is online. */
export type Online = Readonly<Record<string, boolean>>;

/** Who is online, over all nodes that share the store. Methods that return a promise reject with what the store throws. */
export interface Presence<S = { readonly id: string; readonly connected: boolean }> {
  /** Whether this user has a socket anywhere, or had one within `grace`. */
  isOnline(user: string): Promise<boolean>;
  /** The same of many at once, in one question to the store. */
  online(users: readonly string[]): Promise<Online>;
  /**
   * Who of them is online now. From then on the socket hears of every change, `presence:changed` with
   * `{ user, online }`, until it is gone. May it know? Ask that first. Answer the client at once: what it hears
   * afterwards is newer.
   *
   * @throws Refuse `bad-users` when that is no array of strings, `too-many-watched` past `limit`; whatever the store
   * throws.
   */
  watch(socket: S, users: readonly string[]): Promise<Online>;
  /** The socket hears of these users no more. Nothing happens for users it does not watch. */
  unwatch(socket: S, users: readonly string[]): void;
  /** Says no more of this node. Its users count as here for a while: they are about to connect elsewhere. */
  close(): void;
}

/**
 * Who is online: from a user's first socket to a while after the last, over tabs and nodes (SV-3).
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 * @example
 * const { watch } = presence(io, { store: redisPresence(client) });
 * onMessage('contacts:watch', async (_, { socket, user }) => watch(socket, await db.contactsOf(user)));
 */
export function presence<Listen extends EventsMap, Emit extends EventsMap, Side extends EventsMap, Data>(
  io: Server<Listen, Emit, Side, Data> | Namespace<Listen, Emit, Side, Data>,
  options: PresenceOptions<Socket<Listen, Emit, Side, Data>> = {},
): Presence {
  checkOptions('presence()', options, {
    user: callback,
    grace: duration,
    store: withMethods('restate', 'put', 'beat', 'online'),
    limit: count,
  });
  const namespace = namespaceOf(io as unknown as Namespace);
  const {
    user: userOf = userInData,
    grace = 5_000,
    store = memoryPresence(),
    limit = 1_000,
  } = options as unknown as PresenceOptions;
  const failed = (error: unknown) => tell(namespace, { kind: 'failed', where: 'presence', error });

  const read = async (users: readonly string[]) => {
    const online = await store.online(users);
    // The store hears of those who have just come a moment later.
    return users.map((user, at) => roll.isHere(user) || online[at] === true);
  };
  const watchers = new Watchers(namespace, read, limit);
  const look = (users?: readonly string[]) => void watchers.check(users).catch(failed);
  const roll = new Roll({
    store,
    grace,
    failed,
    beaten: look,
    changed(users) {
      look(users);
      hint(users).catch(failed);
    },
  });

  /** Other nodes look at once. A hint that is lost costs time: each looks at every beat, too. */
  async function hint(users: readonly string[]): Promise<void> {
    if ((await namespace.adapter.serverCount()) > 1) namespace.serverSideEmit(hintEvent, users);
  }
  namespace.on(hintEvent, look);

  namespace.on('connection', (socket) => {
    try {
      const user = userOfSocket(userOf, socket);
      roll.come(user);
      socket.on('disconnect', () => roll.go(user));
    } catch (error) {
      failed(error);
    }
    socket.on('disconnect', () => watchers.delete(socket));
  });

  return {
    online: async (users) => named(users, await read(users)),
    isOnline: async (user) => (await read([user]))[0] === true,
    async watch(socket, users) {
      watchers.add(socket, users);
      const online = await read(users);
      watchers.note(users, online);
      return named(users, online);
    },
    unwatch: (socket, users) => watchers.delete(socket, users),
    close() {
      roll.close();
      namespace.off(hintEvent, look);
    },
  };
}

function named(users: readonly string[], online: readonly boolean[]): Online {
  return Object.fromEntries(users.map((user, at) => [user, online[at] === true]));
}

const hintEvent = 'holdfast:presence';
