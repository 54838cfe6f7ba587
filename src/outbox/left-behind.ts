import { errorHints, HoldfastError, isHoldfastError } from '../errors.ts';
import type { Problems } from '../problems.ts';
import { reservedEvents } from './checks.ts';
import { isOutboxEntry } from './entry-shape.ts';
import { failureOf, type Message } from './message.ts';
import type { OutboxEntry } from './store.ts';

/**
 * The entries in what a store gave, whatever that is: the store may be somebody's own, and what it read may be
 * anybody's (LC-13). What is no entry is reported.
 */
export function readLoaded(given: unknown, problems: Pick<Problems, 'report'>): readonly OutboxEntry[] {
  try {
    const { entries, corrupt } = given as { entries: unknown[]; corrupt?: unknown };
    const words = Array.isArray(corrupt) ? corrupt.map(String) : [];
    const good = entries.filter(isSendable);
    if (good.length < entries.length) {
      words.push(`of what the store gave, ${entries.length - good.length} are no entries`);
    }
    for (const each of words) problems.report(new HoldfastError('store-corrupt', each));
    return good;
  } catch {
    const words = 'the store gave no entries: `load` returns { entries, corrupt }';
    problems.report(new HoldfastError('store-corrupt', words));
    return [];
  }
}

/** Nobody holds the delivery of such a message, so that its end is told here, unless it is a good one. */
export function tellEnd({ entry, life }: Message, problems: Pick<Problems, 'report'>): void {
  if (life.state !== 'refused' && life.state !== 'expired' && life.state !== 'unknown') return;
  const failure = failureOf(entry, life);
  const code = isHoldfastError(failure) ? failure.code : 'answer-refused';
  const words = isHoldfastError(failure) ? failure.message : 'the server answered with an error';
  const message = `left behind by an earlier run, ${entry.id} (${JSON.stringify(entry.event)}): ${words}`;
  problems.report({ code, message, hint: errorHints[code] });
}

/** As a store may keep it, and as it could have been sent. */
function isSendable(given: unknown): given is OutboxEntry {
  return isOutboxEntry(given) && given.id !== '' && given.event !== '' && !reservedEvents.has(given.event);
}
