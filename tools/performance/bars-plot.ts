import { digits } from '../../bench/harness.ts';
import type { KeptRow } from '../../bench/kept.ts';
import { edge } from '../drawing.ts';
import { bar, line, plotFile, text, width } from './pieces.ts';

const [left, right, top, step] = [500, width - 110, 56, 28];

/** Rows beside each other, ours set apart, each with the spread of its samples. */
export function barsPlot(title: string, rows: readonly KeptRow[], isOurs: (name: string) => boolean): string {
  const most = Math.max(...rows.map((row) => row.most));
  const place = (value: number) => left + ((right - left) * value) / most;
  return plotFile(title, top + rows.length * step + 20, [
    ...rows.flatMap((row, index) => {
      const { name, median, least, unit, runs } = row;
      const y = top + index * step;
      return [
        text(edge, y + 15, name),
        bar(left, y + 3, place(median) - left, 16, isOurs(name) ? 'ours' : 'theirs'),
        ...(runs === 1 ? [] : [line(place(least), y + 11, place(row.most), y + 11, 'spread')]),
        text(place(row.most) + 8, y + 15, `${digits(median)} ${unit}`),
      ];
    }),
  ]);
}
