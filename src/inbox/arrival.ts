import { describe } from '../describe.ts';
import type { LogPlace } from '../dialect/dialect.ts';
import type { Merge } from '../identify.ts';
import type { Inbound } from '../inbound.ts';
import type { Mark } from './read-mark.ts';

/** A message on its way through the inbox. */
export interface Arrival {
  message: Inbound;
  /** In the log of its room, where that keeps one. */
  readonly place: LogPlace | null;
  /** `undefined` until `identify` was asked; `null` for a message outside of it. */
  mark: Mark | null | undefined;
  /** Another one of the same id took it in: only its place counts. */
  isMerged: boolean;
  /** A hole before it may be asked about; else it was, and is only told. */
  mayAsk: boolean;
}

/** What is known of a message by its place, and by what `identify` read: its id and version are the app's own. */
export function markOf({ place }: Arrival, read: Mark | null): Mark | null {
  if (place === null) return read;
  const { id, room, at } = place;
  return {
    id: read?.id ?? id,
    version: read?.version ?? 0,
    stream: room,
    sequence: at?.sequence ?? null,
    generation: at?.generation ?? null,
  };
}

/**
 * Of those with the same id that met while catching up, the first becomes what `merge` makes of them, and keeps its
 * place (SY-2). The others stay, for the place that they have in their streams.
 */
export function meet(arrivals: Iterable<Arrival>, merge: (first: Arrival, second: Arrival) => Inbound): void {
  const firsts = new Map<string, Arrival>();
  for (const arrival of arrivals) {
    const { mark } = arrival;
    if (mark === null || mark === undefined) continue;
    const first = firsts.get(mark.id);
    if (first?.mark === undefined || first.mark === null) {
      firsts.set(mark.id, arrival);
      continue;
    }
    const { replayed } = first.message;
    first.message = { ...merge(first, arrival), id: mark.id, replayed };
    const isPlaced = first.mark.sequence !== null;
    const { stream, sequence } = isPlaced ? first.mark : mark;
    first.mark = { ...first.mark, stream, sequence, version: Math.max(first.mark.version, mark.version) };
    arrival.isMerged = true;
  }
}

/** What serves where no `merge` does: the newer version, else the first. */
export function newerOf(first: Arrival, second: Arrival): Inbound {
  return (second.mark?.version ?? 0) > (first.mark?.version ?? 0) ? second.message : first.message;
}

/** Calls the user's `merge`; where it gave no message, tells in words what it gave instead (LC-13). */
export function mergeSafely(
  merge: Merge,
  { message: first }: Arrival,
  { message: second }: Arrival,
): Inbound | { readonly flaw: string } {
  try {
    const merged: Partial<Inbound> | null | undefined = merge(first, second);
    if (typeof merged?.event !== 'string') return { flaw: '`merge` gave no message' };
    const { event, payload, args, receivedAt = first.receivedAt } = merged;
    // Made by spreading, it has the arguments of one message and the payload of both.
    const rest = Array.isArray(args) ? args.slice(1) : [];
    return { event, payload, args: [payload, ...rest], replayed: first.replayed, receivedAt };
  } catch (thrown) {
    return { flaw: `\`merge\` threw: ${describe(thrown)}` };
  }
}
