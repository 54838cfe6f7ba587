import { runCommandLine } from '../../../src/cli/commands.ts';
import type { Report } from '../../../src/cli/doctor/report.ts';

export interface Ran {
  readonly exitCode: number;
  readonly printed: string;
  readonly complained: string;
}

/** The command line, in this process. `interrupt` is called with what does as Ctrl-C does. */
export async function holdfast(
  args: readonly string[],
  interrupt?: (stop: () => void) => void,
): Promise<Ran> {
  const printed: string[] = [];
  const complained: string[] = [];
  const exitCode = await runCommandLine(args, {
    version: '0.0.0',
    color: false,
    print: (text) => void printed.push(text),
    complain: (text) => void complained.push(text),
    onInterrupt(callback) {
      interrupt?.(callback);
      return () => {};
    },
  });
  return { exitCode, printed: printed.join('\n'), complained: complained.join('\n') };
}

/** What the doctor says of this address, as `--json` prints it. */
export async function examined(url: string, ...args: readonly string[]): Promise<Report> {
  const { printed, complained } = await holdfast(['doctor', url, '--json', ...args]);
  if (printed === '') throw new Error(complained);
  return JSON.parse(printed);
}
