import { defineConfig } from 'vitest/config';
import { holdfastFromSource } from './examples/from-source.ts';

const real = 'test/real/**/*.test.ts';
const browser = 'test/browser/**/*.test.ts';

export default defineConfig({
  resolve: { alias: holdfastFromSource },
  test: {
    environment: 'node',
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          exclude: [real, browser],
          // Vitest leaves one core to itself, which of two is half.
          maxWorkers: '100%',
          testTimeout: 10_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: [real],
          // Real servers and faults: one file at a time, after the unit tests, or they disturb each other's timing.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: [browser],
          globalSetup: 'test/support/browser/build-page.ts',
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
