import type { HoldfastError } from '../errors.ts';
import type { LinkSession } from '../link/link.ts';
import { copyPayload } from '../payload.ts';
import { tooLarge } from './checks.ts';
import type { OutboxEntry } from './store.ts';

/** What Socket.IO writes around the arguments: packet type, namespace, number of the acknowledgement. */
const envelope = 64;

/** What a dialect may add before its arguments are worth measuring. */
const usualAddition = 1_024;

/** The largest message that this server takes, in bytes; `null` when it did not say. */
export function readMaxPayload(session: LinkSession): number | null {
  try {
    const max = session.maxPayload?.();
    return typeof max === 'number' && max > 0 ? max : null;
  } catch {
    return null;
  }
}

/**
 * Why a message cannot be sent on this link, or `null`. A server closes the link on a message that is too large for
 * it, and would do so again each time (LK-5).
 */
export function tooLargeFor(
  max: number | null,
  { event, bytes }: OutboxEntry,
  args: readonly unknown[],
): HoldfastError | null {
  // In UTF-8 a name takes three bytes for each of its units, at most.
  if (max === null || bytes + 3 * event.length + usualAddition <= max) return null;
  const { largest } = copyPayload([event, ...args]);
  return largest + envelope <= max ? null : tooLarge(largest + envelope, max);
}
