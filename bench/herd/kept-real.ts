import { existsSync, readFileSync } from 'node:fs';
import type { Shares } from './figures.ts';
import type { Timing } from './grid.ts';

/** Where the rounds with real clients are kept, from the root. */
export const keptRealPath = 'bench/results/herd-real-courses.json';

/** Rounds of `herd-real.ts`, each a run of its own, all with the same defaults. */
export interface KeptReal {
  readonly policy: Timing;
  /** Seconds that the server had room for all of them in. */
  readonly capacity: number;
  readonly rounds: readonly RealRound[];
}

export interface RealRound {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly clients: number;
  readonly machine: string;
  /** How many processes wanted to run, on average over the minute before the start. */
  readonly load: number;
  readonly herds: readonly RealHerd[];
}

export interface RealHerd {
  readonly name: string;
  /** Ms from the end of the old server until the new one listened. */
  readonly away: number;
  readonly found: Shares;
  /** What the simulation says of the same case. */
  readonly simulated: Shares;
}

/** The rounds that are kept; what was measured with other defaults, or against another server, counts no more. */
export function keptRounds({ policy, capacity }: Omit<KeptReal, 'rounds'>): readonly RealRound[] {
  if (!existsSync(keptRealPath)) return [];
  const kept = JSON.parse(readFileSync(keptRealPath, 'utf8')) as KeptReal;
  const isSame = kept.capacity === capacity && JSON.stringify(kept.policy) === JSON.stringify(policy);
  return isSame ? kept.rounds : [];
}

/** One line for each round. */
export function toText({ policy, capacity, rounds }: KeptReal): string {
  return `{
  "policy": ${JSON.stringify(policy)},
  "capacity": ${capacity},
  "rounds": [${rounds.map((round) => `\n    ${JSON.stringify(round)}`).join(',')}
  ]
}
`;
}

/** Of each round, a herd's times as parts of those of the first one, which is socket.io's. */
export function ratiosOfRounds(rounds: readonly RealRound[], name: string, key: 'found' | 'simulated') {
  return rounds.map(({ herds: [reference, ...others] }) => {
    const times = others.find((herd) => herd.name === name)?.[key];
    return [0, 1, 2].map((index) => (times?.[index] ?? never) / (reference?.[key][index] ?? never));
  });
}

const never = Number.POSITIVE_INFINITY;
