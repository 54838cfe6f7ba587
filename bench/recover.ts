import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { type Bench, row } from './harness.ts';
import { prepareInBrowser } from './recover/browser.ts';
import { Cleanup } from './recover/cleanup.ts';
import { type Cell, cellsOf, rowsOf, targetOf } from './recover/figures.ts';
import { keepTable, keptTablePath } from './recover/kept.ts';
import { browserLanes, nodeLanes } from './recover/lanes.ts';
import { prepareInNode } from './recover/node.ts';
import { runHeats } from './recover/run-lane.ts';

const lanes = [...nodeLanes, ...browserLanes];
const namesOf = (...faults: readonly string[]) =>
  lanes.filter(({ fault }) => faults.includes(fault)).map(({ name }) => name);

/** How soon a client is of use again after an outage: not when it is connected, but when the server has answered. */
export const recover: Bench = {
  name: 'recover',
  title:
    'ms from the moment at which nothing stands in the way any more until the server has answered, of every client in every round',
  async measure({ keep }) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    const cells = await measureAll(() => void delay.enable());
    if (keep) {
      mkdirSync(dirname(keptTablePath), { recursive: true });
      writeFileSync(keptTablePath, `${JSON.stringify(keepTable(cells), null, 2)}\n`);
      console.log(`  ${keptTablePath}`);
    }
    return {
      rows: [
        ...cells.flatMap(rowsOf),
        row('event loop of the process that measures, 99 % of its turns within', 'ms', [
          delay.percentile(99) / 1e6,
        ]),
      ],
      targets: [targetOf(cells, namesOf('reset', 'end'), 1.6), targetOf(cells, namesOf('offline'), 4)],
    };
  },
};

async function measureAll(begin: () => void): Promise<Cell[]> {
  const cleanup = new Cleanup();
  try {
    const heats = (await Promise.all([prepareInNode(cleanup), prepareInBrowser(cleanup)])).flat();
    const results = await runHeats(heats, begin);
    return lanes.flatMap((lane) => cellsOf(lane.name, results.get(lane) ?? []));
  } finally {
    await cleanup.run();
  }
}
