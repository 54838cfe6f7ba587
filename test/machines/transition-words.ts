import { pathOf, verdicts } from './chart-events.ts';
import { isSpent, type Step } from './chart-walk.ts';
import { columns, rows } from './transition-table.ts';

/** The words of the table that depend on more than the state: what they mean, as the spec has it. */
export const words: Readonly<Record<string, (step: Step) => string>> = {
  /** The attempt or the link is over; the next one waits for its turn, if there is one (LC-8, RE-5). */
  later: (step) => {
    if (isUsedUp(step) || isSpentAt(step)) return 'exhausted';
    return isOnline(step) ? 'waiting' : 'offline';
  },

  /** As `later`, but whoever would have to plan a wait gives up instead: there is none to plan offline (RE-3). */
  'give up': (step) => (words['later']?.(step) === 'waiting' ? 'exhausted' : (words['later']?.(step) ?? '')),

  /** The one attempt with a forced refresh; an attempt that is that one already has failed for good (CR-6). */
  repair: ({ from: { context } }) =>
    context.reason === 'refused' || !context.hasProvider ? 'failed' : 'again',

  /** The attempt under way starts again with the new credential (CR-8), but not for ever: here, once. */
  restart: ({ from: { context } }) => (context.restarts > 0 ? '.' : 'again'),

  /** A new credential hurries the attempt that waits because of credentials, and no other (CR-8). */
  mends: (step) => {
    const code = step.from.context.cause?.code ?? '';
    const isMendable = ['unauthorized', 'credential-unavailable', 'credential-timeout'].includes(code);
    return isMendable && words['restart']?.(step) === 'again' ? 'now' : '.';
  },

  /** An attempt without a wait, the first time since a proven link (RE-7, LC-7). */
  'at once': (step) => {
    const mayBe = !step.from.context.hasHurried && !isUsedUp(step) && isOnline(step);
    return mayBe ? 'now' : (words['later']?.(step) ?? '');
  },

  /** The end of the dial was kept until the provider was done: it ends the attempt as in the handshake. */
  said: (step) => {
    const { dialVerdict } = step.from.context;
    const name = Object.keys(verdicts).find((each) => verdicts[each] === dialVerdict);
    const handshake = columns[pathOf(step.from).startsWith('a') ? 'a.hand' : 'r.hand'] ?? '';
    const word = rows.find(({ event }) => event === `no: ${name}`)?.cells[handshake] ?? '';
    return words[word]?.(step) ?? word;
  },

  /** The provider failed too: what the dial said for good stands, and only what may pass waits its turn (CR-7, RE-9). */
  end: (step) => {
    const { dialVerdict } = step.from.context;
    const isForGood = dialVerdict?.kind === 'superseded' || dialVerdict?.retry === 'never';
    return (isForGood ? words['said'] : words['later'])?.(step) ?? '';
  },

  /** Superseded may be taken back; else there is nothing to retry. */
  back: ({ from: { context } }) => (context.idleReason === 'superseded' ? 'start' : '.'),

  /** The world may have changed since it was given up (LC-8). */
  resume: ({ from: { context } }) => (context.policy.resumeOnSignal ? 'start' : '.'),

  /** The page is back: an attempt at once, if there is a network (EN-3, RE-5). */
  return: (step) => (isOnline(step) ? 'now' : 'offline'),

  /** Only what was asked is answered; then the link is over, and a fresh session follows (RM-3). */
  ghost: (step) => (isProbing(step) ? (words['at once']?.(step) ?? '') : '.'),

  /** A wait is trimmed to the time of trying that is left; what nobody watched was no trying (LC-8). */
  due: (step) => {
    if (isSpentAt(step)) return 'exhausted';
    return (step.from.context.wait?.rest ?? 0) > 0 ? 'waiting' : 'now';
  },
};

/** What a word comes to: the path, and whether a new attempt began. `.` is where it was, with nothing remembered. */
export function meaningOf(word: string, { from }: Step): string {
  const path = pathOf(from);
  const parent = path.startsWith('authenticating') ? 'authenticating' : 'reconnecting';
  switch (word) {
    case '.':
      return `${path}, the same`;
    case 'start':
      return 'authenticating.credential.dialing, a new attempt';
    case 'now':
      return 'reconnecting.credential.dialing, a new attempt';
    case 'again':
      return `${parent}.credential.dialing, a new attempt`;
    case 'hand':
      return `${parent}.handshake`;
    case 'dead':
      return `${parent}.credential.dialFailed`;
    case 'gone':
      return 'disposed';
    default:
      return columns[word] ?? `a word that means nothing: ${word}`;
  }
}

/** Failed attempts in a row, as many as are allowed (LC-8). */
function isUsedUp({ from: { context } }: Step): boolean {
  return context.attempt >= context.policy.maxAttempts;
}

function isSpentAt({ from: { context }, asked }: Step): boolean {
  return isSpent(context, asked.now);
}

function isOnline({ from: { context } }: Step): boolean {
  return context.world.online;
}

function isProbing({ from }: Step): boolean {
  return from.matches({ connected: { health: 'probing' } });
}
