import { table } from '../table.ts';
import { readPackage } from './bundle.ts';
import { allParts, bundleWithout, type Part, type PartWeight, weighParts } from './parts.ts';
import { weighWords } from './words.ts';

/** What is in the bundle, each beside what came before. */
const steps: readonly (readonly [string, readonly Part[]])[] = [
  ['the machine, its ports and what makes them one', ['the chart', 'credentials', 'status, session, wiring']],
  ['and what failures mean, with hints', ['failures and their hints']],
  ['and checks of options', ['checks of options']],
  ['and signals and probes', ['signals and probes']],
  ['and the link over Socket.IO: the lifecycle', ['the link over Socket.IO']],
  ['and messages out', ['messages out']],
  ['and rooms', ['rooms']],
  ['and catching up', ['catching up']],
  ['and trace, stats and steady(): all', ['trace, stats, steady']],
];

/** What the main entry is made of, as tables in Markdown. */
export async function details(base: string): Promise<string> {
  const { peers } = readPackage(base);
  const kept: Part[] = [];
  const grown: (string | number)[][] = [];
  for (const [name, added] of steps) {
    kept.push(...added);
    const left = allParts.filter((part) => !kept.includes(part));
    const { min, gzip } = await bundleWithout(base, left, peers);
    grown.push([name, min, gzip]);
  }
  return [
    table(['bundle with', 'minified', 'gzip -9'], grown),
    weightTable('part', await weighParts(base, peers)),
    weightTable('words', await weighWords(base, peers)),
  ].join('\n\n');
}

function weightTable(title: string, weights: ReadonlyMap<string, PartWeight>): string {
  const rows = [...weights].map(([name, { min, gzip }]) => [name, min, gzip]);
  return table([title, 'minified', 'gzip that goes with it'], rows);
}
