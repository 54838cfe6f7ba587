import { expect, test } from 'vitest';
import { findFaults } from '../../tools/workflows.ts';

const commit = '9c091bb21b7c1c1d1991bb908d89e4e9dddfe3e0';

function workflow(step: string, runsOn = 'ubuntu-latest'): string {
  return `on: push\njobs:\n  one:\n    runs-on: ${runsOn}\n    steps:\n      - ${step}\n`;
}

test('a sound workflow has no faults', async () => {
  expect(await findFaults('a.yml', workflow(`uses: actions/checkout@${commit} # v7.0.0`))).toEqual([]);
  expect(await findFaults('a.yml', workflow('uses: ./.github/actions/ours'))).toEqual([]);
});

test('what GitHub would turn down is found, with its place', async () => {
  const faults = await findFaults('a.yml', workflow('run: echo ${{ github.nothing }}'));
  expect(faults).toEqual([expect.stringMatching(/^a\.yml:6:\d+: .*nothing/)]);
  expect(await findFaults('a.yml', workflow('run: npm test', 'ubuntu-newest'))).toHaveLength(1);
});

test('an action that is not pinned is found', async () => {
  const faults = await findFaults('a.yml', workflow('uses: actions/checkout@v7'));
  expect(faults).toEqual([expect.stringMatching(/^a\.yml:6: actions\/checkout@v7 is not pinned/)]);
});
