import { admissionGoals, admissions, comparisons, goals } from '../../bench/herd/goals.ts';
import type { Kept } from '../../bench/herd/kept.ts';
import type { KeptReal } from '../../bench/herd/kept-real.ts';
import { table } from '../table.ts';
import { realPromises } from './real.ts';
import { ratio } from './words.ts';

/** What README says of it: the promises, and what came out, from the best place to the worst. */
export function promisesTable(kept: Kept, real: KeptReal | null): string {
  const alone = comparisons(kept.cells);
  const helped = admissions(kept.cells);
  const clients = `${kept.clients.toLocaleString('en')} simulated clients`;
  const row = (where: string, places: typeof alone) => [
    `${clients} before a server ${where}, beside socket.io's default`,
    `peak at most ${goals.peak}, 95 % back at most ${goals.most} and 99.9 % at most ${goals.nearlyAll} of its time`,
    `peak ${span(places.map(({ peak }) => peak))}, 95 % ${span(places.map(({ most }) => most))}, ` +
      `99.9 % ${span(places.map(({ nearlyAll }) => nearlyAll))}: ${reachedOf(places)}`,
    '`npm run bench -- herd`',
  ];
  return table(
    ['', 'promised', 'found', 'command'],
    [
      row(
        'with a limit',
        alone.filter(({ capacity }) => capacity !== null),
      ),
      row(
        'without one',
        alone.filter(({ capacity }) => capacity === null),
      ),
      [
        `${clients}, with \`admission()\``,
        `95 % back within ${admissionGoals.most} × clients ÷ capacity; at most ${admissionGoals.peak} × capacity let in a second`,
        `${span(helped.map(({ most }) => most))}; ${span(helped.map(({ admitted }) => admitted))}: ${reachedOf(helped)}`,
        '`npm run bench -- herd`',
      ],
      ...(real === null ? [] : realPromises(real)),
    ],
  );
}

function span(values: readonly number[]): string {
  return `${ratio(Math.min(...values))} to ${ratio(Math.max(...values))}`;
}

function reachedOf(places: readonly { readonly isReached: boolean }[]): string {
  return `reached in ${places.filter(({ isReached }) => isReached).length} of ${places.length} places`;
}
