import { defineConfig } from 'vitest/config';
import { holdfastFromSource } from './examples/from-source.ts';

const real = 'test/real/**/*.test.ts';
const browser = 'test/browser/**/*.test.ts';
/** Apps that are quick to install and run, and those that have to be built. */
const packageTests = 'test/consumers/{package,node}.test.ts';
const consumers = 'test/consumers/*.test.ts';

/** Of tests that install what is packed into apps of their own, and build those. */
const asUsersDo = {
  globalSetup: 'test/support/consumers/pack.ts',
  sequence: { groupOrder: 3 },
  testTimeout: 300_000,
  // An app's folder is some hundred megabytes to remove.
  hookTimeout: 60_000,
};

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
          exclude: [real, browser, consumers],
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
          // Real servers and faults wait more than they work. More at a time, or the unit tests, would disturb their timing.
          maxWorkers: 2,
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
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { ...asUsersDo, name: 'package', include: [packageTests] },
      },
      {
        extends: true,
        test: { ...asUsersDo, name: 'consumers', include: [consumers], exclude: [packageTests] },
      },
    ],
  },
});
