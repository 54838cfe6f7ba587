/** `npm run check`: everything that can be told without running the product. */
import { isMain } from './paths.ts';
import { conclude, runSteps, type Step } from './steps.ts';

const each: readonly Step[] = [
  { name: 'format and lint', command: 'biome check --error-on-warnings' },
  { name: 'types', command: 'tsc --noEmit' },
  { name: 'types of packages', command: 'tsc --noEmit -p packages/inspect-classic' },
  {
    name: 'types of examples',
    command:
      'tsc -b examples/tsconfig.vite.json examples/vanilla examples/react examples/solid examples/next examples/node examples/demo examples/cluster',
  },
  { name: 'types of Vue', command: 'vue-tsc -b examples/vue', needs: 'types of examples' },
  {
    name: 'types of Svelte',
    command: 'svelte-check --workspace examples/svelte --fail-on-warnings',
    needs: 'types of examples',
  },
  { name: 'types of Angular', command: 'ngc -p examples/angular', needs: 'types of examples' },
  { name: 'imports', command: 'tsx tools/imports.ts' },
  { name: 'unused', command: 'knip' },
  { name: 'drawings', command: 'tsx tools/diagram.ts --check' },
  { name: 'error page', command: 'tsx tools/errors.ts --check' },
  { name: 'recover table', command: 'tsx tools/recover-table.ts --check' },
  { name: 'figures of the last run', command: 'tsx tools/performance.ts --check' },
  { name: 'herd page', command: 'tsx tools/herd.ts --check' },
  { name: 'reference', command: 'tsx tools/reference.ts --check' },
  { name: 'workflows', command: 'tsx tools/workflows.ts' },
];

/** None writes what another one reads, unless that one waits for it. */
export const checks: readonly Step[] = each.map((step) => ({ ...step, beside: true }));

if (isMain(import.meta.url)) conclude(await runSteps(checks));
