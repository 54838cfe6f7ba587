import { defaultPolicy, type ReconnectPolicy } from '../../machines/policy.ts';
import type { Course } from './comeback.ts';
import { backAt, ratesOf } from './figures.ts';
import { type Cell, outages, runAlone, runGrid, type Setting, schedules, type Timing } from './grid.ts';
import { decorrelated, fullJitter, holdfast, type Schedule } from './schedules.ts';

/** Where a run is kept, from the root. */
export const keptPath = 'bench/results/herd-courses.json';

/** A run, for plots and tables. */
export interface Kept {
  readonly clients: number;
  readonly seed: number;
  readonly policy: Timing;
  readonly cells: readonly Cell[];
  /** Those that are plotted: the rate of arrivals and the share that is back, at times that are `step` seconds apart. */
  readonly curves: readonly Curve[];
  /** What follows is of fewer clients. */
  readonly few: number;
  /** Other defaults that were tried. */
  readonly neighbours: readonly Neighbour[];
  /** Outages of other lengths: socket.io's default and ours. */
  readonly between: readonly Cell[];
}

export interface Curve extends Setting {
  readonly step: number;
  readonly rates: readonly number[];
  readonly back: readonly number[];
}

export interface Neighbour {
  readonly jitter: Jitter;
  readonly timing: Timing;
  readonly cells: ReturnType<typeof runAlone>;
}

/** `ours`: as our policy draws. The bounds of `decorrelated` are `first` and `cap`; it has no others. */
export type Jitter = 'ours' | 'full' | 'decorrelated';

/** Everything at once; a million clients take some minutes. */
export function runAll(clients: number, seed = 1, say: (progress: string) => void = () => {}): Kept {
  const curves: Curve[] = [];
  const cells = runGrid(clients, seed, (setting, course) => {
    const { client, outage, capacity, help } = setting;
    say(`${client}, ${outage / 1_000} s, ${capacity === null ? 'no limit' : `in ${capacity} s`}, ${help}`);
    if (isPlotted(setting)) curves.push(curveOf(setting, course, clients));
  });
  const few = Math.ceil(clients / 10);
  const ended = outages.filter((outage) => outage > 0);
  const tried = neighbours.map(([jitter, timing]) => {
    say(`others: ${jitter}, ${Object.values(timing).join(', ')}`);
    const schedule = scheduleOf[jitter]({ ...defaultPolicy, ...timing });
    return { jitter, timing, cells: runAlone({ clients: few, schedule, seed }, ended) };
  });
  const between = (['socket.io', 'holdfast'] as const).flatMap((client) => {
    say(`other outages: ${client}`);
    const sort = { clients: few, schedule: schedules[client], seed };
    const found = runAlone(sort, lengthsBetween, [null, 10]);
    return found.map((cell) => ({ client, help: 'none' as const, ...cell }));
  });
  const { first, base, factor, cap } = defaultPolicy;
  const policy = { first, base, factor, cap };
  return { clients, seed, policy, cells, curves, few, neighbours: tried, between };
}

/** One line for each cell, so that a new run can be read as a difference. */
export function toText(kept: Kept): string {
  const lines = (values: readonly unknown[]) =>
    values.map((value) => `\n    ${JSON.stringify(value)}`).join(',');
  const { clients, seed, policy, cells, curves, few, neighbours, between } = kept;
  return `{
  "clients": ${clients},
  "seed": ${seed},
  "policy": ${JSON.stringify(policy)},
  "cells": [${lines(cells)}
  ],
  "curves": [${lines(curves)}
  ],
  "few": ${few},
  "neighbours": [${lines(neighbours)}
  ],
  "between": [${lines(between)}
  ]
}
`;
}

function isPlotted({ outage, help }: Setting): boolean {
  return help !== 'one-time' && !(help === 'none' && outage === 0);
}

function curveOf(setting: Setting, { arrivals, back }: Course, clients: number): Curve {
  const [span, step] = setting.capacity === 100 ? [120, 0.5] : [30, 0.2];
  const times = Array.from({ length: span / step + 1 }, (_, index) => Math.round(index * step * 1_000));
  return { ...setting, step, rates: ratesOf(arrivals, clients, times), back: backAt(back, clients, times) };
}

const timing = (first: number, base: number, factor: number, cap: number): Timing => ({
  first: first * 1_000,
  base: base * 1_000,
  factor,
  cap: cap * 1_000,
});

const lengthsBetween = [500, 1_500, 2_000, 2_500, 4_000, 5_000, 7_000, 10_000, 20_000, 60_000];

const scheduleOf: Record<Jitter, (policy: ReconnectPolicy) => Schedule> = {
  ours: holdfast,
  full: fullJitter,
  decorrelated,
};

/** The former defaults, the first looks, and what lies around the ones that were chosen. */
const neighbours: readonly (readonly [Jitter, Timing])[] = [
  ['ours', timing(1, 4, 1.5, 8)],
  ['ours', timing(1, 4.5, 1.25, 8)],
  ['ours', timing(1, 5, 1.5, 8)],
  ['ours', timing(1, 3, 1.5, 8)],
  ['ours', timing(1, 3, 2, 8)],
  ['ours', timing(1, 4, 1.5, 6)],
  ['ours', timing(1, 4, 1.5, 12)],
  ['ours', timing(2, 4, 1.5, 8)],
  ['full', timing(1, 2, 2, 20)],
  ['full', timing(1, 1, 2, 30)],
  ['full', timing(1, 6, 1.5, 20)],
  ['full', timing(1, 6, 1.5, 12)],
  ['full', timing(1, 5, 2, 12)],
  ['full', timing(1, 4, 1.5, 12)],
  ['full', timing(1, 4, 1.5, 8)],
  ['decorrelated', timing(1, 1, 3, 8)],
  ['decorrelated', timing(1, 1, 3, 20)],
];
