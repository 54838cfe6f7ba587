import fc from 'fast-check';
import { test as plain } from 'vitest';

/**
 * What tests use of `@fast-check/vitest`, for the mutation run alone (`vitest.mutate.config.ts`). Loading the original
 * takes over two seconds, since it builds every chain of `test.skip.concurrent…` there could be: too much for each of a
 * thousand mutants. The seed is fixed, so that a mutant is judged alike each time.
 */
export const test = Object.assign(plain.extend({}), {
  prop:
    <Values extends [unknown, ...unknown[]]>(arbitraries: { [K in keyof Values]: fc.Arbitrary<Values[K]> }) =>
    (name: string, check: (...values: Values) => unknown) =>
      plain(name, () => {
        const values = fc.tuple(...(arbitraries as readonly fc.Arbitrary<unknown>[]));
        const property = fc.asyncProperty(values, async (each) => void (await check(...(each as Values))));
        return fc.assert(property, { seed: 1 });
      }),
});

export { fc };
