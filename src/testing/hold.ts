import fc from 'fast-check';
import type { ConnectionOptions } from '../options.ts';
import { type Command, commands } from './commands.ts';
import type { Invariant } from './invariants.ts';
import { run } from './run.ts';

export interface HoldOptions {
  /** Random sequences to play. Default 300. */
  readonly runs?: number;
  /** Longest sequence. Default 60. */
  readonly maxLength?: number;
  /** As a failed run printed them, to play that run again. */
  readonly seed?: number;
  readonly path?: string;
  /** Promises of your own, held after every command beside ours. */
  readonly invariants?: readonly Invariant[];
}

/** One random run: what is done, in which world. */
export interface Plan {
  readonly commands: readonly Command[];
  readonly seed: number;
  readonly isRude: boolean;
}

/** Random plans, for properties of your own. */
export function plans({ maxLength = 60 }: Pick<HoldOptions, 'maxLength'> = {}): fc.Arbitrary<Plan> {
  return fc.record({ commands: commands({ maxLength }), seed: fc.nat(0xffff), isRude: fc.boolean() });
}

/**
 * Plays random interleavings of drops, refreshes, signals and user calls over *your* options (policy, classifier,
 * provider…) in a simulated world, and holds every promise of the spec after each step (TS-1). Rejects with the
 * shortest sequence found that breaks one, its story, seed and path (TS-2).
 *
 * @example
 * test('my settings hold', () => assertConnectionHolds({ reconnect: { maxAttempts: 5 }, classify: mine }));
 */
export async function assertConnectionHolds(
  options: Partial<Omit<ConnectionOptions, 'link' | 'clock' | 'random'>> = {},
  { runs = 300, maxLength = 60, invariants = [], ...again }: HoldOptions = {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(plans({ maxLength }), async ({ commands: sequence, ...world }) => {
      await run(sequence, { ...world, options, invariants });
    }),
    { numRuns: runs, ...again },
  );
}
