import type { Trace } from '../../trace.ts';
import { isElsewhere, type Place, type Rerun, type Step } from './rerun.ts';

/** What happened, one line a step. */
export function storyOf({ steps }: Rerun): string {
  const events = steps.map(({ event }) => (event ?? '').length);
  const paths = steps.map(({ today }) => today.path.length);
  const [event, path] = [widest(events, 32), widest(paths, 44)];
  const from = steps[0]?.at ?? 0;
  return steps.map((step) => lineOf(step, from, { event, path })).join('\n');
}

/** How the trace and the code of today agree. */
export function verdictOf({ steps, differences, stopped }: Rerun): string {
  const first = differences[0];
  if (stopped !== null) return `It cannot be played to its end, ${stopped}`;
  if (first === undefined) {
    const count = steps.length - 1;
    return `The code of today goes the same way: ${count === 1 ? 'one step' : `all ${count} steps`}.`;
  }
  const others = differences.length - 1;
  return (
    `The code of today goes another way from entry ${first.number} on: \`${first.event}\` led to ` +
    `${placeOf(first.recorded)} when it was recorded, and leads to ${placeOf(first.today)} today.` +
    (others === 0 ? '' : ` ${others} more ${others === 1 ? 'step differs' : 'steps differ'} after it.`)
  );
}

/** What the trace is of, before the story. */
export function headOf({ startedAt, entries }: Trace): string {
  const last = entries.at(-1)?.at ?? startedAt;
  const seconds = ((last - startedAt) / 1_000).toFixed(1);
  // The clock of a test counts from 0, or from wherever it likes.
  const isDate = startedAt > Date.UTC(2020) && startedAt < Date.UTC(2100);
  const from = isDate ? `, from ${new Date(startedAt).toISOString()} on` : '';
  return `${entries.length} steps in ${seconds} s${from}:`;
}

function lineOf(step: Step, from: number, wide: { readonly event: number; readonly path: number }): string {
  const { at, event, today, recorded } = step;
  const seconds = ((at - from) / 1_000).toFixed(3).padStart(10);
  const line = `${seconds}  ${(event ?? '').padEnd(wide.event)}  ${today.path.padEnd(wide.path)}  ${detailsOf(step)}`;
  if (!isElsewhere(step)) return line.trimEnd();
  return `${line.trimEnd()}\n${' '.repeat(10)}  ${'✗ recorded:'.padEnd(wide.event)}  ${placeOf(recorded)}`;
}

function detailsOf({ at, status, today }: Step): string {
  const parts = [
    today.cause ?? '',
    'attempt' in status && status.attempt > 0 ? `attempt ${status.attempt}` : '',
    'retryAt' in status && status.retryAt !== null
      ? `due in ${((status.retryAt - at) / 1_000).toFixed(1)} s`
      : '',
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function placeOf({ path, cause }: Place): string {
  return cause === undefined ? path : `${path} (${cause})`;
}

function widest(widths: readonly number[], most: number): number {
  return Math.min(
    most,
    widths.reduce((wide, width) => Math.max(wide, width), 0),
  );
}
