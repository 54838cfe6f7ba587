import type { Namespace, Socket } from 'socket.io';
import { tell } from '../notices.ts';
import { isRefusal, type RefusalAnswer, Refuse } from '../refuse.ts';
import { within } from '../within.ts';
import { isOurs, isRoomName, looksLikeSocketId, roomOfWish } from './names.ts';

/** `true` lets in, `false` refuses (`forbidden`), `{ error, retryable? }` is told to the client as it is. */
export type MayJoin<S = Socket> = (asked: {
  readonly user: string;
  readonly room: string;
  readonly socket: S;
}) => Verdict | Promise<Verdict>;

type Verdict = boolean | { readonly error: unknown; readonly retryable?: boolean };

export interface DoorkeeperOptions {
  readonly mayJoin: MayJoin;
  readonly limit: number;
  readonly isForClients?: (room: string) => boolean;
  readonly timeout?: number;
}

export type RoomAnswer = { readonly ok: true } | Verdict | RefusalAnswer;

/** Lets sockets into rooms, and out. Whoever is answered with a refusal is not in the room. Never rejects. */
export class Doorkeeper {
  readonly #namespace: Namespace;
  readonly #options: DoorkeeperOptions;
  readonly #visitors = new WeakMap<Socket, Visitor>();

  constructor(namespace: Namespace, options: DoorkeeperOptions) {
    this.#namespace = namespace;
    this.#options = options;
  }

  async join(socket: Socket, user: string, room: unknown): Promise<RoomAnswer> {
    if (!this.#isNameable(room)) return new Refuse('bad-room').answer;
    const visitor = this.#visitor(socket);
    const { wishes } = visitor;
    const { limit } = this.#options;
    if (!socket.rooms.has(room) && !wishes.has(room) && taken(socket, wishes) >= limit)
      return new Refuse('too-many-rooms', { details: { most: limit } }).answer;
    if (visitor.checks >= limit) {
      this.leave(socket, room);
      return new Refuse('busy', { retryable: true }).answer;
    }
    const wish = {};
    wishes.set(room, wish);
    void socket.join(roomOfWish(room));
    visitor.checks += 1;
    const verdict = await this.#ask(socket, user, room).finally(() => {
      visitor.checks -= 1;
    });
    if (wishes.get(room) !== wish) return new Refuse('superseded', { retryable: true }).answer;
    wishes.delete(room);
    const isStillWished = socket.rooms.has(roomOfWish(room));
    void socket.leave(roomOfWish(room));
    if (verdict === true && isStillWished) {
      void socket.join(room);
      return { ok: true };
    }
    // One that was let in before, and may have been recovered into it, stays no longer.
    void socket.leave(room);
    if (verdict === true) return new Refuse('removed').answer;
    return verdict === false ? new Refuse('forbidden').answer : verdict;
  }

  leave(socket: Socket, room: unknown): RoomAnswer {
    if (!this.#isNameable(room) || room === socket.id) return new Refuse('bad-room').answer;
    this.#visitor(socket).wishes.delete(room);
    void socket.leave(room);
    void socket.leave(roomOfWish(room));
    return { ok: true };
  }

  /** Takes all sockets that are in `theirs` out of the room, and calls their wishes for it off, on every node. */
  remove(theirs: string, room: string): void {
    const rooms = [room, roomOfWish(room)];
    // Here at once: through an adapter of several nodes it takes the way over Redis first.
    this.#namespace.local.in(theirs).socketsLeave(rooms);
    this.#namespace.in(theirs).socketsLeave(rooms);
  }

  failed(error: unknown): void {
    tell(this.#namespace, { kind: 'failed', where: 'rooms', error });
  }

  async #ask(socket: Socket, user: string, room: string): Promise<Verdict | RefusalAnswer> {
    const { mayJoin, timeout = 5_000 } = this.#options;
    const again = (code: string) => new Refuse(code, { retryable: true }).answer;
    try {
      const asked = (async () => {
        if (await this.#isSomebodys(room)) return new Refuse('bad-room').answer;
        return mayJoin({ user, room, socket });
      })();
      const verdict: unknown = await within(timeout, asked, () => again('check-timeout'));
      if (typeof verdict === 'boolean') return verdict;
      if (isRefusal(verdict))
        return { error: verdict.error, ...(verdict.retryable === true && { retryable: true }) };
      throw new TypeError('`mayJoin` gave neither true, nor false, nor { error }');
    } catch (error) {
      if (error instanceof Refuse) return error.answer;
      this.failed(error);
      return again('check-failed');
    }
  }

  #isNameable(room: unknown): room is string {
    if (!isRoomName(room)) return false;
    try {
      return this.#options.isForClients?.(room) ?? true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  /** Each socket is alone in a room of its own name, where it gets what is meant for nobody else. */
  async #isSomebodys(room: string): Promise<boolean> {
    if (!looksLikeSocketId(room)) return false;
    const sockets = await this.#namespace.in(room).fetchSockets();
    return sockets.some(({ id }) => id === room);
  }

  #visitor(socket: Socket): Visitor {
    const known = this.#visitors.get(socket);
    if (known !== undefined) return known;
    const visitor: Visitor = { wishes: new Map(), checks: 0 };
    this.#visitors.set(socket, visitor);
    return visitor;
  }
}

interface Visitor {
  /** The latest wish for each room: an older check has no say any more. */
  readonly wishes: Map<string, object>;
  /** How many are under way, also of wishes that were called off: who joins and leaves in turns asks as much. */
  checks: number;
}

/** How many rooms a socket is in, or asks for. */
function taken(socket: Socket, wishes: ReadonlyMap<string, object>): number {
  let count = wishes.size;
  for (const room of socket.rooms) if (room !== socket.id && !isOurs(room) && !wishes.has(room)) count += 1;
  return count;
}
