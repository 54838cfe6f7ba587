/** `npm run diagram`: draws the machine into README.md and docs/; with `--check` it fails when they differ. */
import { connectionMachine } from '../machines/connection.ts';
import { drawChart } from '../src/inspect/chart/drawing.ts';
import { chartFile } from './diagram/file.ts';
import { drawTopLevel } from './diagram/mermaid.ts';
import { chartPage, fence } from './diagram/page.ts';
import { type Generated, generate } from './generated.ts';
import { isMain } from './paths.ts';

/** What is drawn, of the machine as it is now. */
export function drawings(machine: Pick<typeof connectionMachine, 'root'> = connectionMachine): Generated[] {
  return [
    { path: 'README.md', between: 'chart', text: fence(drawTopLevel(machine.root)) },
    { path: 'docs/chart.md', text: chartPage(machine.root) },
    { path: 'docs/chart.svg', text: chartFile(drawChart(machine.root)) },
  ];
}

if (isMain(import.meta.url)) generate('diagram', drawings());
