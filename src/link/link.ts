import type { Observed } from '../../machines/verdict.ts';
import type { Secret } from '../secret.ts';

/** What goes into Socket.IO's `auth`, made from the credential: `{ token, ...more }`. */
export type Auth = Readonly<Record<string, unknown>>;

/**
 * The port to a transport. `socketIo(url)` is the one that ships; another one passes the conformance kit (TS-4).
 * A link has no timers for deadlines and makes no decisions: the machine does.
 */
export interface Link {
  /** Makes a session for one identity. Dials nothing. Everything the session says goes to the sink, which never throws. */
  open(identity: string, sink: LinkSink): LinkSession;
}

/**
 * One identity's line to the server, used for one attempt after another (LK-1). Every attempt has an epoch, greater
 * than those before it; a call with an epoch that is not the current one does nothing. No method throws.
 */
export interface LinkSession {
  /** Starts an attempt: whatever was before it is over, and its late events are dropped (LK-2). */
  dial(epoch: number): void;
  /** The credential for this attempt, or `null` for none. The handshake waits for it; called at most once an epoch. */
  authenticate(epoch: number, auth: Secret<Auth> | null): void;
  /**
   * Ends the attempt or the link; the sink hears nothing more of this epoch. With `keepSession` the server sees a
   * lost transport instead of a goodbye, so that it can recover the session.
   */
  hangUp(epoch: number, options: { readonly keepSession: boolean }): void;
  /** Sends without an answer. False, and nothing sent now or later, when the link is not open. */
  emit(event: string, args: readonly unknown[]): boolean;
  /** Sends and waits for the first argument of the acknowledgement, `timeout` ms. Rejects with a `LinkCallError`. */
  call(event: string, args: readonly unknown[], timeout: number): Promise<unknown>;
  /**
   * Asks the server for what any server answers, without an effect there; `answered` is called at most once, when a
   * sign of life came, and not after the link ended. Asked again before that, the sign is for the newer one alone.
   * Nothing is asked while no link is open. Left out where there is no such thing.
   */
  probe?(answered: () => void): void;
  /** The largest message in bytes that the server takes, `null` when it did not say. */
  maxPayload?(): number | null;
  /** Ends it for good. Resolves when nothing is left that would keep a process alive. Idempotent. */
  close(): Promise<void>;
}

/** What a session tells. An attempt settles exactly once: opened, refused or failed; an opened one is lost at most once. */
export interface LinkSink {
  /** The server accepted. `recovered`: it gave back the session of the link before, with what was missed. */
  opened(epoch: number, details: { readonly recovered: boolean }): void;
  /** The server answered no. */
  refused(epoch: number, observed: Observed): void;
  /** No accepted link came of the attempt, and no refusal either. */
  failed(epoch: number, observed: Observed): void;
  /** The accepted link ended, by whomever but `hangUp` and `close`. */
  lost(epoch: number, observed: Observed): void;
  /** `replayed`: the server sent it again while it recovered the session, before `opened`. */
  received(epoch: number, event: string, args: readonly unknown[], replayed: boolean): void;
}

/** Why a `call` came to nothing. */
export class LinkCallError extends Error {
  override readonly name = 'LinkCallError';
  readonly reason: 'not-open' | 'timeout' | 'lost';

  constructor(reason: 'not-open' | 'timeout' | 'lost') {
    super(`the call ended without an answer: ${reason}`);
    this.reason = reason;
  }
}
