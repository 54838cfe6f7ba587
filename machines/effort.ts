/**
 * How long a client has been trying (LC-8). Time that a person could not have used does not count: offline, hidden,
 * frozen. Durations lie between two readings of the clock, so a step backwards counts as zero, and a reading beyond
 * what the running timer asked for counts as sleep.
 */
export interface Effort {
  /** Ms counted so far. */
  readonly spent: number;
  /** Clock reading since which time counts, or `null` while it does not. */
  readonly since: number | null;
  /** The most that may be counted from there: what the running timer asked for. 0 while nothing is being tried. */
  readonly asked: number;
}

export const noEffort: Effort = { spent: 0, since: null, asked: 0 };

/** Something is being tried from now on, for at most `asked` ms. */
export function begin(effort: Effort, now: number, asked: number, watched: boolean): Effort {
  return { spent: spentBy(effort, now), since: watched ? now : null, asked };
}

/** Nothing is being tried any more. */
export function end(effort: Effort, now: number): Effort {
  return { spent: spentBy(effort, now), since: null, asked: 0 };
}

/** The world changed in the middle of it: time counts from here, or no longer. */
export function watch(effort: Effort, now: number, watched: boolean): Effort {
  const spent = spentBy(effort, now);
  // What was counted already is off the timer: after a signal, a sleep would count once more otherwise.
  const asked = effort.asked - (spent - effort.spent);
  return { spent, since: watched && asked > 0 ? now : null, asked };
}

/** Ms of trying up to this reading of the clock. */
export function spentBy(effort: Effort, now: number): number {
  if (effort.since === null) return effort.spent;
  return effort.spent + Math.min(Math.max(0, now - effort.since), effort.asked);
}
