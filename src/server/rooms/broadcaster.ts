import type { Namespace } from 'socket.io';
import { type Stamp, skipEvent } from '../../wire.ts';
import { after } from '../awaitable.ts';
import { ServerError } from '../errors.ts';
import { readPayload, writePayload } from '../history/payload.ts';
import type { Appended, DeliveredMessage, HistoryStore } from '../history/store.ts';
import { joinsNodes } from '../joins-nodes.ts';
import { tell } from '../notices.ts';
import { userRoom } from '../user-room.ts';
import { logOf, roomOfLog } from './names.ts';

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
    this.#checkAdapter();
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

  /** Gives the cursor when it is kept; `undefined` for what is not to be. */
  async broadcast(room: string, broadcast: Broadcast, isKept: boolean): Promise<string | undefined> {
    const history = this.#history;
    try {
      if (history === undefined || !isKept) {
        this.#emit(this.#namespace, room, broadcast);
        return undefined;
      }
      const { exceptSockets, exceptUsers, id } = broadcast;
      const event = checkedEvent(broadcast.event);
      const payload = written(broadcast.payload);
      this.#checkAdapter();
      const telling = this.#telling.get(room);
      if (telling !== undefined) await telling;
      const kept = history.append(logOf(this.#namespace, room), {
        event,
        payload,
        ...(exceptUsers.length > 0 && { exceptUsers }),
        ...(exceptSockets.length > 0 && { exceptSockets }),
        ...(id !== undefined && { id: checkedId(id) }),
      });
      // Not awaited where there is nothing to wait for: it is sent in the turn in which it was said.
      return await after(kept, ({ cursor, isRepeat }: Appended) => {
        if (isRepeat) return cursor;
        this.appends += 1;
        if (history.follow === undefined) this.#send(room, broadcast, cursor);
        return cursor;
      });
    } catch (error) {
      this.#failed(error);
      throw error;
    }
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

  #deliver(log: string, { cursor, payload, ...message }: DeliveredMessage): void {
    const room = roomOfLog(this.#namespace, log);
    if (room === null || !this.#namespace.adapter.rooms.has(room)) return;
    try {
      this.#send(room, { ...message, payload: readPayload(payload) }, cursor);
    } catch (error) {
      this.#failed(error);
    }
  }

  #restarted(log: string, cursor: string): void {
    const room = roomOfLog(this.#namespace, log);
    if (room !== null) this.#namespace.local.to(room).emit(skipEvent, stampOf(room, cursor));
  }

  /** To the members that are on this node: on each node its own history does so. */
  #send(room: string, broadcast: Broadcast, cursor: string): void {
    const { local } = this.#namespace;
    const stamp = stampOf(room, cursor);
    this.#emit(local, room, broadcast, stamp);
    const left = this.#leftOut(room, broadcast);
    if (left.length > 0) this.#namespace.local.to(left).emit(skipEvent, stamp);
  }

  #emit(
    to: Pick<Namespace, 'to'>,
    room: string,
    { event, payload, exceptSockets, exceptUsers }: Broadcast,
    ...stamp: readonly Stamp[]
  ): void {
    const members = to.to(room);
    const those =
      exceptSockets.length + exceptUsers.length > 0
        ? members.except([...exceptSockets, ...exceptUsers.map(userRoom)])
        : members;
    those.emit(event, payload, ...stamp);
  }

  /** Those of whom it is excepted that are in the room: nobody else may learn of it. */
  #leftOut(room: string, { exceptSockets, exceptUsers }: Broadcast): string[] {
    if (exceptSockets.length + exceptUsers.length === 0) return [];
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

function stampOf(room: string, cursor: string): Stamp {
  return { holdfast: [room, cursor] };
}

/** Before it is kept: what Socket.IO refuses to send would be in the log, and nowhere else. */
function checkedEvent(event: string): string {
  if (typeof event === 'string' && event !== '' && !reserved.has(event)) return event;
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

function checkedId(id: string): string {
  if (typeof id === 'string' && id !== '' && id.length <= longestId) return id;
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
