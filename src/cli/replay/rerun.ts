import { describe } from '../../describe.ts';
import { eventName } from '../../inspect/event-name.ts';
import type { Status } from '../../status.ts';
import { type Played, type PlayOptions, play } from '../../testing/replay.ts';
import type { Trace, TraceEntry } from '../../trace.ts';

/** A trace, played by the code of today. */
export interface Rerun {
  readonly steps: readonly Step[];
  /** Steps that went elsewhere than they were recorded, in order: what follows the first follows from it. */
  readonly differences: readonly Step[];
  /** Why it could not be played to its end. */
  readonly stopped: string | null;
}

export interface Step {
  /** Of the entry in the trace, from 1 on; 0 for where it begins. */
  readonly number: number;
  readonly at: number;
  /** What the chart was told: `link.refused`, `after wait` for a timer; `null` where the trace begins. */
  readonly event: string | null;
  readonly status: Status;
  readonly recorded: Place;
  readonly today: Place;
}

/** Where a step leads: the state path, and the code of the failure that it brought. */
export interface Place {
  readonly path: string;
  readonly cause: string | undefined;
}

export function rerun(trace: Trace, options: PlayOptions = {}): Rerun {
  const steps: Step[] = [];
  let stopped: string | null = null;
  try {
    for (const played of play(trace, options)) steps.push(stepOf(played, steps.length, trace));
  } catch (thrown) {
    // What a trace brings may be anything, and the chart of today may know a state no more.
    stopped = `${steps.length === 0 ? 'where it begins' : `at entry ${steps.length}`}: ${describe(thrown)}`;
  }
  return { steps, differences: steps.filter(isElsewhere), stopped };
}

function stepOf({ entry, status, path, cause }: Played, number: number, trace: Trace): Step {
  const today = { path, cause };
  if (entry === null) return { number, at: trace.startedAt, event: null, status, recorded: today, today };
  const recorded = { path: entry.to, cause: entry.cause };
  return { number, at: entry.at, event: eventOf(entry), status, recorded, today };
}

export function isElsewhere({ recorded, today }: Step): boolean {
  return recorded.path !== today.path || recorded.cause !== today.cause;
}

/** With the code of what the link said, where it said one: a refusal that a fresh credential cures is no cause. */
function eventOf({ event: { type, verdict } }: TraceEntry): string {
  const { code } = (verdict ?? {}) as { readonly code?: unknown };
  const name = eventName(type);
  return typeof code === 'string' ? `${name} ${code}` : name;
}
