import type { CredentialEvent, ProbeEvent, RenewalEvent, RestoringEvent, RestoringStep } from './events.ts';
import type { Classifier, Failure, FailureCode } from './verdict.ts';

/** Why the provider is called: for logging, and for providers that treat a first sign-in apart. */
export type AttemptReason =
  | 'connect'
  | 'retry'
  | 'reconnect'
  | 'signal'
  | 'changed'
  | 'refused'
  | 'expired'
  | 'kicked'
  | 'renewal';

/** What a provider call is about, as far as the machine knows it; the edge adds the abort signal (CR-1). */
export interface CredentialCall {
  /** Of the attempt: an answer to an older one changes nothing (CR-5). */
  readonly epoch: number;
  readonly identity: string;
  readonly reason: AttemptReason;
  /** Number of the attempt since the last proven link; 0 for a renewal on one. */
  readonly attempt: number;
  /** The next credential must be a fresh one. */
  readonly forceRefresh: boolean;
}

/**
 * What the machine asks of its surroundings. Every function here is total: it neither throws nor blocks, and what
 * goes wrong behind it comes back as an event (LC-13). XState 5 cannot survive a throw in an action.
 */
export interface Ports {
  /** Reading of the clock in ms. */
  now(): number;
  /** Uniform in [0, 1). */
  random(): number;
  readonly link: LinkPort;
  readonly credential: CredentialPort;
  readonly session: SessionPort;
  readonly classify: Classifier;
  /** Something went wrong that does not change the state (ER-2). */
  problem(failure: Failure): void;
}

/** The one link of the current identity. */
export interface LinkPort {
  /** Makes ready a link of this identity; one of another identity is closed for good first (ID-1). */
  open(identity: string): void;
  /** Starts an attempt; any older one is over. Its handshake waits for `authenticate` (CR-11). */
  dial(epoch: number): void;
  /** Hands over the credential that was granted for this epoch. */
  authenticate(epoch: number): void;
  /**
   * Hands the credential that was granted last over on the open link (CR-9). `settle` is called at most once, and never
   * after the returned function was called.
   */
  renew(epoch: number, settle: (event: RenewalEvent) => void): () => void;
  /** Ends attempt or link without a word; nothing more is heard of this epoch. */
  hangUp(epoch: number): void;
  /** As `hangUp`, but the server sees a lost transport instead of a goodbye, and can recover the session (EN-3). */
  suspend(epoch: number): void;
  /** Ends it for good: the session is forgotten, and recovery with it. */
  close(): void;
}

/** The credential provider, and the memory of what the server refused. Credentials stay behind it (CR-12). */
export interface CredentialPort {
  /** Asks the provider; `settle` is called at most once, and never after the returned function was called. */
  call(call: CredentialCall, settle: (event: CredentialEvent) => void): () => void;
  /** The server does not take the credential granted for this epoch: it must not be presented again (CR-6). */
  markRefused(epoch: number): void;
  /** The user acted: what was refused before may be tried again. */
  forgive(): void;
}

/** What the app had before the link was lost, and wants again: its rooms, what it missed, what waits in its outbox. */
export interface SessionPort {
  /** Whose it is from here on; `null` for nobody. What was another's is forgotten, or stays stored for them (ID-1, ID-2). */
  belongTo(identity: string | null): void;
  /** A link was accepted. Nothing that the link before it had is taken for granted, not even if it was recovered (RM-3). */
  begin(recovered: boolean): void;
  /** Messages were missed: from here on, new ones wait until `open` (MS-4). */
  hold(): void;
  /** Works on one step; `settle` is called at most once, and never after the returned function was called. */
  restore(step: RestoringStep, epoch: number, settle: (event: RestoringEvent) => void): () => void;
  /**
   * Asks the server for a sign of life (EN-2); anything that arrives counts as one. `settle` is called at most once,
   * and never after the returned function was called.
   */
  probe(epoch: number, settle: (event: ProbeEvent) => void): () => void;
  /** Live: messages flow, and the outbox sends. */
  open(): void;
  /** Not live any more: the outbox stops. */
  pause(): void;
  /** The link is gone; `code` says what of, when it was lost. */
  end(code: FailureCode | null): void;
}
