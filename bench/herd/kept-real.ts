import type { Shares } from './figures.ts';

/** Where a run with real clients is kept, from the root. */
export const keptRealPath = 'bench/results/herd-real-courses.json';

/** A run of `herd-real.ts`. */
export interface KeptReal {
  readonly clients: number;
  /** Seconds that the server had room for all of them in. */
  readonly capacity: number;
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
