import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take long for what they kill, the longest last. */
const slow = ['dispose.test.ts', 'secrets.test.ts', 'import.test.ts'];

/** The first failure ends the judging of a mutant: the tests of the machine come first, the slow ones last. */
class QuickestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => slow.findIndex((name) => moduleId.endsWith(`/${name}`));
    return [...files].sort(
      (one, other) => rank(one) - rank(other) || one.moduleId.localeCompare(other.moduleId),
    );
  }
}

/**
 * What judges a mutant: the tests of chart and core, in simulated time. Tools, docs and the real world have nothing to
 * say about it, nor have types. `docs/mutation.md` tells why each setting is there.
 */
export default defineConfig({
  test: {
    environment: 'node',
    include: [
      'test/machines/**/*.test.ts',
      'test/src/*.test.ts',
      'test/src/dialect/**/*.test.ts',
      'test/src/inbox/**/*.test.ts',
      'test/src/connection/**/*.test.ts',
    ],
    exclude: ['test/src/connection/types.test.ts'],
    // Time is simulated: what takes longer hangs.
    testTimeout: 3_000,
    // All files of one run share their modules; every mutant is a run of its own, with new ones.
    isolate: false,
    sequence: { sequencer: QuickestFirst },
  },
});
