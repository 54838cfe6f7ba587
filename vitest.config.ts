import { defineConfig } from 'vitest/config';

const real = 'test/real/**/*.test.ts';

export default defineConfig({
  test: {
    environment: 'node',
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          exclude: [real],
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
    ],
  },
});
