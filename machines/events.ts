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
  | { readonly type: 'credential.granted'; readonly epoch: number; readonly refusedBefore: boolean }
  | { readonly type: 'credential.refused'; readonly epoch: number; readonly failure: Failure }
  | {
      readonly type: 'credential.unavailable';
      readonly epoch: number;
      readonly failure: Failure;
      readonly retryAfter: number | null;
    };

/** What the link says, already judged by the classifier (RE-9). Each carries the epoch of its attempt (LK-2). */
export type LinkEvent =
  | { readonly type: 'link.opened'; readonly epoch: number; readonly recovered: boolean }
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
  | { readonly type: 'world.resumed' };

export type ConnectionEvent = UserEvent | CredentialEvent | LinkEvent | WorldEvent;

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
] as const satisfies readonly ConnectionEvent['type'][];

/** Compile-time proof that the alphabet leaves no event out: a missing one makes this type `never`-incompatible. */
type Missing = Exclude<ConnectionEvent['type'], (typeof alphabet)[number]>;
export const alphabetIsComplete: [Missing] extends [never] ? true : Missing = true;
