/** `npm run performance`: writes the figures of the kept runs into README and docs; with `--check` it fails when they differ. */
import type { KeptRun } from '../bench/kept.ts';
import { type Generated, generate } from './generated.ts';
import { isMain, root } from './paths.ts';
import { barsPlot } from './performance/bars-plot.ts';
import { type Plots, performancePage } from './performance/page.ts';
import { promisesPlot } from './performance/promises-plot.ts';
import { circumstances, readRuns, runOf } from './performance/runs.ts';
import { promiseTable, quoteTable } from './performance/tables.ts';

/** All that quotes a run that is kept under `base`. */
export function performancePages(base: string): Generated[] {
  const runs = readRuns(base);
  const drawn = drawings(runs);
  const plots: Plots = new Map(
    drawn.map(({ of, file, shows }) => [of, { path: `images/${file}`, shows }] as const),
  );
  const quote = (path: string, names: readonly string[]): Generated => ({
    path,
    between: 'performance',
    text: quoteTable(names.map((name) => runOf(runs, name))),
  });
  return [
    { path: 'docs/performance.md', text: performancePage(runs, plots) },
    ...drawn.map(({ file, drawing }) => ({ path: `docs/images/${file}`, text: drawing })),
    { path: 'README.md', between: 'performance', text: readmeTable(runs) },
    quote('docs/server-messages.md', ['broadcast', 'broadcast-redis', 'server-memory']),
  ];
}

function drawings(runs: readonly KeptRun[]) {
  const rowsOf = (name: string, wanted: (row: string) => boolean) =>
    runOf(runs, name).rows.filter((row) => wanted(row.name));
  const sizes = rowsOf('size', (name) => !/^holdfast\//.test(name)).sort((a, b) => a.median - b.median);
  const waits = rowsOf(
    'connect',
    (name) => !/provider$|^a (dial|handshake)|by |nothing takes time/.test(name),
  );
  return [
    {
      of: 'promises',
      file: 'performance-promises.svg',
      shows: 'Each promise by what was found: right of the line it is kept',
      drawing: promisesPlot(runs),
    },
    {
      of: 'connect',
      file: 'performance-connect.svg',
      shows: 'Time to connected: holdfast beside the limit and the sequential ways',
      drawing: barsPlot('From the call until the server accepted, ms', waits, isOurs),
    },
    {
      of: 'size',
      file: 'performance-size.svg',
      shows: 'Bundles: holdfast without and with its peers, beside other clients',
      drawing: barsPlot('What an app ships, bytes of gzip', sizes, isOurs),
    },
  ];
}

function isOurs(name: string): boolean {
  return name.startsWith('holdfast');
}

/** The README has the promises, and where to find the rest. */
function readmeTable(runs: readonly KeptRun[]): string {
  const [latest] = runs.toSorted((a, b) => b.date.localeCompare(a.date));
  const where =
    latest === undefined ? 'No run is kept.' : `The latest of these runs: ${circumstances(latest)}.`;
  // Those of the herd stand in a table of their own (tools/herd.ts).
  return `${promiseTable(runs.filter(({ name }) => !name.startsWith('herd')))}\n\n${where}`;
}

if (isMain(import.meta.url)) generate('performance', performancePages(root));
