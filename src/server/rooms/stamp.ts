import type { Stamp } from '../../wire.ts';

/** A message as the members of a room get it. */
export interface Stamped {
  readonly room: string;
  readonly event: string;
  readonly payload: unknown;
  readonly stamp: Stamp;
}

export function stampOf(room: string, cursor: string): Stamp {
  return { holdfast: [room, cursor] };
}
