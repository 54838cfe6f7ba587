import { leastPause, renewIn } from './policy.ts';

/**
 * What is known of a credential that runs out, and of its renewal (CR-9). Lifetimes are durations from a reading of the
 * clock at their receipt (CR-10). Nothing of it outlives the link.
 */
export interface Lifetime {
  /** When the credential that was granted last came, and how many ms it lasts from there; `null` where nobody said. */
  readonly from: number;
  readonly ms: number | null;
  /** Clock reading at which the one that the server has runs out. */
  readonly until: number;
  /** The one that the server has lasts no longer than the lead time. */
  readonly isShort: boolean;
  /** Failures in a row of the step under way. */
  readonly tries: number;
  /** Clock reading at which the next step is due. */
  readonly dueAt: number;
}

export const noLifetime: Lifetime = { from: 0, ms: null, until: 0, isShort: false, tries: 0, dueAt: 0 };

/** A credential came. */
export function granted(life: Lifetime, now: number, ms: number | null): Lifetime {
  return { ...life, tries: 0, from: now, ms };
}

/** The server took it, and may have said when it will end the link: whatever the provider thinks, the earlier end counts. */
export function accepted(life: Lifetime, now: number, ms: number | null): Lifetime {
  const isSooner = ms !== null && (life.ms === null || now + ms < life.from + life.ms);
  return isSooner ? { ...life, from: now, ms } : life;
}

/** The server has it from here on. A part of its life may be over: a handshake took it, or a server that was busy. */
export function planned(life: Lifetime, now: number, leadTime: number, random: () => number): Lifetime {
  const { from, ms } = life;
  if (ms === null) return life;
  const wait = Math.max(leastPause, renewIn(ms, leadTime, random) - Math.max(0, now - from));
  return { ...life, until: from + ms, isShort: ms <= leadTime, tries: 0, dueAt: now + wait };
}

/** The step under way came to nothing, and waits. */
export function paused(life: Lifetime, now: number, wait: number): Lifetime {
  return { ...life, tries: life.tries + 1, dueAt: now + wait };
}
