import fc from 'fast-check';
import type { ConnectionOptions } from '../options.ts';
import { type Command, commands } from './commands.ts';
import type { Invariant } from './invariants.ts';
import type { MessageMaker } from './ledger.ts';
import { BrokenPromise, run } from './run.ts';
import type { World } from './world.ts';

/** How many random sequences are played, and what is held after each step. */
export interface HoldOptions {
  /** Random sequences to play. Default 300. */
  readonly runs?: number;
  /** Longest sequence. Default 60. */
  readonly maxLength?: number;
  /** As a failed run printed them, to play that run again. */
  readonly seed?: number;
  /** Printed beside the seed: which of the runs it was. */
  readonly path?: string;
  /**
   * File that the trace of the shortest broken run is written to, for `npx holdfast replay FILE` (TS-2). In Node alone.
   * Default: none is written.
   */
  readonly traceTo?: string;
  /** What the n-th `send` of a run sends, for a dialect that is particular. Default: the event `message` with `{ n }`. */
  readonly message?: MessageMaker;
  /** Promises of your own, held after every command beside ours. */
  readonly invariants?: readonly Invariant[];
}

/** @inline */
type HeldOptions = Partial<Omit<ConnectionOptions, 'link' | 'clock' | 'random'>>;

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
 * shortest sequence found that breaks one, its story, seed and path (TS-2). Options that need the world of a run, such
 * as a store on its clock, are given as a function of it.
 *
 * @example
 * test('my settings hold', () => assertConnectionHolds({ reconnect: { maxAttempts: 5 }, classify: mine }));
 */
export async function assertConnectionHolds(
  options: HeldOptions | ((world: World) => HeldOptions) = {},
  { runs = 300, maxLength = 60, invariants = [], message, traceTo, ...again }: HoldOptions = {},
): Promise<void> {
  const held = fc.assert(
    fc.asyncProperty(plans({ maxLength }), async ({ commands: sequence, ...world }) => {
      await run(sequence, { ...world, options, invariants, ...(message && { message }) });
    }),
    { numRuns: runs, ...again },
  );
  await (traceTo === undefined ? held : held.catch((error) => rethrowWithTrace(error, traceTo)));
}

/** What fast-check throws tells of the shortest run that it found as its cause. */
async function rethrowWithTrace(error: unknown, file: string): Promise<never> {
  if (!(error instanceof Error && error.cause instanceof BrokenPromise)) throw error;
  const { writeFile } = await import('node:fs/promises');
  await writeFile(file, `${JSON.stringify(error.cause.trace, null, 2)}\n`);
  error.message += `\n\nIts trace plays again: npx holdfast replay ${file}`;
  throw error;
}
