import type { Namespace, Socket } from 'socket.io';
import { Refuse } from '../refuse.ts';

/** Whether each of them is online. Answers come in the order asked. */
type Read = (users: readonly string[]) => Promise<readonly boolean[]>;

interface Watched {
  readonly sockets: Set<string>;
  /** What the watchers believe; `undefined` before they were told anything. */
  told: boolean | undefined;
}

/** Which sockets of this node watch whom, and what they were told last. */
export class Watchers {
  readonly #namespace: Namespace;
  readonly #read: Read;
  readonly #limit: number;
  readonly #watched = new Map<string, Watched>();
  readonly #bySocket = new Map<string, Set<string>>();

  constructor(namespace: Namespace, read: Read, limit: number) {
    this.#namespace = namespace;
    this.#read = read;
    this.#limit = limit;
  }

  /** @throws Refuse `bad-users`, `too-many-watched`: what a client has said may come to here. */
  add({ id, connected }: Pick<Socket, 'id' | 'connected'>, users: readonly string[]): void {
    if (!Array.isArray(users) || !users.every((user) => typeof user === 'string'))
      throw new Refuse('bad-users');
    if (!connected) return;
    const theirs = this.#bySocket.get(id) ?? new Set();
    const all = new Set([...theirs, ...users]);
    if (all.size > this.#limit) throw new Refuse('too-many-watched', { details: { most: this.#limit } });
    this.#bySocket.set(id, all);
    for (const user of all) {
      const watched = this.#watched.get(user) ?? { sockets: new Set(), told: undefined };
      watched.sockets.add(id);
      this.#watched.set(user, watched);
    }
  }

  delete({ id }: Pick<Socket, 'id'>, users: Iterable<string> = [...(this.#bySocket.get(id) ?? [])]): void {
    const theirs = this.#bySocket.get(id);
    for (const user of users) {
      theirs?.delete(user);
      const watched = this.#watched.get(user);
      watched?.sockets.delete(id);
      if (watched?.sockets.size === 0) this.#watched.delete(user);
    }
    if (theirs?.size === 0) this.#bySocket.delete(id);
  }

  /** Looks at these, or at all who are watched, and tells their watchers what has changed. */
  async check(users: Iterable<string> = this.#watched.keys()): Promise<void> {
    const list = [...users].filter((user) => this.#watched.has(user));
    for (let first = 0; first < list.length; first += atATime) {
      const some = list.slice(first, first + atATime);
      this.note(some, await this.#read(some));
    }
  }

  /** What was just read of them. */
  note(users: readonly string[], online: readonly boolean[]): void {
    for (const [index, user] of users.entries()) {
      const watched = this.#watched.get(user);
      const isOnline = online[index] === true;
      if (watched === undefined || watched.told === isOnline) continue;
      const isFirst = watched.told === undefined;
      watched.told = isOnline;
      // The first to watch get it as their answer.
      if (isFirst) continue;
      this.#namespace.local.to([...watched.sockets]).emit('presence:changed', { user, online: isOnline });
    }
  }
}

/** Redis does nothing else meanwhile. */
const atATime = 1_000;
