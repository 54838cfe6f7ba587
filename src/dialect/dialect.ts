import type { Observable } from 'rxjs';
import type { Auth } from '../link/link.ts';

/** How this server is talked to: what sends, answers, rooms and a BYE look like on the wire. */
export interface Dialect {
  /** The server's last word before it closes the link (RE-7), or `undefined` when the message is none. */
  readBye(event: string, args: readonly unknown[]): unknown;
  /** Tells a refusal from an answer in the first argument of an acknowledgement. */
  readAnswer(answer: unknown): ReadAnswer;
  /** The arguments that a queued message has on the wire. Its id stays the same over resends (OB-3). */
  encode(message: OutgoingMessage): readonly unknown[];
  /** Asks for one room; resolves with the raw answer, rejects when there is none (RM-1). */
  join(room: string, call: Call): Promise<unknown>;
  /** Gives one room up; resolves with the raw answer, rejects when there is none. */
  leave(room: string, call: Call): Promise<unknown>;
  /**
   * Asks the server for a sign of life (EN-2); any answer is one. Resolves with the rooms that the server has this
   * connection in, `null` when it does not say (RM-3). Left out, or `undefined`, where the server knows no such event:
   * the link asks then.
   */
  probe?(call: Call): Promise<readonly string[] | null> | undefined;
  /**
   * Hands a fresh credential over on the open link (CR-9). Resolves with the raw answer, in which `readAnswer` tells a
   * refusal: `{ code, retryAfter? }` in its error says which, as in a handshake; `{ expiresIn }` in ms, in a yes, when the
   * server will end the link. Rejects when there is none. Left out where the server takes none.
   */
  renew?(auth: Auth, call: Call): Promise<unknown>;
  /** For servers that take many rooms in one go: the raw answer of each, in the order asked. */
  joinAll?(rooms: readonly string[], call: Call): Promise<readonly unknown[]>;
  /** For servers whose rooms keep logs: a dialect of one connection, which knows how far each was read (SV-8). */
  withLogs?(reader: LogReader): LogDialect;
}

/** How one connection talks to a server whose rooms keep logs (SV-8): wishes and cursors travel in its handshakes (RM-4). */
export interface LogDialect extends Dialect {
  /**
   * Called at each attempt, before the handshake, with every wished room: what goes into its `auth`, and the rooms that
   * are asked for with it. `joinAll` has the answers to these from the first packet, without a call.
   */
  greet(rooms: readonly string[]): LogGreeting;
  /** Called with every message: its place in its room's log, `ours` for one that is not the app's, `null` for any other. */
  read(event: string, args: readonly unknown[]): LogReading | 'ours' | null;
  /** Reads what was missed of these rooms, oldest first in each. An error is tried again, from where the inbox is then. */
  catchUp(rooms: readonly string[], call: Call): Observable<LogItem>;
  /** From here on the room's log is read after this cursor; false when that is none. */
  startAfter(room: string, cursor: string): boolean;
  /** The link ended, and what it was asked is answered no more. */
  ended(): void;
  /** Forgets how far a room was read, or every room. */
  forget(room?: string): void;
}

/** Of one connection: with logs, or without. */
export type AnyDialect = Dialect & Partial<LogDialect>;

/** What a handshake says for the app. */
export interface LogGreeting {
  /** Goes into the `auth` of the handshake, beside the credential. */
  readonly auth: Auth;
  /** Those that are asked for in it. */
  readonly rooms: readonly string[];
  /** Some of them are asked for with what was missed there. */
  readonly catchesUp: boolean;
}

/** A place in the log of a room, as the server numbers it. */
export interface LogPosition {
  /** Of the log: one that was lost and began anew has another, and its numbers mean other messages. */
  readonly generation: string;
  /** Grows by one with each message of the room; 0 is before the first. */
  readonly sequence: number;
}

/** Where a message stands in the log of its room. */
export interface LogPlace {
  /** The same for every copy of the message. */
  readonly id: string;
  readonly room: string;
  /** What `startAfter` takes, and `join(room, { after })` with it: opaque. */
  readonly cursor: string;
  /** `null` while nobody has said of the room from where on it is read. */
  readonly at: LogPosition | null;
  /** Nothing is there for this client: only its place counts. */
  readonly isSkip?: true;
}

/** A message that was missed, with its place. */
export interface LogItem {
  readonly event: string;
  readonly payload: unknown;
  readonly place: LogPlace;
}

/** A message of the app that is in the log of a room. */
export interface LogReading {
  readonly place: LogPlace;
  /** Without what belongs to the log. */
  readonly args: readonly unknown[];
}

/** What the inbox knows of logs, and is told of them. */
export interface LogReader {
  /** By room, the cursor after which to ask. */
  cursors(): Readonly<Record<string, string>>;
  /** Somebody said from where on the room is read. */
  isRead(room: string): boolean;
  /**
   * The room is read from here on: nothing up to here will come. One that is read already goes on where it is, in this
   * generation: the server said that its numbers go on.
   */
  begin(room: string, at: LogPosition): void;
  /** There is something to catch up on. */
  owe(): void;
  /** The logs of these rooms were lost, or forgotten so far: each goes on from here, or is read no more (SY-3). */
  lose(rooms: ReadonlyMap<string, LogPosition | null>): void;
  /** The server has taken the connection out of the room. */
  removed(room: string, error: unknown): void;
  /** The room is read no more: somebody left it. */
  forget(room: string): void;
}

/** A message of the outbox, as `send` took it. */
export interface OutgoingMessage {
  /** The same over resends and reloads (OB-3). */
  readonly id: string;
  readonly event: string;
  readonly payload: unknown;
}

/** Emits on the open link and waits for the first argument of the acknowledgement; rejects when none comes in time. */
export type Call = (event: string, ...args: unknown[]) => Promise<unknown>;

/** What an acknowledgement says. `retryable`: the same may be sent again, and may then be granted (OB-6). */
export type ReadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown; readonly retryable: boolean };
