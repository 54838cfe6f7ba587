import { type PromiseName, promises } from '../audit/promises.ts';
import { trendOf } from '../audit/trend.ts';
import type { Outcome } from '../outcome.ts';
import { megabytes } from './line.ts';

/** The figures of the whole run, and each promise with whether it was kept. */
export function verdictOf(outcome: Outcome): string {
  const { audit, options } = outcome;
  const names = Object.keys(promises) as PromiseName[];
  const lines = names.flatMap((name) => {
    const count = audit.breaches.count(name);
    if (count === 0) return [`${markOf(name, outcome)} ${promises[name]}`];
    const examples = audit.breaches.examples(name).map((what) => `      ${what}`);
    const more = count > examples.length ? [`      and more: ${count} in all`] : [];
    return [`✗ ${promises[name]}`, ...examples, ...more];
  });
  const { broken } = audit.breaches;
  const seed = `--seed ${options.seed}`;
  const last =
    broken.length === 0 ? `✓ all of it holds (${seed})` : `✗ ${broken.length} of them broken (${seed})`;
  return ['', ...rowsOf(outcome), '', ...lines, '', last, ''].join('\n');
}

function rowsOf({ audit, strokes, figures, worstLag, heaps, remains, failures }: Outcome): readonly string[] {
  const rows: [string, string][] = [
    ['faults', tally(strokes)],
    ['links lost', tally(figures?.losses)],
    ['refusals', tally(figures?.refusals)],
    ['clients', tally(figures?.more)],
    ['messages', `sent ${audit.sends.sent}, ${tally(audit.sends.ends)}; effects ${audit.sends.effects}`],
    [
      'deliveries',
      `${audit.received} of rooms, ${audit.notes} for one user alone; gaps told: ${tally(audit.gaps)}`,
    ],
    ['worst lag', `${Math.round(worstLag)} ms`],
    ...[...heaps].map(([name, samples]): [string, string] => {
      const { second, last, perHour } = trendOf(samples);
      const growth = `${perHour < 0 ? '' : '+'}${megabytes(perHour)} MB an hour`;
      return [
        `heap, ${name}`,
        `${tenths(second)} MB in the second quarter, ${tenths(last)} in the last (${growth})`,
      ];
    }),
    ...remains.map(({ before, after, handles }, index): [string, string] => [
      `after all, clients ${index + 1}`,
      `${tenths(after)} MB of heap, ${tenths(before)} before the first client; ${handles.length} handles`,
    ]),
    ...[...failures].map(([what, times]): [string, string] => ['nodes report', `${what} (${times})`]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

function markOf(name: PromiseName, { heaps }: Outcome): string {
  const isOpen =
    name === 'memory' && [...heaps.values()].every((samples) => trendOf(samples).isFlat === null);
  return isOpen ? '– (too short to say)' : '✓';
}

function tally(counts: Readonly<Record<string, number>> = {}): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function tenths(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(1);
}
