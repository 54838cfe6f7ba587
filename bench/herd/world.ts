/**
 * What is assumed about everything but the clients' schedules.
 *
 * - A crash is noticed at once, by everybody: the system resets the connections of a process that died.
 * - Each packet takes between 10 and 50 ms, drawn anew: also the no of a machine that listens to nobody.
 * - A handshake takes 50 ms from its arrival until the client is back.
 * - Whoever an over-full server has no room for is turned away at once, and costs it nothing.
 */
import type { Word } from './schedules.ts';

export function trip(random: () => number): number {
  return 10 + random() * 40;
}

/** Ms from the arrival of a handshake that is taken until the client is back. */
export const handshake = 50;

/** Ms after which a run ends; who is not back by then is not counted as back. */
export const horizon = 300_000;

/** Width of the bins in which arrivals are counted, in ms. */
export const grain = 10;

/** The times of `drain()` when it is not told others. */
export const drainDefaults = { over: 10_000, retryAfter: 1_000 };

/** The times of `admission()` when it is not told others. */
export const admissionDefaults = {
  burst: (rate: number) => Math.max(1, rate / 4),
  longestWait: 120_000,
};

/** What a handshake meets: it is let in, or turned away with a word or without one. */
export type Gate = (now: number) => 'in' | Word | null;
