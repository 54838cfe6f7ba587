import type { Trace } from '../../trace.ts';
import { type Command, UsageError } from '../command.ts';
import { parseOptions } from '../parse-options.ts';
import { inspectTrace } from './inspect-trace.ts';
import { readTrace } from './read-trace.ts';
import { type Rerun, rerun } from './rerun.ts';
import { headOf, storyOf, verdictOf } from './story.ts';

const options = {
  inspect: { type: 'boolean' },
  port: { type: 'string' },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  help: { type: 'boolean' },
} as const;

const help = `holdfast replay FILE [options]: plays a trace again, on a clock that stands where the trace says.

FILE is what \`connection.trace()\` gave, what an inspector exported, or what a property that failed wrote.

  --inspect      open it in the local inspector, with a slider through time; Ctrl-C ends it
  --port PORT    where that page is served (default 4480, or the next one that is free)
  --json         one JSON document
  --quiet        the verdict alone

Exit code: 0 the code of today goes the same way, 1 it goes another way, 2 used wrongly, or no trace.`;

/** `holdfast replay FILE`: a trace, played by the real machine (ST-5, TS-2). */
export const replay: Command = {
  name: 'replay',
  summary: 'replay FILE    plays a trace again, and says where the code of today goes another way',
  async run(args, terminal) {
    const asked = readArguments(args);
    if (asked === null) {
      terminal.print(help);
      return 0;
    }
    const trace = readTrace(asked.file);
    const found = rerun(trace);
    if (asked.json) terminal.print(JSON.stringify(documentOf(found), null, 2));
    else terminal.print(harmless(asked.quiet ? verdictOf(found) : tell(trace, found)));
    if (asked.inspect) await inspectTrace(trace, asked.port, terminal);
    return found.differences.length > 0 || found.stopped !== null ? 1 : 0;
  },
};

function tell(trace: Trace, found: Rerun): string {
  return `${headOf(trace)}\n\n${storyOf(found)}\n\n${verdictOf(found)}`;
}

/** What came out of a file is shown, and never obeyed. */
function harmless(text: string): string {
  return text.replace(/[^\P{Cc}\n]/gu, '\u{fffd}');
}

function documentOf({ steps, differences, stopped }: Rerun): object {
  return { isSame: differences.length === 0 && stopped === null, stopped, differences, steps };
}

function readArguments(args: readonly string[]) {
  const { values, positionals } = parseOptions(args, options);
  if (values.help === true) return null;
  const [file, ...others] = positionals;
  if (file === undefined || file === '') throw new UsageError('give the file of the trace');
  if (others.length > 0) throw new UsageError('one trace at a time');
  if (values.port !== undefined && values.inspect !== true) throw new UsageError('--port is for --inspect');
  const { inspect = false, json = false, quiet = false } = values;
  return { file, inspect, json, quiet, port: readPort(values.port) };
}

function readPort(given = '4480'): number {
  const port = Number(given);
  if (/^\d+$/.test(given) && port < 65_536) return port;
  throw new UsageError('--port is a whole number from 0 to 65535');
}
