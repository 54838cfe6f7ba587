import type { Auth, Link } from '../../link/link.ts';

/** A link of yours and the hands of a server that it talks to: fresh ones for every case. */
export interface LinkUnderTest {
  readonly link: Link;
  readonly server: ServerHands;
  /** Lets this many ms pass: real ones, or of the clock that your link and server live on. */
  pass(ms: number): Promise<void>;
  /** Ends the server, and whatever is left. */
  close(): Promise<void>;
}

/** What the suite does to the server, and sees of it. */
export interface ServerHands {
  /** What it does with handshakes from now on. A new server accepts. */
  next(behaviour: HandshakeBehaviour): void;
  /** Accepts the handshakes that hang, however late that is; those whose link is gone come to nothing. */
  release(): void;
  /** Breaks every connection off without a goodbye, accepted or not. */
  drop(): void;
  /** Says goodbye to every accepted link and ends it. */
  kick(): void;
  /** Sends an event on every accepted link. */
  say(event: string, ...args: readonly unknown[]): void;
  /** Whether it acknowledges what comes, with the first argument. A new server does. */
  acknowledge(does: boolean): void;
  /** Connections that are open now, accepted or not. */
  connections(): number;
  /** Links that are accepted now. */
  accepted(): number;
  /** The credential of every handshake so far, `{}` where there was none. */
  presented(): readonly Auth[];
  /** Every event that came so far. */
  heard(): readonly { readonly event: string; readonly args: readonly unknown[] }[];
}

/**
 * `refuse`: with the words `come back` and the data `{ code: 'busy', retryAfter: 1500 }`. `close`: ends the connection
 * instead of an answer. `hang`: no answer until `release()`. `recover`: accepts, and gives back the session that the
 * network broke, if the link asks for it.
 */
export type HandshakeBehaviour = 'accept' | 'refuse' | 'close' | 'hang' | 'recover';
