import type { Command, Terminal } from '../command.ts';
import { help, readArguments } from './arguments.ts';
import { checks } from './checks.ts';
import { examine } from './examine.ts';
import { Printer, quietly, verdictOf } from './print.ts';

/** `holdfast doctor URL`: every layer of a connection tried, from the outside in (DR-1). */
export const doctor: Command = {
  name: 'doctor',
  summary: 'doctor URL     finds out why a connection cannot be made',
  async run(args, terminal) {
    const asked = readArguments(args);
    if (asked === null) {
      terminal.print(help);
      return 0;
    }
    const { settings, json, quiet } = asked;
    const isTold = !json && !quiet;
    const look = { color: terminal.color };
    const printer = new Printer(terminal.print, look);
    const report = await untilInterrupted(terminal, (signal) =>
      examine(checks, settings, {
        signal,
        ...(isTold && { done: (checked) => printer.done(checked) }),
      }),
    );
    printer.flush();
    if (json) terminal.print(JSON.stringify(report, null, 2));
    else terminal.print(quiet ? quietly(report, look) : `\n${verdictOf(report, look)}`);
    return report.exitCode;
  },
};

async function untilInterrupted<T>(
  { onInterrupt }: Terminal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const forget = onInterrupt(() => stop.abort());
  try {
    return await work(stop.signal);
  } finally {
    forget();
  }
}
