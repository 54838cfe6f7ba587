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
   * connection in, `null` when it does not say (RM-3). Left out where the server knows no such event: the link asks then.
   */
  probe?(call: Call): Promise<readonly string[] | null>;
  /**
   * Hands a fresh credential over on the open link (CR-9). Resolves with the raw answer, in which `readAnswer` tells a
   * refusal: `{ code, retryAfter? }` in its error says which, as in a handshake; `{ expiresIn }` in ms, in a yes, when the
   * server will end the link. Rejects when there is none. Left out where the server takes none.
   */
  renew?(auth: Auth, call: Call): Promise<unknown>;
  /** For servers that take many rooms in one go: the raw answer of each, in the order asked. */
  joinAll?(rooms: readonly string[], call: Call): Promise<readonly unknown[]>;
}

export interface OutgoingMessage {
  readonly id: string;
  readonly event: string;
  readonly payload: unknown;
}

/** Emits on the open link and waits for the first argument of the acknowledgement; rejects when none comes in time. */
export type Call = (event: string, ...args: unknown[]) => Promise<unknown>;

export type ReadAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown; readonly retryable: boolean };
