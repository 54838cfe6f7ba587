/** What client and server say to each other beyond the app's own events. It imports nothing: both ends import it. */

/** Right before the server ends a link, it says why. */
export const byeEvent = 'holdfast:bye';

/** The server's last word (RE-7). `retryAfter` in ms. */
export interface Bye {
  readonly code: ByeCode;
  readonly retryAfter?: number;
}

/** Why the server ends a link (RE-7). */
export type ByeCode = 'superseded' | 'expired' | 'forbidden' | 'draining' | 'busy';

/** Why a handshake is refused: `data` of the error that the client sees. `retryAfter` in ms. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly retryAfter?: number;
  /** `retryAfter` is a slot reserved for this client alone: it comes then, without a spread of its own (RE-2, SV-5). */
  readonly exact?: true;
}

/** The words of a refused handshake (CR-6, CR-7, RE-2). */
export type RefusalCode = 'unauthorized' | 'expired' | 'forbidden' | 'busy' | 'draining';

/** A fresh credential for a link that is open (CR-9): `{ token }`, answered with a `Renewal`. */
export const renewEvent = 'holdfast:renew';

/** `expiresIn` in ms from receipt; left out where the credential does not expire. */
export type Renewal = { readonly expiresIn?: number } | { readonly error: Refusal };

/** Key in the handshake's `auth` under which a client says what it wishes; no credential may use it (RM-4). */
export const greetingKey = 'holdfast';

/** What travels in the handshake: rooms to be let into, each from where on. */
export interface Greeting {
  readonly v: 1;
  readonly rooms: readonly RoomWish[];
}

/** A room from now on; or with the cursor of the last message that is known, for all that came after it. */
export type RoomWish = string | readonly [room: string, cursor: string];

/** First packet of a link whose handshake brought a greeting. */
export const helloEvent = 'holdfast:hello';

/** One answer for each wish, in the order asked; or why the greeting as a whole was not read. */
export type Hello = { readonly rooms: readonly RoomAnswer[] } | RefusedWish;

/** `{ room, reason? }`: the server has taken the client out of the room. The app hears it as well. */
export const removedEvent = 'room:removed';

/** `RoomWish[]` on an open link, answered with `RoomAnswer[]`, or with a `RefusedWish` for all of it. */
export const joinEvent = 'holdfast:join';

export type RoomAnswer = RoomGrant | RefusedWish;

/** The client is in the room: whatever is broadcast there from here on reaches it. */
export interface RoomGrant {
  readonly ok: true;
  /** Up to where the room's log was read; left out where the room keeps none. */
  readonly cursor?: string;
  /** What came after the cursor of the wish, oldest first; left out where there is nothing. */
  readonly missed?: readonly Missed[];
  /** There is more after `cursor`: the same wish from there brings it. */
  readonly more?: true;
  /** The cursor of the wish is not known any more: what was missed cannot be said (SY-3). */
  readonly reset?: true;
}

/** No to a wish for rooms. `retryable`: the same may be asked again. */
export interface RefusedWish {
  readonly error: unknown;
  readonly retryable?: boolean;
}

/** A message by its place in the log; without event and payload, one that is not for this client. */
export type Missed =
  | readonly [sequence: number]
  | readonly [sequence: number, event: string, payload: unknown];

/** Last argument of a message that its room keeps: where it stands there (SV-8). */
export interface Stamp {
  readonly holdfast: readonly [room: string, cursor: string];
}

/** A message of the room that is not for this client, told by its `Stamp` alone: without it, it would look like a gap. */
export const skipEvent = 'holdfast:skip';

/**
 * `<generation>:<sequence>`. Sequences begin at 1 and grow by one; 0 is before the first. A log that was lost and began
 * anew has another generation, so that its numbers are not taken for those of the old one.
 */
export function cursorOf(generation: string, sequence: number): string {
  return `${generation}:${sequence}`;
}

/** `null` for what is no cursor. */
export function readCursor(
  given: unknown,
): { readonly generation: string; readonly sequence: number } | null {
  const [, generation, digits] =
    /^([\w-]{1,32}):(\d{1,15})$/.exec(typeof given === 'string' ? given : '') ?? [];
  return generation === undefined ? null : { generation, sequence: Number(digits) };
}

/** Asks for a sign of life; answered with `{ rooms }`, the names of those that the server has the client in (RM-3). */
export const probeEvent = 'holdfast:probe';

/** Key in a payload under which a queued message has its id (OB-3, SV-4); handlers do not see it. */
export const messageIdKey = 'holdfast:id';
