import { compare, find } from '../../bench/herd/goals.ts';
import type { Cell, Client } from '../../bench/herd/grid.ts';
import type { Kept, Neighbour } from '../../bench/herd/kept.ts';
import { table } from '../table.ts';
import { percent, ratio, seconds } from './words.ts';

/** Other defaults that were tried. */
export function neighboursTable(kept: Kept): string {
  const rows = kept.neighbours.map((neighbour) => {
    const compared = neighbour.cells.map((cell) => ({
      ...cell,
      ...compare(cell, find(kept.cells, { ...cell, client: 'socket.io', help: 'none' })),
      found: cell,
    }));
    const limited = compared.filter(({ capacity }) => capacity !== null);
    const open = compared.filter(({ capacity }) => capacity === null);
    const worst = (values: readonly number[]) => ratio(Math.max(...values));
    const timesAfter = (ms: number) => {
      const back = open.find(({ outage }) => outage === ms)?.found.back ?? [null, null, null];
      return back.map(seconds).join(', ');
    };
    return [
      nameOf(neighbour),
      `${limited.filter(({ isReached }) => isReached).length} of ${limited.length}`,
      `${open.filter(({ isReached }) => isReached).length} of ${open.length}`,
      worst(compared.map(({ peak }) => peak)),
      worst(limited.map(({ most }) => most)),
      ...[1_000, 3_000, 30_000].map(timesAfter),
    ];
  });
  const after = (length: string) => `no limit, ${length} away: 50, 95, 99.9 % back`;
  return table(
    [
      '',
      'limit: goals',
      'no limit: goals',
      'worst peak',
      'limit: worst 95 %',
      after('1 s'),
      after('3 s'),
      after('30 s'),
    ],
    rows,
  );
}

function nameOf({ jitter, timing: { first, base, factor, cap } }: Neighbour): string {
  const [from, second, most] = [first, base, cap].map((ms) => `${ms / 1_000} s`);
  if (jitter === 'decorrelated') return `decorrelated, from ${from} up to ${most}`;
  return `${jitter === 'ours' ? 'half fixed from the third' : 'full jitter'}: ${from}, ${second} × ${factor} up to ${most}`;
}

/** Outages of other lengths, in front of a server without a limit: as each client of any server meets them. */
export function lengthsTable(kept: Kept): string {
  const all: readonly Omit<Cell, 'help'>[] = [
    ...kept.between,
    ...kept.cells.filter(({ help }) => help === 'none'),
  ];
  const lengths = [...new Set(all.map(({ outage }) => outage))].filter((outage) => outage > 0);
  const rows = lengths
    .toSorted((a, b) => a - b)
    .map((outage) => {
      const at = (client: Client) => {
        const found = all.find(
          (cell) => cell.client === client && cell.outage === outage && cell.capacity === null,
        );
        if (found === undefined) throw new Error(`The kept run has no ${client} after ${outage} ms.`);
        return [percent(found.peak), found.back.map(seconds).join(', ')];
      };
      return [`${outage / 1_000} s`, ...at('socket.io'), ...at('holdfast')];
    });
  const head = (client: string) => [`${client}: peak`, '50, 95, 99.9 % back'];
  return table(['away', ...head('socket.io'), ...head('holdfast')], rows);
}
