import type { Failure, Verdict } from './verdict.ts';

/** What users say through the methods of a connection. */
export type UserEvent =
  | { readonly type: 'user.connect'; readonly identity?: string }
  | { readonly type: 'user.disconnect' }
  | { readonly type: 'user.retry' }
  | { readonly type: 'user.credential-changed' }
  | { readonly type: 'user.sign-out' }
  | { readonly type: 'user.dispose' };

/**
 * What the credential provider's call came to (CR-3). The credential itself stays outside the machine (CR-12):
 * an event carries the attempt's epoch, and whether the server has refused this very token before (CR-6).
 */
export type CredentialEvent =
  | {
      readonly type: 'credential.granted';
      readonly epoch: number;
      readonly refusedBefore: boolean;
      /** Ms that it lasts from now on. Left out where nobody said, or for ever. */
      readonly expiresIn?: number;
    }
  | { readonly type: 'credential.refused'; readonly epoch: number; readonly failure: Failure }
  | {
      readonly type: 'credential.unavailable';
      readonly epoch: number;
      readonly failure: Failure;
      readonly retryAfter: number | null;
    };

/** What the link says, already judged by the classifier (RE-9). Each carries the epoch of its attempt (LK-2). */
export type LinkEvent =
  | {
      readonly type: 'link.opened';
      readonly epoch: number;
      readonly recovered: boolean;
      /** The app wants to be in rooms. Left out for no. */
      readonly hasRooms?: boolean;
      /** The handshake asked for what was missed in some of them. Left out for no. */
      readonly catchesUp?: boolean;
    }
  | { readonly type: 'link.refused'; readonly epoch: number; readonly verdict: Verdict }
  | { readonly type: 'link.failed'; readonly epoch: number; readonly verdict: Verdict }
  | { readonly type: 'link.lost'; readonly epoch: number; readonly verdict: Verdict };

/** What the world says through the Signals port (EN-1). */
export type WorldEvent =
  | { readonly type: 'world.online' }
  | { readonly type: 'world.offline' }
  | { readonly type: 'world.visible' }
  | { readonly type: 'world.hidden' }
  | { readonly type: 'world.frozen' }
  | { readonly type: 'world.resumed' }
  | { readonly type: 'world.suspended' };

/** What is made good after a link was accepted, in this order; then the outbox opens (OB-2). */
export type RestoringStep = 'rooms' | 'missed';

/** What a step of restoring came to. */
export type RestoringEvent =
  | { readonly type: 'restoring.done'; readonly epoch: number }
  | {
      readonly type: 'restoring.failed';
      readonly epoch: number;
      readonly failure: Failure;
      /** Another try could go better. */
      readonly mayRetry: boolean;
    };

/** What the inbox noticed: a stream of messages went on without some (MS-3). */
export type InboxEvent = { readonly type: 'inbox.gap'; readonly epoch: number };

/** What a probe of the link came to (EN-2). Silence is no event: the chart keeps the time. */
export type ProbeEvent =
  | { readonly type: 'probe.answered'; readonly epoch: number }
  /** The server answers, but does not have this connection in the rooms that it joined (RM-3). */
  | { readonly type: 'probe.ghost'; readonly epoch: number };

/** What the server said to a fresh credential on the open link (CR-9). Silence is no event: the chart keeps the time. */
export type RenewalEvent =
  | {
      readonly type: 'renewal.accepted';
      readonly epoch: number;
      /** Ms until the server ends the link, as it says. */
      readonly expiresIn?: number;
    }
  | { readonly type: 'renewal.refused'; readonly epoch: number; readonly verdict: Verdict };

/** Everything that the machine can be told. */
export type ConnectionEvent =
  | UserEvent
  | CredentialEvent
  | LinkEvent
  | WorldEvent
  | RestoringEvent
  | InboxEvent
  | ProbeEvent
  | RenewalEvent;

/** Every event type, so that tests can hold each (state, event) pair against the chart (LC-11). */
export const alphabet = [
  'user.connect',
  'user.disconnect',
  'user.retry',
  'user.credential-changed',
  'user.sign-out',
  'user.dispose',
  'credential.granted',
  'credential.refused',
  'credential.unavailable',
  'link.opened',
  'link.refused',
  'link.failed',
  'link.lost',
  'world.online',
  'world.offline',
  'world.visible',
  'world.hidden',
  'world.frozen',
  'world.resumed',
  'world.suspended',
  'restoring.done',
  'restoring.failed',
  'inbox.gap',
  'probe.answered',
  'probe.ghost',
  'renewal.accepted',
  'renewal.refused',
] as const satisfies readonly ConnectionEvent['type'][];

/** Compile-time proof that the alphabet leaves no event out: a missing one makes this type `never`-incompatible. */
type Missing = Exclude<ConnectionEvent['type'], (typeof alphabet)[number]>;
export const alphabetIsComplete: [Missing] extends [never] ? true : Missing = true;
