import type { Failure } from './verdict.ts';

/** Largest delay that timers keep: above it a timer of browsers and Node fires at once (CR-10). */
export const longestDelay = 2 ** 31 - 1;

/** Spread of the attempts of many clients whose network returns at one moment, in ms (RE-5). */
export const onlineSpread = 250;

/** Ms between the end of a probe's time and the verdict: what was received already is handed out meanwhile (EN-2). */
export const lastWord = 100;

/** How many attempts in a row a changed credential may start or hurry, before that counts as a storm. */
export const restartsInARow = 5;

/** When and how often to try again. Durations in ms; the defaults are those of RE-1, LC-7 and LC-8. */
export interface ReconnectPolicy {
  /** Bound of the first delay of an outage. */
  readonly first: number;
  /** Bound of the second delay. */
  readonly base: number;
  /** Growth of the bound from there on. */
  readonly factor: number;
  /** Highest bound. */
  readonly cap: number;
  /** Failed attempts in a row until `exhausted`. */
  readonly maxAttempts: number;
  /** Time of active trying until `exhausted` (LC-8). */
  readonly giveUpAfter: number;
  /** How long a link must hold until it counts as proven, which ends the count of attempts (LC-7). */
  readonly stableAfter: number;
  /** Whether `online` and `visible` start afresh from `exhausted`. */
  readonly resumeOnSignal: boolean;
  /** Replaces the schedule (RE-3). `undefined` stands for an answer that could not be used: the default serves. */
  readonly backoff?: ((request: BackoffRequest) => number | 'give-up' | undefined) | undefined;
}

/** What a `backoff` is told before each wait (RE-3). */
export interface BackoffRequest {
  /** Number of the attempt that the delay comes before. */
  readonly attempt: number;
  /** Ms of active trying so far: offline, hidden and frozen time does not count. */
  readonly elapsed: number;
  /** What the last attempt failed of, or what ended the link. */
  readonly cause: Failure;
}

/** What `createConnection` takes where nothing else is given (RE-1, LC-7, LC-8). */
export const defaultPolicy: ReconnectPolicy = {
  first: 1_000,
  base: 4_000,
  factor: 1.5,
  cap: 8_000,
  maxAttempts: Number.POSITIVE_INFINITY,
  giveUpAfter: 600_000,
  stableAfter: 5_000,
  resumeOnSignal: true,
};

/** The upper bound of the n-th delay in ms (RE-1); n counts from 1 since the last proven link. */
export function delayBound(policy: ReconnectPolicy, n: number): number {
  if (n <= 1) return policy.first;
  // Late in a long outage the power is Infinity, and 0 times that is NaN.
  return clampDelay(Math.min(policy.cap, policy.base * policy.factor ** (n - 2)));
}

/**
 * The n-th delay (RE-1). The first two are uniform from 0 on (full jitter): they pull a herd apart that was cut off at
 * one moment. From the third on a delay is at least half of its bound (equal jitter): whoever is apart stays apart, and
 * a wait that is never short needs no long ones to come to the same rate of attempts.
 */
function drawDelay(policy: ReconnectPolicy, random: () => number, n: number): number {
  const bound = delayBound(policy, n);
  const least = n <= 2 ? 0 : bound / 2;
  return least + random() * (bound - least);
}

/**
 * The wait before the next attempt, or `give-up`. A server's `retryAfter` is a floor, and on top of it comes a spread
 * between 0 and the bound of the schedule (RE-2), so that a herd told the same time does not come back at the same time.
 * A slot that was reserved for this client alone is kept to the millisecond: it is the server that spreads the herd
 * (SV-5).
 *
 * @param random Uniform in [0, 1).
 * @returns Ms, never more than timers hold (CR-10).
 */
export function nextDelay(
  policy: ReconnectPolicy,
  random: () => number,
  request: BackoffRequest & {
    /** Which delay it is, counted from 1 since the last proven link. */
    readonly n: number;
    /** The server's wish, in ms. */
    readonly retryAfter: number | null;
    /** `retryAfter` is a slot of this client alone. */
    readonly exact?: boolean | undefined;
  },
): number | 'give-up' {
  const { n, retryAfter, exact, ...asked } = request;
  const own = policy.backoff?.(asked);
  if (own === 'give-up') return own;
  if (exact && retryAfter !== null) return clampDelay(retryAfter);
  if (retryAfter === null) return clampDelay(own ?? drawDelay(policy, random, n));
  return clampDelay(retryAfter + random() * clampDelay(own ?? delayBound(policy, n)));
}

/** Shortest wait before something is asked for again on a link that lives: whoever fails at once is not asked in a loop. */
export const leastPause = 50;

/** The wait before something is asked for again on a link that lives: the n-th, by the schedule alone. */
export function nextPause(policy: ReconnectPolicy, random: () => number, n: number): number {
  return Math.max(leastPause, clampDelay(drawDelay(policy, random, n)));
}

/**
 * Ms from the receipt of a credential until it is renewed (CR-9): the lead time before it runs out, but half of its life
 * is let go by, so that one which lasts hardly longer is not fetched in a loop. Up to a tenth of the lead time earlier, so
 * that clients which connected together do not renew together.
 */
export function renewIn(ms: number, leadTime: number, random: () => number): number {
  const jitter = ms > leadTime ? (random() * leadTime) / 10 : 0;
  return clampDelay(Math.max(ms / 2, ms - leadTime) - jitter);
}

/** Keeps a delay within what timers can hold (CR-10): NaN and negatives become 0. */
export function clampDelay(ms: number): number {
  return ms > 0 ? Math.min(ms, longestDelay) : 0;
}
