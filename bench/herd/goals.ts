import type { Figures } from './figures.ts';
import type { Cell, Setting } from './grid.ts';

/** What a herd without the server's help is to reach, as parts of what socket.io's default does in the same place. */
export const goals = { peak: 0.6, most: 1.05, nearlyAll: 1.35 } as const;

/** What a herd is to reach with `admission()`: as a part of clients ÷ capacity, and of the capacity. */
export const admissionGoals = { most: 1.2, peak: 1.5 } as const;

/** Figures as parts of those of socket.io's default; `Infinity` for what did not come within the time. */
export interface Comparison {
  readonly peak: number;
  readonly half: number;
  /** 95 %. */
  readonly most: number;
  /** 99.9 %. */
  readonly nearlyAll: number;
  /** What `most` would be of a herd that came as evenly as can be, at the peak that is allowed and no less. */
  readonly evenMost: number;
  readonly isReached: boolean;
}

export function compare(found: Figures, reference: Figures): Comparison {
  const time = (index: 0 | 1 | 2) =>
    (found.back[index] ?? Number.POSITIVE_INFINITY) / (reference.back[index] ?? Number.POSITIVE_INFINITY);
  const [peak, most, nearlyAll] = [found.peak / reference.peak, time(1), time(2)];
  return {
    peak,
    half: time(0),
    most,
    nearlyAll,
    evenMost: 0.95 / (goals.peak * reference.peak) / (reference.back[1] ?? Number.POSITIVE_INFINITY),
    isReached: peak <= goals.peak && most <= goals.most && nearlyAll <= goals.nearlyAll,
  };
}

/** holdfast without help after each outage that ends, beside socket.io's default in the same place. */
export function comparisons(cells: readonly Cell[]): (Comparison & Pick<Setting, 'outage' | 'capacity'>)[] {
  return cells
    .filter(({ client, outage, help }) => client === 'holdfast' && outage > 0 && help === 'none')
    .map((cell) => {
      const { outage, capacity } = cell;
      return { outage, capacity, ...compare(cell, find(cells, { ...cell, client: 'socket.io' })) };
    });
}

/** holdfast with `admission()`, as parts of what its capacity allows. */
export function admissions(cells: readonly Cell[]) {
  return cells
    .filter(({ help }) => help === 'admission')
    .map((cell) => {
      const capacity = cell.capacity ?? 0;
      const most = (cell.back[1] ?? Number.POSITIVE_INFINITY) / capacity;
      const [admitted, repeats, asked] = [cell.laterAdmitted, cell.laterRepeats, cell.laterPeak].map(
        (share) => share * capacity,
      ) as [number, number, number];
      const isReached = most <= admissionGoals.most && admitted <= admissionGoals.peak;
      return { outage: cell.outage, capacity, most, admitted, repeats, asked, isReached };
    });
}

export function find(cells: readonly Cell[], wanted: Setting): Cell {
  const { client, outage, capacity, help } = wanted;
  const found = cells.find(
    (cell) =>
      cell.client === client && cell.outage === outage && cell.capacity === capacity && cell.help === help,
  );
  if (found === undefined)
    throw new Error(`There is no run of ${client}, ${outage} ms, ${capacity}, ${help}.`);
  return found;
}
