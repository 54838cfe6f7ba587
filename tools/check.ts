/** `npm run check`: everything that can be told without running the product. */
import { isMain } from './paths.ts';
import { conclude, runSteps, type Step } from './steps.ts';

export const checks: readonly Step[] = [
  { name: 'format and lint', command: 'biome check --error-on-warnings' },
  { name: 'types', command: 'tsc --noEmit' },
  { name: 'types of packages', command: 'tsc --noEmit -p packages/inspect-classic' },
  { name: 'imports', command: 'tsx tools/imports.ts' },
  { name: 'unused', command: 'knip' },
  { name: 'drawings', command: 'tsx tools/diagram.ts --check' },
  { name: 'error page', command: 'tsx tools/errors.ts --check' },
];

if (isMain(import.meta.url)) conclude(runSteps(checks));
