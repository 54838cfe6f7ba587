import type { Status } from './status.ts';
import type { Transition } from './transitions.ts';

/** Counts since the connection was created (ST-6). */
export interface Stats {
  /** Attempts that were begun, forced refreshes of one attempt included. */
  readonly attempts: number;
  /** Links that the server accepted. */
  readonly connections: number;
  /** Accepted links that ended, by the code of the reason. */
  readonly losses: Readonly<Record<string, number>>;
  /** Attempts that the server refused, by code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Calls of the provider with `forceRefresh`. */
  readonly refreshes: number;
  readonly duplicatesDropped: number;
  readonly gaps: number;
  /** Ms in each state, the current one included. */
  readonly timeIn: Readonly<Record<Status['state'], number>>;
}

export interface Counter {
  count(transition: Transition): void;
  stats(): Stats;
}

export function createCounter(now: () => number): Counter {
  let attempts = 0;
  let connections = 0;
  let refreshes = 0;
  const losses: Record<string, number> = {};
  const refusals: Record<string, number> = {};
  const timeIn = {
    idle: 0,
    authenticating: 0,
    connected: 0,
    reconnecting: 0,
    'auth-failed': 0,
    exhausted: 0,
  };
  let state: Status['state'] = 'idle';
  let since = now();

  function settle(): void {
    const at = now();
    // A clock that stepped back adds nothing.
    timeIn[state] += Math.max(0, at - since);
    since = at;
  }

  return {
    count({ event, before, after }) {
      if (after.context.epoch > before.context.epoch) {
        attempts += 1;
        if (after.context.refreshOwed) refreshes += 1;
      }
      if (event.type === 'link.opened') connections += 1;
      if (event.type === 'link.lost') tally(losses, event.verdict.code);
      if (event.type === 'link.refused') tally(refusals, event.verdict.code);
      const next = topLevel(after.value);
      if (next !== state) {
        settle();
        state = next;
      }
    },
    stats() {
      settle();
      return {
        attempts,
        connections,
        losses: { ...losses },
        refusals: { ...refusals },
        refreshes,
        duplicatesDropped: 0,
        gaps: 0,
        timeIn: { ...timeIn },
      };
    },
  };
}

function tally(counts: Record<string, number>, code: string): void {
  counts[code] = (counts[code] ?? 0) + 1;
}

function topLevel(value: Transition['after']['value']): Status['state'] {
  return (typeof value === 'string' ? value : Object.keys(value)[0]) as Status['state'];
}
