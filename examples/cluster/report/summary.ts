import { median, quantile, sum, worst } from '../../shared/figures.ts';
import type { Options } from '../options.ts';
import type { Kill } from '../play/killer.ts';
import type { Settled } from '../play/settle.ts';
import type { Stage } from '../play/stage.ts';
import type { Fault } from '../verdict.ts';

export interface Spread {
  readonly count: number;
  readonly median: number;
  readonly p99: number;
  readonly worst: number;
}

/** What a run comes to. Times in ms. */
export interface Outcome {
  readonly options: Options;
  readonly faults: readonly Fault[];
  readonly figures: Figures;
}

export interface Figures {
  readonly kills: number;
  readonly nodesKilled: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly effects: number;
  readonly received: number;
  /** Messages that went out again, for want of an answer. */
  readonly resent: number;
  /** Repeats that nodes answered without doing them again, as far as they lived to tell. */
  readonly repeats: number;
  /** Messages that came to a client again and were dropped there. */
  readonly duplicatesDropped: number;
  /** Gaps that clients told. */
  readonly gaps: number;
  readonly losses: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  /** From the first connection attempt until every client was live. */
  readonly allLive: number;
  /** From a kill until a client that it cut off was live again. */
  readonly liveAgain: Spread;
  /** Of those whose link had proven itself: others, cut off again after a moment, wait longer by design (LC-7). */
  readonly liveAgainOfProven: Spread;
  /** From a kill until the last of them was. */
  readonly allLiveAgain: { readonly median: number; readonly worst: number };
  /** For how long a node was wrong at most about somebody whom a kill had moved. */
  readonly presence: { readonly median: number; readonly worst: number };
  /** What nodes reported as failed, as far as they lived to tell. */
  readonly failures: readonly string[];
}

export function summarize(
  options: Options,
  { outages, told, allLive }: Stage,
  kills: readonly Kill[],
  { faults, clients, log }: Settled,
): Outcome {
  const sent = clients.flatMap((client) => client.sent);
  const stats = clients.map((client) => client.stats);
  const total = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  const settling = kills.map(({ wrongFor }) => wrongFor);
  const returning = kills.map(({ at, liveAt }) => liveAt - at);
  return {
    options,
    faults,
    figures: {
      kills: kills.length,
      nodesKilled: total(kills.map(({ nodes }) => nodes.length)),
      sent: sent.length,
      acknowledged: sent.filter(({ state }) => state === 'acknowledged').length,
      effects: total(Object.values(log).map(({ length }) => length)),
      received: total(clients.flatMap(({ received }) => Object.values(received).map(({ length }) => length))),
      resent: total(clients.map(({ resent }) => resent)),
      repeats: told.repeats,
      duplicatesDropped: total(stats.map(({ duplicatesDropped }) => duplicatesDropped)),
      gaps: total(stats.map(({ gaps }) => gaps)),
      losses: sum(stats.map(({ losses }) => losses)),
      refusals: sum(stats.map(({ refusals }) => refusals)),
      allLive: Math.round(allLive),
      liveAgain: spread(outages.all),
      liveAgainOfProven: spread(outages.ofProven),
      allLiveAgain: { median: median(returning), worst: worst(returning) },
      presence: { median: median(settling), worst: worst(settling) },
      failures: [...new Set(told.failures)],
    },
  };
}

function spread(ms: readonly number[]): Spread {
  return { count: ms.length, median: median(ms), p99: quantile(ms, 0.99), worst: worst(ms) };
}
