import { readFileSync, statSync } from 'node:fs';
import type { Trace } from '../../trace.ts';
import { UsageError } from '../command.ts';

/** Bytes. The longest traces of a day in a browser are a few megabytes. */
const largest = 64 * 1024 * 1024;

/** What `connection.trace()` gave, out of a file. Throws a `UsageError` that says what is wrong with it. */
export function readTrace(file: string): Trace {
  const said: unknown = parse(read(file), file);
  const fault = faultIn(said);
  if (fault !== null) throw new UsageError(`${file} is no trace: ${fault}`);
  return said as Trace;
}

function read(file: string): string {
  try {
    const { size } = statSync(file);
    if (size > largest) throw new UsageError(`${file} is larger than ${largest / 1024 / 1024} MB`);
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no trace: it is not JSON`);
  }
}

/** What is looked at before it is played: the rest, the machine finds. */
function faultIn(said: unknown): string | null {
  if (!isObject(said)) return 'it is no object';
  const { version, startedAt, settings, start, entries } = said;
  if (version !== 1)
    return `its version is ${typeof version === 'number' ? version : 'missing'}, and this holdfast reads version 1`;
  if (!isObject(settings) || !isObject(start)) {
    return 'it says what happened, and not where that began. Export it while the page that was watched is open';
  }
  if (typeof startedAt !== 'number') return '`startedAt` is no number';
  if (!isObject(start['context']) || !isObject(start['context']['world']))
    return '`start.context` is missing';
  if (!isObject(settings['deadlines']) || !isObject(settings['restore'])) return '`settings` are not whole';
  if (!Array.isArray(entries)) return '`entries` is no list';
  const odd = entries.findIndex((entry) => !isEntry(entry));
  return odd === -1 ? null : `entry ${odd + 1} is not one`;
}

function isEntry(said: unknown): boolean {
  if (!isObject(said)) return false;
  const { at, event, from, to, draws = [], backoffs = [], verdicts = [] } = said;
  return (
    typeof at === 'number' &&
    isObject(event) &&
    typeof event['type'] === 'string' &&
    typeof from === 'string' &&
    typeof to === 'string' &&
    [draws, backoffs, verdicts].every(Array.isArray)
  );
}

function isObject(said: unknown): said is Record<string, unknown> {
  return typeof said === 'object' && said !== null && !Array.isArray(said);
}
