import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Bench, Row, Target } from './harness.ts';
import { admissionGoals, admissions, comparisons, goals } from './herd/goals.ts';
import type { Setting } from './herd/grid.ts';
import { type Kept, keptPath, runAll, toText } from './herd/kept.ts';

/** What the schedules of several clients do to a server that restarts, in virtual time (RE-1, SV-5). */
export const herd: Bench = {
  name: 'herd',
  title: 'clients of a server that restarts, simulated; `--clients N`, and `--keep` to keep the run',
  isByNameOnly: true,
  async measure({ clients = 1_000_000, keep }) {
    const started = performance.now();
    const kept = runAll(clients, 1, (progress) => console.error(`  ${seconds(started)} s: ${progress}`));
    console.log(`  ${clients.toLocaleString('en')} clients took ${seconds(started)} s`);
    if (keep) {
      mkdirSync(dirname(keptPath), { recursive: true });
      writeFileSync(keptPath, toText(kept));
      console.log(`  ${keptPath}`);
    }
    return { rows: rowsOf(kept), targets: targetsOf(kept) };
  },
};

function rowsOf({ cells }: Kept): Row[] {
  const row = (name: string, unit: string, value: number): Row => {
    return { name, unit, median: value, least: value, most: value, samples: [value] };
  };
  const parts = 'of socket.io';
  const alone = comparisons(cells).flatMap((found) => [
    row(`${placeOf(found)}: peak`, parts, found.peak),
    row(`${placeOf(found)}: 50 % back`, parts, found.half),
    row(`${placeOf(found)}: 95 % back`, parts, found.most),
    row(`${placeOf(found)}: 99.9 % back`, parts, found.nearlyAll),
  ]);
  const admitted = admissions(cells).flatMap((found) => [
    row(`${placeOf(found)}, admission: 95 % back`, 'of clients ÷ capacity', found.most),
    row(`${placeOf(found)}, admission: let in a second`, 'of the capacity', found.admitted),
    row(`${placeOf(found)}, admission: come again a second`, 'of the capacity', found.repeats),
    row(`${placeOf(found)}, admission: ask a second`, 'of the capacity', found.asked),
  ]);
  return [...alone, ...admitted];
}

function targetsOf({ cells }: Kept): Target[] {
  const alone = comparisons(cells);
  const share =
    `a peak ≤ ${goals.peak} of socket.io's, 95 % back ≤ ${goals.most} and ` +
    `99.9 % ≤ ${goals.nearlyAll} of its time`;
  return [
    targetOf(
      `before a server with a limit: ${share}`,
      alone.filter(({ capacity }) => capacity !== null),
    ),
    targetOf(
      `before a server without one: ${share}`,
      alone.filter(({ capacity }) => capacity === null),
    ),
    targetOf(
      `with admission(): 95 % back ≤ ${admissionGoals.most} of clients ÷ capacity, ` +
        `let in ≤ ${admissionGoals.peak} of the capacity a second after the first`,
      admissions(cells),
    ),
  ];
}

function targetOf(
  promise: string,
  places: readonly (Pick<Setting, 'outage' | 'capacity'> & { readonly isReached: boolean })[],
): Target {
  const missed = places.filter(({ isReached }) => !isReached);
  const found =
    missed.length === 0
      ? `so it is in all ${places.length} places`
      : `not so in ${missed.length} of ${places.length}: ${missed.map(placeOf).join('; ')}`;
  return { promise, found, isMet: missed.length === 0 };
}

function placeOf({ outage, capacity }: Pick<Setting, 'outage' | 'capacity'>): string {
  return `${outage / 1_000} s away, ${capacity === null ? 'no limit' : `room for all in ${capacity} s`}`;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1_000).toFixed(1);
}
