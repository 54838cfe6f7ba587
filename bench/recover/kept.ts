import { loadavg } from 'node:os';
import { median } from '../harness.ts';
import { digits, machineNow } from '../kept.ts';
import { versionOf } from '../versions.ts';
import { contenders } from './contenders.ts';
import type { Cell } from './figures.ts';

/** Where the run is kept that docs/recover.md quotes, from the root. */
export const keptTablePath = 'bench/results/recover-table.json';

export interface KeptTable {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly machine: string;
  /** How many processes wanted to run, on average over the last minute. */
  readonly load: number;
  /** Of the clients, by name. */
  readonly versions: Readonly<Record<string, string>>;
  readonly cells: readonly KeptCell[];
}

export interface KeptCell extends Pick<Cell, 'lane' | 'contender'> {
  /** Ms. */
  readonly median: number;
  /** Ms within which 95 % were back. */
  readonly p95: number;
  /** How often a client came back. */
  readonly returns: number;
  readonly rounds: number;
  /** Median, least and most of all rounds. */
  readonly ratio: { readonly median: number; readonly least: number; readonly most: number };
}

export function keepTable(cells: readonly Cell[]): KeptTable {
  const [load = 0] = loadavg();
  return {
    ...{ date: new Date().toISOString().slice(0, 10), machine: machineNow(), load: digits(load) },
    versions: Object.fromEntries(contenders.map(({ name, package: asked }) => [name, versionOf(asked)])),
    cells: cells.map(({ lane, contender, times, median: middle, p95, ratios }) => ({
      ...{ lane, contender, median: digits(middle), p95: digits(p95) },
      ...{ returns: times.length, rounds: ratios.length },
      ratio: {
        median: digits(median(ratios)),
        least: digits(Math.min(...ratios)),
        most: digits(Math.max(...ratios)),
      },
    })),
  };
}
