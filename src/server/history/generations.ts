import { readCursor } from '../../wire.ts';

/**
 * A generation is `<epoch>-<period>`: an epoch is random and lasts until something was lost, a period is `ttl` long.
 *
 * A room that was never written to has no entry anywhere, and still there are cursors of it, of sequence 0. One that
 * was not written to or asked for during two periods is forgotten. So such a cursor is good for two periods: in a
 * shorter time nothing can have been written and forgotten again.
 */
export function generationOf(epoch: string, period: number): string {
  return `${epoch}-${period}`;
}

/** A log as it stands. */
export interface Standing {
  readonly generation: string;
  /** Sequence of the first message that is kept; where none is, of the next one. */
  readonly first: number;
  /** Sequence of the last message that there was. */
  readonly last: number;
}

/** After which sequence to read for a cursor, or `null` where it cannot be said what came after it. */
export function placeOf(cursor: string, log: Standing): number | null {
  const known = readCursor(cursor);
  if (known === null) return null;
  const { generation, sequence } = known;
  const isOfLog =
    generation === log.generation || (sequence === 0 && isRightBefore(generation, log.generation));
  return isOfLog && sequence >= log.first - 1 && sequence <= log.last ? sequence : null;
}

/** A room that there is no log of, now or any more. */
export function emptyLog(generation: string): Standing {
  return { generation, first: 1, last: 0 };
}

function isRightBefore(one: string, other: string): boolean {
  const [a, b] = [split(one), split(other)];
  return a.epoch === b.epoch && b.period - a.period === 1;
}

function split(generation: string): { epoch: string; period: number } {
  const at = generation.lastIndexOf('-');
  return { epoch: generation.slice(0, at), period: Number(generation.slice(at + 1)) };
}
