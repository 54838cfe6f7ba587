import { digits, type Held, type Target } from '../../bench/harness.ts';
import type { KeptRow, KeptRun } from '../../bench/kept.ts';
import { svg } from '../../src/inspect/chart/svg.ts';
import { edge, round } from '../drawing.ts';
import { line, plotFile, text, width } from './pieces.ts';

interface Point {
  readonly what: string;
  readonly isMet: boolean;
  /** How good it is by what is promised: 1 is enough, more is better. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

const [left, right, top, step] = [530, width - 90, 78, 30];

/** Each promise that a row is held against: where it lies, how far its samples lie apart, and the line it has to reach. */
export function promisesPlot(runs: readonly KeptRun[]): string {
  const points = runs.flatMap((run) => run.targets.flatMap((target) => pointOf(run, target)));
  const all = points.flatMap(({ least, most }) => [least, most]);
  const from = 0.95 * Math.min(0.5, ...all);
  const to = Math.max(2, ...all);
  const place = (value: number) => left + ((right - left) * Math.log(value / from)) / Math.log(to / from);
  const bottom = top + points.length * step;
  const ticks = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16].filter((tick) => tick >= from && tick <= to);
  return plotFile('What is promised, and what was found', bottom + 50, [
    text(
      edge,
      48,
      'Right of the line: kept. The dot is the median, the bar how far the rounds lie apart.',
      'small',
    ),
    ...ticks.flatMap((tick) => [
      line(place(tick), top - 8, place(tick), bottom, tick === 1 ? 'goal' : 'grid'),
      text(place(tick), bottom + 18, tick === 1 ? 'promised' : `× ${tick}`, 'tick', 'middle'),
    ]),
    text(left, bottom + 38, 'found, by what is promised: twice as good is × 2', 'small'),
    ...points.flatMap((point, index) => drawn(point, top + index * step + step / 2, place)),
  ]);
}

function drawn({ what, isMet, median, least, most }: Point, y: number, place: (value: number) => number) {
  const look = isMet ? 'kept' : 'missed';
  const x = place(median);
  // Told by its shape as well, for those who do not tell the colours apart.
  const dot = isMet
    ? svg('circle', { class: look, cx: round(x), cy: round(y), r: 6 })
    : svg('path', {
        class: look,
        'stroke-width': 3,
        d: `M${round(x - 6)} ${round(y - 6)}l12 12m0 -12l-12 12`,
      });
  return [
    text(edge, y + 4, what.replaceAll('`', '')),
    line(place(least), y, place(most), y, look),
    dot,
    text(width - edge, y + 4, `× ${digits(median)}`, look, 'end'),
  ];
}

function pointOf({ name, rows }: KeptRun, { what = name, isMet, held }: Target): Point[] {
  const row = rows.find((each) => each.name === held?.row);
  if (held === undefined || row === undefined) return [];
  const by = betterBy(held);
  const ends = [by(row.least), by(row.most)];
  return [{ what, isMet, median: by(row.median), least: Math.min(...ends), most: Math.max(...ends) }];
}

function betterBy({ goal, side }: Held): (value: KeptRow['median']) => number {
  return (value) => (side === 'least' ? value / goal : goal / value);
}
