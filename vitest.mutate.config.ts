import { defineConfig } from 'vitest/config';

/** What judges a mutant: the tests of chart and core. Tools, docs and the real world have nothing to say about it. */
export default defineConfig({
  test: {
    environment: 'node',
    include: ['test/machines/**/*.test.ts', 'test/src/**/*.test.ts'],
    exclude: ['test/src/link/**'],
    testTimeout: 10_000,
  },
});
