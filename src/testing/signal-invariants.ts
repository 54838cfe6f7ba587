import { lastWord } from '../../machines/policy.ts';
import type { Invariant, Observation } from './invariants.ts';
import { flows } from './link-world.ts';

/** What signals may do to a link, and what they must. Only where timers are on time. */
export const signalInvariants: readonly Invariant[] = [
  {
    clauses: ['EN-2'],
    promise: 'a link over a network that flows is not given up for silence',
    check(seen) {
      const { statuses, cameAt, world, settings } = seen;
      const [before, lost] = statuses.slice(-2);
      if (before?.state !== 'connected' || lost?.state !== 'reconnecting') return undefined;
      if (!lost.cause.message.startsWith('no sign of life')) return undefined;
      // An event of the app's own may go unanswered.
      if (settings.dialect.probe !== undefined || settings.deadlines.probe < slowestAnswer) return undefined;
      const flowed = (cameAt.at(-1) ?? 0) - world.witness.networkSince;
      return flows(world.network) && flowed >= verdictAfter(seen)
        ? `given up after ${flowed} ms of it`
        : undefined;
    },
  },
  {
    clauses: ['EN-2'],
    promise: 'a dead link that a signal throws doubt on is noticed in time',
    check(seen) {
      const { connection, world } = seen;
      const doubt = world.witness.doubts.latest;
      if (doubt?.isSilent !== true) return undefined;
      if (connection.getStatus().state !== 'connected' || world.link.dials() !== doubt.dials)
        return undefined;
      const silence = world.clock.awake() - doubt.awake;
      return silence > verdictAfter(seen) ? `connected, after ${silence} ms of silence` : undefined;
    },
  },
  {
    clauses: ['EN-3'],
    promise: 'a page that is put away tries nothing',
    check({ world }) {
      const before = world.witness.doubts.dialsBeforeAway;
      if (before === null || world.link.dials() === before) return undefined;
      return `${world.link.dials() - before} attempts`;
    },
  },
];

/** Ms to the server and back over a slow network, and a little more. */
const slowestAnswer = 1_500;

function verdictAfter({ settings }: Observation): number {
  return settings.deadlines.probe + lastWord;
}
