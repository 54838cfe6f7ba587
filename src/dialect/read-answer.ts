import { gaveOther, threw } from '../callback-error.ts';
import type { HoldfastError } from '../errors.ts';
import type { Dialect, ReadAnswer } from './dialect.ts';

/**
 * What a dialect reads in an acknowledgement, or why it can read nothing: nothing is guessed, since an answer that was
 * taken for a refusal would lose a message. Never throws.
 */
export function readAnswer(
  dialect: Pick<Dialect, 'readAnswer'>,
  answer: unknown,
): ReadAnswer | HoldfastError {
  try {
    const read: Partial<ReadAnswer> = dialect.readAnswer(answer);
    if (read.ok === true) return { ok: true, value: read.value };
    if (read.ok === false) return { ok: false, error: read.error, retryable: read.retryable === true };
  } catch (thrown) {
    return threw(reader, thrown);
  }
  return gaveOther(reader, expected);
}

export const reader = '`dialect.readAnswer`';
const expected = '{ ok: true, value } or { ok: false, error, retryable }';
