import fc from 'fast-check';
import { test as plain } from 'vitest';
import { seed } from './seed.ts';

// Nothing is as slow to find as a red run that the next one does not have.
fc.configureGlobal({ seed });

export { fc };

/**
 * Vitest's `test`, and a test that is checked for random values. `@fast-check/vitest` has more of it, and takes over two
 * seconds to load, in every file that asks for it.
 */
export const test = Object.assign(plain.extend({}), {
  prop:
    <Values extends [unknown, ...unknown[]]>(
      arbitraries: { [K in keyof Values]: fc.Arbitrary<Values[K]> },
      parameters: Pick<fc.Parameters, 'numRuns'> = {},
    ) =>
    (name: string, check: (...values: Values) => unknown) =>
      plain(name, () => {
        const values = fc.tuple(...arbitraries) as unknown as fc.Arbitrary<Values>;
        return fc.assert(
          fc.asyncProperty(values, async (each) => void (await check(...each))),
          parameters,
        );
      }),
});
