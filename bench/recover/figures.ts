import { median, type Row, row, type Target } from '../harness.ts';
import { type ContenderName, contenders, reference } from './contenders.ts';

/** What came of one round: ms until each client was usable again, by contender. */
export type Round = Readonly<Partial<Record<ContenderName, readonly number[]>>>;

/** What one contender did in one lane. */
export interface Cell {
  readonly lane: string;
  readonly contender: ContenderName;
  /** Ms of every client in every round. */
  readonly times: readonly number[];
  readonly median: number;
  /** Ms within which 95 % were back. */
  readonly p95: number;
  /** How many times faster than the reference, each round by itself. */
  readonly ratios: readonly number[];
}

export function cellsOf(lane: string, rounds: readonly Round[]): Cell[] {
  return contenders.flatMap(({ name: contender }) => {
    const times = rounds.flatMap((round) => round[contender] ?? []);
    if (times.length === 0) return [];
    const ratios = rounds.flatMap((round) => {
      const [own, others] = [round[contender], round[reference]];
      return own === undefined || others === undefined ? [] : [median(others) / median(own)];
    });
    return [{ lane, contender, times, median: median(times), p95: share(times, 0.95), ratios }];
  });
}

/** The least value that so many of all do not exceed: the nearest rank. */
export function share(samples: readonly number[], part: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN;
}

export function rowsOf({ lane, contender, times, p95, ratios }: Cell): Row[] {
  const name = `${lane}: ${contender}`;
  return [
    row(name, 'ms', times),
    row(`${name}, 95 % back`, 'ms', [p95]),
    ...(contender === reference ? [] : [row(`${name}, times faster than ${reference}`, '×', ratios)]),
  ];
}

/** That holdfast is so many times faster in each of these lanes. */
export function targetOf(cells: readonly Cell[], lanes: readonly string[], least: number): Target {
  const found = lanes.map((lane) => {
    const cell = cells.find((each) => each.lane === lane && each.contender === 'holdfast');
    if (cell === undefined) throw new Error(`holdfast was not measured in the lane ${lane}`);
    return { lane, ratio: median(cell.ratios) };
  });
  return {
    promise: `≥ ${least} times faster than ${reference} with its defaults (${lanes.join('; ')})`,
    found: found.map(({ ratio }) => ratio.toFixed(2)).join('; '),
    isMet: found.every(({ ratio }) => ratio >= least),
  };
}
