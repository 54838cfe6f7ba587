import { isWhole } from '../whole-text.ts';

/** Rooms that this library keeps for itself: clients can neither join nor leave them. */
const ours = 'holdfast:';

/**
 * A socket is in here while its wish for the room is checked. Whoever takes it out of this room on any node, through
 * the adapter, has called the wish off.
 */
export function roomOfWish(room: string): string {
  return `${ours}wish:${room}`;
}

const longest = 200;

/** Whether a client may have said it: a string of sensible length that is none of ours. */
export function isRoomName(given: unknown): given is string {
  return (
    typeof given === 'string' &&
    given !== '' &&
    given.length <= longest &&
    !given.startsWith(ours) &&
    isWhole(given)
  );
}

export function isOurs(room: string): boolean {
  return room.startsWith(ours);
}

/** What Socket.IO makes for sockets: 15 random bytes in base64url. */
export function looksLikeSocketId(room: string): boolean {
  return /^[\w-]{20}$/.test(room);
}

/**
 * A room's log as a history knows it: one store may serve several namespaces. As in a packet of Socket.IO, where the main
 * one is left out, unless that would make two the same. No client can name a namespace with a comma in it.
 */
export function logOf({ name }: { readonly name: string }, room: string): string {
  return name === '/' && !room.startsWith('/') ? room : `${name},${room}`;
}

/** The room of a log, or `null` where it is another namespace's. */
export function roomOfLog({ name }: { readonly name: string }, log: string): string | null {
  if (!log.startsWith('/')) return name === '/' ? log : null;
  const start = `${name},`;
  return log.startsWith(start) ? log.slice(start.length) : null;
}
