import type { Namespace, Socket } from 'socket.io';
import type { RefusedWish } from '../../wire.ts';
import { type Awaitable, isPromise } from '../awaitable.ts';
import { tell } from '../notices.ts';
import { isRefusal, Refuse } from '../refuse.ts';
import { within } from '../within.ts';
import { isOurs, isRoomName, looksLikeSocketId, roomOfWish } from './names.ts';

/** `true` lets in, `false` refuses (`forbidden`), `{ error, retryable? }` is told to the client as it is. */
export type MayJoin<S = Socket> = (asked: {
  readonly user: string;
  readonly room: string;
  readonly socket: S;
}) => Verdict | Promise<Verdict>;

/** @inline */
type Verdict = boolean | RefusedWish;

export interface DoorkeeperOptions {
  readonly mayJoin: MayJoin;
  readonly limit: number;
  readonly isForClients?: (room: string) => boolean;
  readonly timeout?: number;
}

export type RoomAnswer = { readonly ok: true } | RefusedWish;

/** Lets sockets into rooms, and out. Whoever is answered with a refusal is not in the room. Never rejects. */
export class Doorkeeper {
  readonly #namespace: Namespace;
  readonly #options: DoorkeeperOptions;
  /** Of sockets with a wish that is being checked. */
  readonly #visitors = new WeakMap<Socket, Visitor>();

  constructor(namespace: Namespace, options: DoorkeeperOptions) {
    this.#namespace = namespace;
    this.#options = options;
  }

  /** In the same turn where `mayJoin` answers at once. */
  join(socket: Socket, user: string, room: unknown): Awaitable<RoomAnswer> {
    if (!this.isNameable(room)) return new Refuse('bad-room').answer;
    const visitor = this.#visitors.get(socket);
    const { limit } = this.#options;
    if (isFull(socket, visitor, room, limit))
      return new Refuse('too-many-rooms', { details: { most: limit } }).answer;
    if (visitor !== undefined && visitor.checks >= limit) {
      this.leave(socket, room);
      return again('busy');
    }
    const verdict = this.#ask(socket, user, room);
    if (isPromise(verdict)) return this.#await(socket, room, verdict);
    // An older check has no say any more.
    visitor?.wishes.delete(room);
    void socket.leave(roomOfWish(room));
    return this.#decide(socket, room, verdict);
  }

  leave(socket: Socket, room: unknown): RoomAnswer {
    if (!this.isNameable(room) || room === socket.id) return new Refuse('bad-room').answer;
    this.#visitors.get(socket)?.wishes.delete(room);
    void socket.leave(room);
    void socket.leave(roomOfWish(room));
    return { ok: true };
  }

  /** Takes all sockets that are in `theirs` out of the room, and calls their wishes for it off, on every node. */
  remove(theirs: string, room: string): void {
    // Here at once: through an adapter of several nodes it takes the way over Redis first.
    this.removeHere(theirs, room);
    this.#namespace.in(theirs).socketsLeave([room, roomOfWish(room)]);
  }

  removeHere(theirs: string, room: string): void {
    this.#namespace.local.in(theirs).socketsLeave([room, roomOfWish(room)]);
  }

  failed(error: unknown): void {
    tell(this.#namespace, { kind: 'failed', where: 'rooms', error });
  }

  /** Whether clients may name this room at all. */
  isNameable(room: unknown): room is string {
    if (!isRoomName(room)) return false;
    try {
      return this.#options.isForClients?.(room) ?? true;
    } catch (error) {
      this.failed(error);
      return false;
    }
  }

  async #await(socket: Socket, room: string, asked: Promise<Verdict>): Promise<RoomAnswer> {
    const visitor = this.#visitors.get(socket) ?? { wishes: new Map<string, object>(), checks: 0 };
    this.#visitors.set(socket, visitor);
    const { wishes } = visitor;
    const wish = {};
    wishes.set(room, wish);
    void socket.join(roomOfWish(room));
    visitor.checks += 1;
    const verdict = await asked;
    visitor.checks -= 1;
    const isLatest = wishes.get(room) === wish;
    if (isLatest) wishes.delete(room);
    if (visitor.checks === 0) this.#visitors.delete(socket);
    if (!isLatest) return again('superseded');
    const isStillWished = socket.rooms.has(roomOfWish(room));
    void socket.leave(roomOfWish(room));
    if (verdict !== true || isStillWished) return this.#decide(socket, room, verdict);
    void socket.leave(room);
    return removed();
  }

  #decide(socket: Socket, room: string, verdict: Verdict): RoomAnswer {
    if (verdict === true) {
      void socket.join(room);
      return { ok: true };
    }
    // One that was let in before, and may have been recovered into it, stays no longer.
    void socket.leave(room);
    return verdict === false ? new Refuse('forbidden').answer : verdict;
  }

  /** Neither throws nor rejects. */
  #ask(socket: Socket, user: string, room: string): Awaitable<Verdict> {
    const { mayJoin, timeout = 5_000 } = this.#options;
    try {
      const asked = looksLikeSocketId(room)
        ? this.#isSomebodys(room).then((is) =>
            is ? new Refuse('bad-room').answer : mayJoin({ user, room, socket }),
          )
        : mayJoin({ user, room, socket });
      if (!isPromise(asked)) return read(asked);
      return within(timeout, asked.then(read), () => again('check-timeout')).catch((thrown) =>
        this.#judge(thrown),
      );
    } catch (thrown) {
      return this.#judge(thrown);
    }
  }

  /** What was thrown instead of a verdict. */
  #judge(thrown: unknown): Verdict {
    if (thrown instanceof Refuse) return thrown.answer;
    this.failed(thrown);
    return again('check-failed');
  }

  /** Each socket is alone in a room of its own name, where it gets what is meant for nobody else. */
  async #isSomebodys(room: string): Promise<boolean> {
    const sockets = await this.#namespace.in(room).fetchSockets();
    return sockets.some(({ id }) => id === room);
  }
}

interface Visitor {
  /** The latest wish for each room: an older check has no say any more. */
  readonly wishes: Map<string, object>;
  /** How many are under way, also of wishes that were called off: who joins and leaves in turns asks as much. */
  checks: number;
}

/** @throws TypeError for what is none. */
function read(verdict: unknown): Verdict {
  if (typeof verdict === 'boolean') return verdict;
  if (isRefusal(verdict))
    return { error: verdict.error, ...(verdict.retryable === true && { retryable: true }) };
  throw new TypeError('`mayJoin` gave neither true, nor false, nor { error }');
}

function again(code: string): RefusedWish {
  return new Refuse(code, { retryable: true }).answer;
}

export function removed(): RefusedWish {
  return new Refuse('removed').answer;
}

/** Whether one more room is one too many, over those that the socket is in or asks for. */
function isFull(socket: Socket, visitor: Visitor | undefined, room: string, limit: number): boolean {
  const { id, rooms } = socket;
  const wishes = visitor?.wishes;
  // As a rule there is not much to count.
  if (rooms.size + (wishes?.size ?? 0) < limit || rooms.has(room) || wishes?.has(room)) return false;
  let taken = wishes?.size ?? 0;
  for (const each of rooms) if (each !== id && !isOurs(each) && !wishes?.has(each)) taken += 1;
  return taken >= limit;
}
