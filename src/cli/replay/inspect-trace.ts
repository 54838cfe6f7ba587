import { fileURLToPath } from 'node:url';
import { Relay } from '../../inspect/node/relay.ts';
import type { Report } from '../../inspect/report.ts';
import { Reporter } from '../../inspect/reporter.ts';
import type { Trace } from '../../trace.ts';
import type { Terminal } from '../command.ts';
import { rerun } from './rerun.ts';

/** Beside the compiled code, where `npm run build` puts it. */
const builtPage = fileURLToPath(new URL('../../../inspector', import.meta.url));

/** Serves the local inspector with the whole trace in it, until the user has seen enough (Ctrl-C). */
export async function inspectTrace(
  trace: Trace,
  port: number,
  { print, onInterrupt }: Terminal,
  folder = builtPage,
): Promise<void> {
  const relay = new Relay({ folder, port, trace: () => trace });
  for (const report of reportsOf(trace)) relay.tell(report);
  print(`\n${await relay.listen()}  (Ctrl-C ends it)`);
  await untilInterrupted(onInterrupt);
  await relay.close();
}

/** With an end: what is shown is over, and no countdown runs. */
function reportsOf(trace: Trace): Report[] {
  const reports: Report[] = [];
  const reporter = new Reporter((report) => reports.push(report));
  rerun(trace, { inspect: (event) => reporter.next(event) });
  const last = reports.at(-1);
  if (last !== undefined && last.kind !== 'end') {
    reports.push({ kind: 'end', connection: last.connection, at: last.at });
  }
  return reports;
}

function untilInterrupted(onInterrupt: Terminal['onInterrupt']): Promise<void> {
  // The page alone keeps no process alive.
  const awake = setInterval(() => {}, 3_600_000);
  return new Promise((resolve) => {
    const forget = onInterrupt(() => {
      clearInterval(awake);
      forget();
      resolve();
    });
  });
}
