import { defaultPolicy, delayBound, nextDelay, type ReconnectPolicy } from '../../machines/policy.ts';
import { classifySocketIo } from '../../machines/verdict.ts';

/** What a server says to whoever it does not take: when to come again, in ms. */
export interface Word {
  readonly code: 'busy' | 'draining';
  readonly retryAfter: number;
  readonly exact?: boolean;
}

/** The wait of a client before its next attempt. */
export interface Wait {
  /** Counts from 1 since the loss. */
  readonly n: number;
  /** Ms since the loss. */
  readonly elapsed: number;
  /** Ms that it waited the time before, 0 at first. */
  readonly last: number;
  /** `null` where nobody answered, or the answer says no time. */
  readonly word: Word | null;
}

/** How long a client waits, in ms. */
export type Schedule = (random: () => number, wait: Wait) => number;

/** holdfast's own policy and classifier: nothing of them is copied here. */
export function holdfast(policy: ReconnectPolicy = defaultPolicy): Schedule {
  return (random, { n, elapsed, word }) => {
    const { retryAfter, exact, ...cause } = word === null ? nobody : refusal(word);
    const delay = nextDelay(policy, random, { n, attempt: n, elapsed, cause, retryAfter, exact });
    if (delay === 'give-up') throw new Error('Nobody gives up within the time that is simulated.');
    return delay;
  };
}

/** Full jitter at every attempt, by the bounds of our policy. */
export function fullJitter(policy: ReconnectPolicy): Schedule {
  return (random, { n }) => random() * delayBound(policy, n);
}

/** "Decorrelated jitter": between the least and three times the wait before, up to the cap. */
export function decorrelated({ first, cap }: Pick<ReconnectPolicy, 'first' | 'cap'>): Schedule {
  return (random, { last }) => Math.min(cap, first + random() * (3 * Math.max(first, last) - first));
}

const nobody = classifySocketIo({ during: 'failed', message: 'down', systemCode: 'ECONNREFUSED' });

function refusal(word: Word) {
  return classifySocketIo({ during: 'refused', message: word.code, data: word });
}

/**
 * socket.io-client 4.8.4: `duration()` of `lib/contrib/backo2.ts` with the defaults of `lib/manager.ts`, which are
 * `reconnectionDelay` 1000, `reconnectionDelayMax` 5000 and `randomizationFactor` 0.5. At the highest delay nothing is
 * left of the spread.
 */
export const socketIo: Schedule = (random, { n }) => {
  const ms = 1_000 * 2 ** (n - 1);
  const draw = random();
  const deviation = Math.floor(draw * 0.5 * ms);
  const isLess = Math.floor(draw * 10) % 2 === 0;
  return Math.min(isLess ? ms - deviation : ms + deviation, 5_000);
};

/**
 * ably-js 2.28.0: `notifyState()` of `src/common/lib/transport/connectionmanager.ts` and `getRetryTime()` of
 * `src/common/lib/util/utils.ts`. A loss is followed by one attempt at once, and counts; after that comes
 * `disconnectedRetryTimeout`, stretched by the count and shortened by up to a fifth. When `connectionStateTtl` has
 * passed the client is `suspended`: the wait that runs is broken off, and every `suspendedRetryTimeout` one attempt
 * follows, without a spread.
 */
export const ably: Schedule = (random, { n, elapsed }) => {
  if (n === 1) return 0;
  if (elapsed >= connectionStateTtl) return suspendedRetryTimeout;
  const delay = disconnectedRetryTimeout * Math.min((n + 2) / 3, 2) * (1 - random() * 0.2);
  const left = connectionStateTtl - elapsed;
  return delay < left ? delay : left + suspendedRetryTimeout;
};

const disconnectedRetryTimeout = 15_000;
const suspendedRetryTimeout = 30_000;
const connectionStateTtl = 120_000;

/** phoenix 1.8.16: `reconnectAfterMs(tries)` of `assets/js/phoenix/socket.js`. A ladder without any chance. */
export const phoenix: Schedule = (_, { n }) => ladder[n - 1] ?? 5_000;

const ladder = [10, 50, 100, 150, 200, 250, 500, 1_000, 2_000];

/** centrifuge 5.8.0: `backoff(step, min, max)` with `minReconnectDelay` 500 and `maxReconnectDelay` 20000. */
export const centrifuge: Schedule = (random, { n }) => {
  const bound = Math.min(20_000, 500 * 2 ** Math.min(n - 1, 31));
  return Math.min(20_000, 500 + Math.floor(random() * (bound + 1)));
};
