import type { KeptRun } from '../../bench/kept.ts';
import { circumstances } from './runs.ts';
import { promiseTable, rowTable } from './tables.ts';

/** Drawings by the bench that they are of, with what they show. */
export type Plots = ReadonlyMap<string, { readonly path: string; readonly shows: string }>;

/** `docs/performance.md`: every promise, every run that is kept. */
export function performancePage(runs: readonly KeptRun[], plots: Plots): string {
  const missed = runs.flatMap(({ targets }) => targets).filter(({ isMet }) => !isMet).length;
  const promised = runs.flatMap(({ targets }) => targets).length;
  return `${[
    '# Speed and size, beside the peers',
    'Made by `npm run performance` from the runs in [bench/results](../bench/results); do not edit. What counts is a ' +
      'ratio to a peer or to a limit. Both sides of it were measured in one run on one machine, in turn, server and client ' +
      'each in a process of its own; given are the median of all rounds, the least and the most. Other figures stand ' +
      'beside the ratios to be compared within their table, and nowhere else. `npm run bench` prints those of your ' +
      'machine, and fails where a promise is missed. No check takes the time of anything.',
    '## What is promised',
    missed === 0
      ? `All ${promised} promises were kept.`
      : `Of ${promised} promises, ${promised - missed} were kept and **${missed} missed**.`,
    ...plotOf(plots, 'promises'),
    promiseTable(runs),
    ...runs.flatMap((run) => [
      `## ${run.name}`,
      `${capital(run.title)}.`,
      ...plotOf(plots, run.name),
      rowTable(run),
      `\`npm run bench -- ${run.name}\`: ${circumstances(run)}.`,
    ]),
  ].join('\n\n')}\n`;
}

function plotOf(plots: Plots, name: string): string[] {
  const plot = plots.get(name);
  return plot === undefined ? [] : [`![${plot.shows}](${plot.path})`];
}

function capital(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
