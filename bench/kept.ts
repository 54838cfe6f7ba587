import { availableParallelism, cpus, loadavg } from 'node:os';
import type { Bench, Result, Row } from './harness.ts';
import { versionOf } from './versions.ts';

/** A run that README and docs quote, as it stands in the repository. */
export interface KeptRun extends Pick<Result, 'targets'> {
  readonly name: string;
  readonly title: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly machine: string;
  /** What the figures are of, by the names of the packages. */
  readonly versions: Readonly<Record<string, string>>;
  /** How many processes wanted to run, on average of the last minute before the end: on a quiet machine, the bench's own. */
  readonly load: number;
  readonly rows: readonly KeptRow[];
}

export interface KeptRow extends Omit<Row, 'samples'> {
  readonly runs: number;
}

/** From the root. */
export function keptPathOf(name: string): string {
  return `bench/results/${name}.json`;
}

export function keep({ name, title }: Pick<Bench, 'name' | 'title'>, { rows, targets }: Result): KeptRun {
  return {
    ...{ name, title, date: new Date().toISOString().slice(0, 10), machine: machineNow() },
    versions: Object.fromEntries(measured.map((name) => [name, versionOf(name)])),
    load: digits(loadavg()[0] ?? 0),
    rows: rows.map(({ samples, median, least, most, ...words }) => ({
      ...words,
      ...{ median: digits(median), least: digits(least), most: digits(most), runs: samples.length },
    })),
    targets,
  };
}

/** Node, and how many processors of which kind. */
export function machineNow(): string {
  return `Node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
}

const measured = ['socket.io-client', 'socket.io', 'xstate', 'rxjs'];

/** Four digits say more than any run here is worth. What was counted stays as it is. */
export function digits(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
}
