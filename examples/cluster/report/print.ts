import type { Fault } from '../verdict.ts';
import type { Figures, Outcome, Spread } from './summary.ts';

/** Says what happens, with the time since it began. */
export function printer(stream: NodeJS.WritableStream): (line: string) => void {
  const startedAt = Date.now();
  return (line) => stream.write(`${seconds(Date.now() - startedAt).padStart(8)}  ${line}\n`);
}

/** The table, and what was wrong. */
export function report({ figures, faults, options }: Outcome): string {
  const rows = rowsOf(figures);
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
  return ['', ...table, '', verdictOf(faults, options.seed), ''].join('\n');
}

function rowsOf(figures: Figures): readonly (readonly [string, string])[] {
  const { allLiveAgain, presence } = figures;
  return [
    ['kills', `${figures.kills}, of ${figures.nodesKilled} nodes`],
    ['messages', `${figures.sent} sent, ${figures.acknowledged} acknowledged, ${figures.effects} effects`],
    ['deliveries', `${figures.received} to clients`],
    ['sent again', `${figures.resent}; answered by nodes without doing it again: ${figures.repeats}`],
    ['dropped by clients', `${figures.duplicatesDropped} that had come before`],
    ['gaps told', `${figures.gaps}`],
    ['links lost', tally(figures.losses)],
    ['refusals', tally(figures.refusals)],
    ['live again', `${spread(figures.liveAgain)} after a kill`],
    ['  of proven links', spread(figures.liveAgainOfProven)],
    ['all live', `${seconds(figures.allLive)} after the first of them knocked`],
    [
      'all live again',
      `median ${seconds(allLiveAgain.median)}, worst ${seconds(allLiveAgain.worst)} after a kill`,
    ],
    [
      'presence wrong',
      `for ${seconds(presence.median)} at most after a kill (median), ${seconds(presence.worst)} (worst)`,
    ],
    ...figures.failures.map((what) => ['a node reports', what] as const),
  ];
}

function verdictOf(faults: readonly Fault[], seed: number): string {
  if (faults.length === 0) return `✓ nothing was lost, and nothing came twice (seed ${seed})`;
  const kinds = [...new Set(faults.map(({ kind }) => kind))];
  const lines = kinds.flatMap((kind) => {
    const theirs = faults.filter((fault) => fault.kind === kind);
    const some = theirs.slice(0, shown).map(({ what }) => `      ${what}`);
    const more = theirs.length > shown ? [`      and ${theirs.length - shown} more`] : [];
    return [`    ${kind}: ${theirs.length}`, ...some, ...more];
  });
  return [`✗ ${faults.length} faults (seed ${seed})`, ...lines].join('\n');
}

/** Of each kind: the rest is the same again, as a rule. */
const shown = 3;

function spread({ count, median, p99, worst }: Spread): string {
  return `median ${seconds(median)}, p99 ${seconds(p99)}, worst ${seconds(worst)} (${count} times)`;
}

function tally(counts: Readonly<Record<string, number>>): string {
  const parts = Object.entries(counts).map(([code, count]) => `${code} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function seconds(ms: number): string {
  return Number.isFinite(ms) ? `${(ms / 1_000).toFixed(2)} s` : '-';
}
