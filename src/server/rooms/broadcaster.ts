import type { Namespace } from 'socket.io';
import { skipEvent } from '../../wire.ts';
import { type Awaitable, isPromise } from '../awaitable.ts';
import { ServerError } from '../errors.ts';
import { isPlain, readPayload, writePayload } from '../history/payload.ts';
import type { Appended, DeliveredMessage, HistoryStore } from '../history/store.ts';
import { joinsNodes } from '../joins-nodes.ts';
import { tell } from '../notices.ts';
import { userRoom } from '../user-room.ts';
import { logOf, roomOfLog } from './names.ts';
import { ShortWay } from './short-way.ts';
import { stampOf } from './stamp.ts';

/** A message for a room, and who does not get it. */
export interface Broadcast {
  readonly event: string;
  readonly payload: unknown;
  readonly exceptSockets: readonly string[];
  readonly exceptUsers: readonly string[];
  readonly id?: string | undefined;
}

/** Says something in a room, and keeps it where there is a history (SV-8). */
export class Broadcaster {
  /** How many messages were kept. */
  appends = 0;
  readonly #namespace: Namespace;
  readonly #history: HistoryStore | undefined;
  readonly #shortWay: ShortWay;
  #adapter: Namespace['adapter'] | undefined;
  /** What nodes are being told about a room: what is said there is said behind it. */
  readonly #telling = new Map<string, Promise<void>>();

  /**
   * `told` is called with what some node told by `tell`.
   *
   * @throws ServerError `history-of-one-node`.
   */
  constructor(
    namespace: Namespace,
    history: HistoryStore | undefined,
    told: (room: string, words: string) => void,
  ) {
    this.#namespace = namespace;
    this.#history = history;
    this.#shortWay = new ShortWay(namespace);
    this.#checkAdapter();
    history?.attend?.((log) => {
      const room = roomOfLog(namespace, log);
      return room !== null && namespace.adapter.rooms.has(room);
    });
    history?.follow?.({
      deliver: (log, message) => this.#deliver(log, message),
      told(log, words) {
        const room = roomOfLog(namespace, log);
        if (room !== null) told(room, words);
      },
      restarted: (log, cursor) => this.#restarted(log, cursor),
      rooms: () => Array.from(namespace.adapter.rooms.keys(), (room) => logOf(namespace, room)),
      failed: (error) => this.#failed(error),
    });
  }

  /**
   * Gives the cursor when it is kept; `undefined` for what is not to be. Without `async`: where there is nothing to wait
   * for, it is sent in the turn in which it was said, and a promise is made at the end of it, not more.
   */
  broadcast(room: string, broadcast: Broadcast, isKept: boolean): Promise<string | undefined> {
    try {
      if (this.#history === undefined || !isKept) {
        this.#emit(room, broadcast);
        return Promise.resolve(undefined);
      }
      checkEvent(broadcast.event);
      checkId(broadcast.id);
      const payload = written(broadcast.payload);
      this.#checkAdapter();
      const telling = this.#telling.size === 0 ? undefined : this.#telling.get(room);
      const kept =
        telling !== undefined
          ? telling.then(() => this.#append(room, broadcast, payload))
          : this.#append(room, broadcast, payload);
      if (!isPromise(kept)) return Promise.resolve(this.#kept(room, broadcast, payload, kept));
      return this.#told(kept.then((appended) => this.#kept(room, broadcast, payload, appended)));
    } catch (error) {
      return this.#told(Promise.reject(error));
    }
  }

  /** A caller who does not look at the promise is not to end the process. */
  #told<T>(promise: Promise<T>): Promise<T> {
    promise.catch((error) => this.#failed(error));
    return promise;
  }

  #append(
    room: string,
    { event, id, exceptSockets, exceptUsers }: Broadcast,
    payload: string,
  ): Awaitable<Appended> {
    const history = this.#history as HistoryStore;
    const log = logOf(this.#namespace, room);
    if (id === undefined && exceptSockets.length === 0 && exceptUsers.length === 0)
      return history.append(log, { event, payload });
    return history.append(log, {
      event,
      payload,
      ...(exceptUsers.length > 0 && { exceptUsers }),
      ...(exceptSockets.length > 0 && { exceptSockets }),
      ...(id !== undefined && { id }),
    });
  }

  #kept(room: string, broadcast: Broadcast, text: string, { cursor, isRepeat }: Appended): string {
    if (isRepeat) return cursor;
    this.appends += 1;
    // Where nodes follow, each sends it when it hears of it, this one too.
    if (this.#history?.follow === undefined) this.#send(room, broadcast, text, cursor);
    return cursor;
  }

  /**
   * Tells all nodes, in order with what is said in the room: an adapter may be slower than the history. Where a history
   * cannot, that has to do.
   */
  tell(room: string, words: string): void {
    const telling = this.#history?.tell?.(logOf(this.#namespace, room), words);
    if (telling === undefined) return;
    this.#telling.set(room, telling);
    const isOver = () => {
      if (this.#telling.get(room) === telling) this.#telling.delete(room);
    };
    telling.then(isOver, (error) => {
      isOver();
      this.#failed(error);
    });
  }

  #deliver(log: string, { cursor, payload: text, ...message }: DeliveredMessage): void {
    const room = roomOfLog(this.#namespace, log);
    if (room === null || !this.#namespace.adapter.rooms.has(room)) return;
    try {
      this.#send(room, { ...message, payload: readPayload(text) }, text, cursor);
    } catch (error) {
      this.#failed(error);
    }
  }

  #restarted(log: string, cursor: string): void {
    const room = roomOfLog(this.#namespace, log);
    if (room !== null) this.#namespace.local.to(room).emit(skipEvent, stampOf(room, cursor));
  }

  #emit(room: string, { event, payload, exceptSockets, exceptUsers }: Broadcast): void {
    this.#namespace
      .to(room)
      .except([...exceptSockets, ...exceptUsers.map(userRoom)])
      .emit(event, payload);
  }

  /** To the members that are on this node. */
  #send(room: string, broadcast: Broadcast, text: string, cursor: string): void {
    const { event, payload, exceptSockets, exceptUsers } = broadcast;
    const stamp = stampOf(room, cursor);
    const isForAll = exceptSockets.length === 0 && exceptUsers.length === 0;
    if (isForAll && isPlain(text) && this.#shortWay.isOpen()) {
      this.#shortWay.send({ room, event, payload, stamp }, text);
      return;
    }
    const members = this.#namespace.local.to(room);
    members.except([...exceptSockets, ...exceptUsers.map(userRoom)]).emit(event, payload, stamp);
    const left = isForAll ? [] : this.#leftOut(room, broadcast);
    if (left.length > 0) this.#namespace.local.to(left).emit(skipEvent, stamp);
  }

  /** Those of whom it is excepted that are in the room: nobody else may learn of it. */
  #leftOut(room: string, { exceptSockets, exceptUsers }: Broadcast): string[] {
    const { rooms } = this.#namespace.adapter;
    const members = rooms.get(room);
    const left = new Set<string>();
    for (const name of [...exceptSockets, ...exceptUsers.map(userRoom)])
      for (const id of rooms.get(name) ?? []) if (members?.has(id)) left.add(id);
    return [...left];
  }

  /** It may be set after `rooms()` was called. */
  #checkAdapter(): void {
    const { adapter } = this.#namespace;
    if (adapter === this.#adapter) return;
    if (this.#history !== undefined && this.#history.follow === undefined && joinsNodes(adapter))
      throw new ServerError(
        'history-of-one-node',
        'the adapter joins several nodes, and the history is of this one alone',
      );
    this.#adapter = adapter;
  }

  #failed(error: unknown): void {
    tell(this.#namespace, { kind: 'failed', where: 'rooms', error });
  }
}

/** Before it is kept: what Socket.IO refuses to send would be in the log, and nowhere else. */
function checkEvent(event: string): void {
  if (typeof event === 'string' && event !== '' && !reserved.has(event)) return;
  throw new ServerError('bad-argument', `broadcast() was given an event that cannot be sent`);
}

/** Of Socket.IO. */
const reserved: ReadonlySet<string> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

function checkId(id: string | undefined): void {
  if (id === undefined || (typeof id === 'string' && id !== '' && id.length <= longestId)) return;
  throw new ServerError('bad-argument', `\`id\` of broadcast() is no string of 1 to ${longestId} characters`);
}

/** Room for a user and the id of a message. */
const longestId = 512;

function written(payload: unknown): string {
  try {
    return writePayload(payload);
  } catch (cause) {
    throw new ServerError('bad-argument', 'broadcast() was given a payload that JSON cannot carry', {
      cause,
    });
  }
}
