/**
 * `npm run drops`: the promises about messages at full size, 100,000 of them over 1,000 drops and 200 processes killed.
 * CI plays a part of it. HOLDFAST_MESSAGES, HOLDFAST_CRASHES and HOLDFAST_SEED say otherwise.
 */
import { conclude, runSteps } from './steps.ts';

const { HOLDFAST_MESSAGES = '100000', HOLDFAST_CRASHES = '200' } = process.env;

conclude(
  await runSteps([
    {
      name: 'drops',
      command: 'vitest run --project real test/real/drops.test.ts',
      env: { HOLDFAST_MESSAGES },
      show: 'always',
    },
    {
      name: 'crashes',
      command: 'vitest run --project real test/real/crash.test.ts',
      env: { HOLDFAST_CRASHES },
      show: 'always',
    },
  ]),
);
