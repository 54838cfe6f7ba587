import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A claim and the way to measure it. */
export interface Bench {
  readonly name: string;
  /** One line: what is measured, and under what circumstances. */
  readonly title: string;
  /** Takes minutes and much of the machine: only when it is asked for. */
  readonly isByNameOnly?: true;
  measure(orders: Orders): Promise<Result>;
}

/** What the command line asks for. A bench heeds what it knows. */
export interface Orders {
  readonly clients: number | undefined;
  /** Whether the result becomes the one that the docs quote. */
  readonly keep: boolean;
}

export interface Result {
  readonly rows: readonly Row[];
  /** Empty where nothing is promised. */
  readonly targets: readonly Target[];
}

/** What is promised, what came out, and whether that is enough. `atLeast` and `atMost` make one of a row. */
export interface Target {
  /** What it is promised of, for tables of several benches. Default: what the bench is named. */
  readonly what?: string;
  readonly promise: string;
  readonly found: string;
  readonly isMet: boolean;
  /** The row that is held against the promise, for drawings. */
  readonly held?: Held;
}

export interface Held {
  readonly row: string;
  readonly goal: number;
  /** Whether the goal is the least or the most that it may be. */
  readonly side: 'least' | 'most';
}

export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly least: number;
  readonly most: number;
  readonly samples: readonly number[];
}

/**
 * Runs every contender once a round and turns the order around each time, so that neither a slow start nor a machine
 * that slows down favours one of them. Warm-up rounds do not count.
 */
export async function alternate<N extends string, Sample = number>(
  contenders: Readonly<Record<N, () => Promise<Sample>>>,
  { rounds = 7, warmups = 2 } = {},
): Promise<Record<N, Sample[]>> {
  const names = Object.keys(contenders) as N[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as Sample[]])) as Record<N, Sample[]>;
  for (let round = -warmups; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await contenders[name]();
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

/** The median, and how far the samples lie apart. */
export function row(name: string, unit: string, samples: readonly number[]): Row {
  return {
    name,
    unit,
    median: median(samples),
    least: Math.min(...samples),
    most: Math.max(...samples),
    samples,
  };
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return sorted.length % 2 === 0 ? (at(middle - 1) + at(middle)) / 2 : at(Math.floor(middle));
}

/** Neighbours in time are compared: what else the machine does moves both. */
export function ratiosOf(samples: readonly number[], references: readonly number[]): number[] {
  return samples.map((sample, round) => sample / (references[round] ?? Number.NaN));
}

/** Of one that took part twice, round by round. */
export function means(samples: readonly number[], others: readonly number[]): number[] {
  return samples.map((sample, round) => (sample + (others[round] ?? Number.NaN)) / 2);
}

/** Sample by sample. */
export function difference(samples: readonly number[], references: readonly number[]): number[] {
  return samples.map((sample, round) => sample - (references[round] ?? Number.NaN));
}

/** What a row is promised to reach. `what` says of what, in the words of a table of several benches. */
export function atLeast(goal: number, of: Row, { what, by }: Words): Target {
  return target(of, { what, by, goal, side: 'least' });
}

/** What a row is promised to stay within. */
export function atMost(goal: number, of: Row, { what, by }: Words): Target {
  return target(of, { what, by, goal, side: 'most' });
}

interface Words {
  readonly what: string;
  /** What the goal is a part of, or its unit: `of raw`, `bytes`. */
  readonly by: string;
}

function target(of: Row, { what, by, goal, side }: Words & Omit<Held, 'row'>): Target {
  const spread = `${digits(of.least)} to ${digits(of.most)} in ${of.samples.length} rounds`;
  return {
    what,
    promise: `${side === 'least' ? '≥' : '≤'} ${goal.toLocaleString('en')} ${by}`,
    found: of.samples.length === 1 ? digits(of.median) : `${digits(of.median)} (${spread})`,
    isMet: side === 'least' ? of.median >= goal : of.median <= goal,
    held: { row: of.name, goal, side },
  };
}

/** As many as a reader can use: three, or all of a whole number. */
export function digits(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}

/** A script of this folder in a process of its own, which says `ready` with what others need to know of it. */
export async function start<Ready>(
  script: string,
  nodeFlags: readonly string[] = [],
  args: readonly string[] = [],
) {
  const path = fileURLToPath(new URL(script + extname(import.meta.url), import.meta.url));
  const child = fork(path, args, { execArgv: [...process.execArgv, ...nodeFlags] });
  const [ready] = (await once(child, 'message')) as [Ready];
  return { child, ready, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
