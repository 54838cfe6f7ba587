import { cursorOf, type Missed, type RoomWish, readCursor } from '../wire.ts';
import type { LogItem, LogPlace, LogPosition } from './dialect.ts';
import { isListOfNames } from './list-of-names.ts';

/** Rooms in one handshake, or in one call. */
const mostRooms = 100;

/** Characters of names and cursors in one handshake, or in one call; a server takes 1,000,000 bytes unless told otherwise. */
const mostCharacters = 32_768;

/** Cuts a list of wishes into what one packet may bring. */
export function batchesOf(wishes: readonly RoomWish[]): RoomWish[][] {
  const batches: RoomWish[][] = [];
  let room = 0;
  for (const wish of wishes) {
    const size = String(wish).length;
    const last = batches.at(-1);
    if (last === undefined || last.length === mostRooms || size > room) {
      batches.push([wish]);
      room = mostCharacters;
    } else last.push(wish);
    room -= size;
  }
  return batches;
}

export interface ReadGrant {
  /** `null` where the room keeps no log. */
  readonly at: LogPosition | null;
  readonly missed: readonly unknown[];
  readonly more: boolean;
  readonly reset: boolean;
}

/** What an answer says of the room's log; `null` where it is no grant. */
export function readGrant(answer: unknown): ReadGrant | null {
  const { ok, cursor, missed, more, reset } = (answer ?? {}) as Record<string, unknown>;
  const at = readCursor(cursor);
  if (ok !== true) return null;
  return {
    at,
    missed: Array.isArray(missed) ? missed : [],
    more: more === true,
    reset: reset === true,
  };
}

/** Live or missed, a message has the same id: whatever came in both ways is known by it. */
export function placeAt(room: string, cursor: string, at: LogPosition | null): LogPlace {
  return { id: `${room} ${cursor}`, room, cursor, at };
}

/** `null` for what is no message. */
export function itemOf(room: string, generation: string, given: unknown): LogItem | null {
  if (!Array.isArray(given)) return null;
  const [sequence, event, payload] = given as unknown as Missed;
  const cursor = cursorOf(generation, sequence);
  const at = readCursor(cursor);
  if (at === null) return null;
  const place = placeAt(room, cursor, at);
  if (given.length === 1) return { event: '', payload: undefined, place: { ...place, isSkip: true } };
  return typeof event === 'string' ? { event, payload, place } : null;
}

/** Room and cursor in the last argument of a message, where it is a stamp. */
export function stampIn(given: unknown): readonly [room: string, cursor: string] | null {
  if (typeof given !== 'object' || given === null || !('holdfast' in given)) return null;
  const { holdfast } = given;
  return isListOfNames(holdfast) && holdfast.length === 2 ? (holdfast as unknown as [string, string]) : null;
}
