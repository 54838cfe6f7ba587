import type { Awaitable } from '../awaitable.ts';

/**
 * The logs of rooms, for `rooms({ history })`: `memoryHistory()`, `redisHistory(client)`, or one of your own.
 *
 * A room's log numbers its messages: from 1, growing by one, without holes. A cursor is a place in it,
 * `<generation>:<sequence>`; 0 is before the first message. A log that was lost, in whole or in part, and goes on all
 * the same, has another generation from there on: no number is given twice within one. A generation is 1 to 32 of
 * `A-Z a-z 0-9 _ -`.
 *
 * Names of rooms and texts of payloads are opaque: they are kept and given back as they are.
 */
export interface HistoryStore {
  /**
   * Adds a message at the end of a room's log, which it makes where there is none. Done when the message is kept as
   * safely as this store ever keeps one. Of two appends at a time one comes first, and the log has both.
   *
   * With an `id` that came before in this room, within the store's time for them, it adds nothing, and gives the cursor
   * of the first time.
   *
   * Rejects, or throws, when the message is not kept; where that cannot be known, the same again with the same `id`
   * must do no harm. Without `follow`, the message is sent to the members when this is done: appends to a room should
   * then be done in the order of its log.
   */
  append(room: string, message: NewMessage): Awaitable<Appended>;
  /**
   * What came after a cursor, for each room that is asked for, in the order asked. `budget` is for all of them together,
   * and never overrun, but for one thing: where there is anything at all to give, and a budget for one message or more,
   * the first message is given however many bytes it has. So whoever asks on from where they were left gets to the end.
   *
   * A cursor that this log did not give, of whatever shape, or that lies before the first message that is still kept,
   * is a `reset`: what was missed cannot be said, and nothing is given.
   */
  read(asked: readonly Reading[], budget: Budget): Awaitable<readonly Page[]>;
  /**
   * For a store of several nodes: from now on every message that any node appends is delivered here, this node's own
   * included, each room's in the order of its log, none left out. It may be called once for each namespace, and each
   * follower hears of everything.
   *
   * `read` must wait until this node is sure to hear of what comes, and then until it has heard of all that was said or
   * told before its answer was made: whoever was removed from a room on another node must not be given what was said
   * there afterwards.
   */
  follow?(follower: Follower): void;
  /**
   * With `follow`: tells every node's followers, this one's included, something about a room, in order with what is
   * appended: who has heard of a later message has heard of this before. It is in no log. Done when it is sure to be told.
   */
  tell?(room: string, words: string): Promise<void>;
  /**
   * For a store that forgets where a room stands when nobody has written to it or asked for it for a while: who is in it
   * holds a cursor of it all the same. May be called once for each namespace. With `follow`, the follower says as much.
   */
  attend?(isOccupied: (room: string) => boolean): void;
  /** What is cheap to know of it, for metrics. */
  size?(): HistorySize;
}

/** What is to be kept. */
export interface NewMessage {
  readonly event: string;
  /** A text. */
  readonly payload: string;
  /** Users who may not read it. */
  readonly exceptUsers?: readonly string[];
  /** Sockets that do not get it now; whoever follows is told of them. */
  readonly exceptSockets?: readonly string[];
  /** Said again under the same id, it is kept once. */
  readonly id?: string;
}

/** Where a message was kept. */
export interface Appended {
  /** Of the message, or of the first one with this `id`. */
  readonly cursor: string;
  /** Whether its `id` came before: then nothing was added. */
  readonly isRepeat: boolean;
}

/** From where a room is read. */
export interface Reading {
  readonly room: string;
  /** `null`: nothing was missed, the end of the log is asked for. */
  readonly after: string | null;
}

/** How much may be read at once. */
export interface Budget {
  readonly messages: number;
  /** UTF-8 bytes of payloads. */
  readonly bytes: number;
}

/** What was read of one room. */
export interface Page {
  /** Where to go on from: the last of `messages`, or the end of the log. */
  readonly cursor: string;
  /** Oldest first. */
  readonly messages: readonly KeptMessage[];
  /** There is more after `cursor`. */
  readonly more?: true;
  /** The cursor that was asked with is not known. `cursor` is the end of the log. */
  readonly reset?: true;
}

/** A message of a room's log. */
export interface KeptMessage {
  /** Its place: 1 is the first of the log. */
  readonly sequence: number;
  readonly event: string;
  /** The text that was appended. */
  readonly payload: string;
  /** Users who may not read it. */
  readonly exceptUsers?: readonly string[];
}

/** Who is told what any node appends: the rooms of one namespace, on one node. No method throws. */
export interface Follower {
  /** A message was appended, here or elsewhere: it is sent to the members of the room on this node. */
  deliver(room: string, message: DeliveredMessage): void;
  /** What some node told, in order with the messages. */
  told(room: string, words: string): void;
  /** The log of this room was lost and begins anew at `cursor`. */
  restarted(room: string, cursor: string): void;
  /** Rooms with members on this node: those that have to hear of what is said, and that hold cursors. */
  rooms(): Iterable<string>;
  /** Something went wrong that nobody else hears of. */
  failed(error: unknown): void;
}

/** A message as it is delivered to a node. */
export interface DeliveredMessage {
  readonly cursor: string;
  readonly event: string;
  /** The text that was appended. */
  readonly payload: string;
  /** Users who may not read it. */
  readonly exceptUsers: readonly string[];
  /** Sockets that do not get it. */
  readonly exceptSockets: readonly string[];
}

/** How much there is, where that is cheap to know; for metrics. */
export interface HistorySize {
  /** Rooms that have messages. */
  readonly rooms?: number;
  /** Messages that are kept. */
  readonly messages?: number;
  /** What they take, about. */
  readonly bytes?: number;
  /** By how many messages this node is behind. */
  readonly behind?: number;
}
