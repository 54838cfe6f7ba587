import type { Figures } from '../../bench/herd/figures.ts';
import { admissions, comparisons, find } from '../../bench/herd/goals.ts';
import { type Client, type Help, outages, schedules } from '../../bench/herd/grid.ts';
import type { Kept } from '../../bench/herd/kept.ts';
import { table } from '../table.ts';
import { percent, placeOf, ratio, seconds } from './words.ts';

const clients = Object.keys(schedules) as Client[];
const ended = outages.filter((outage) => outage > 0);
const figureHead = ['peak', 'handshakes', 'attempts', '50 % back', '95 % back', '99.9 % back'];

/** Everybody's figures in front of one kind of server. */
export function figuresTable(kept: Kept, capacity: number | null, help: Help): string {
  const lengths = help === 'none' ? ended : outages;
  const rows = lengths.flatMap((outage) =>
    clients.map((client) => [
      placeOf({ outage, capacity }).split(',')[0] ?? '',
      client,
      ...figureCells(find(kept.cells, { client, outage, capacity, help })),
    ]),
  );
  return table(['', '', ...figureHead], rows);
}

function figureCells({ peak, handshakes, attempts, back }: Figures): string[] {
  return [percent(peak), handshakes.toFixed(1), attempts.toFixed(1), ...back.map(seconds)];
}

/** Ours beside socket.io's default in the same place. */
export function goalsTable(kept: Kept): string {
  const rows = comparisons(kept.cells).map((found) => [
    placeOf(found),
    ratio(found.peak),
    ratio(found.half),
    ratio(found.most),
    ratio(found.nearlyAll),
    found.capacity === null ? ratio(found.evenMost) : '',
    found.isReached ? 'reached' : 'missed',
  ]);
  return table(['', 'peak', '50 % back', '95 % back', '99.9 % back', '95 % at best', ''], rows);
}

/** What admission does for ours, as parts of what the capacity allows. */
export function admissionTable(kept: Kept): string {
  const rows = admissions(kept.cells).map(
    ({ outage, capacity, most, admitted, repeats, asked, isReached }) => {
      const place = { client: 'holdfast', outage, capacity } as const;
      const helped = find(kept.cells, { ...place, help: 'admission' });
      const alone = find(kept.cells, { ...place, help: 'none' });
      return [
        placeOf({ outage, capacity }),
        ratio(most),
        ratio(admitted),
        ratio(repeats),
        asked.toFixed(1),
        `${helped.handshakes.toFixed(1)}, alone ${alone.handshakes.toFixed(1)}`,
        `${seconds(helped.back[2])}, alone ${seconds(alone.back[2])}`,
        isReached ? 'reached' : 'missed',
      ];
    },
  );
  const head = ['', '95 % back', 'let in', 'come again', 'ask', 'handshakes', '99.9 % back', ''];
  return table(head, rows);
}

/** The same server with slots, with one time for all, and without a word: what operations.md shows. */
export function helpTable(kept: Kept): string {
  const words: readonly (readonly [Help, string])[] = [
    ['admission', 'with slots: `admission()`'],
    ['one-time', 'a limit that says `retryAfter: 5000` to all'],
    ['none', 'a limit that says no time'],
  ];
  const rows = words.map(([help, name]) => {
    const cell = find(kept.cells, { client: 'holdfast', outage: 1_000, capacity: 10, help });
    return [
      name,
      seconds(cell.back[1]),
      seconds(cell.back[2]),
      cell.handshakes.toFixed(2),
      percent(cell.laterRepeats),
    ];
  });
  return table(
    ['', '95 % are in after', '99.9 %', 'handshakes of each', 'most that come again within a second'],
    rows,
  );
}
