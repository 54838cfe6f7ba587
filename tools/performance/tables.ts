import { digits, type Target } from '../../bench/harness.ts';
import type { KeptRow, KeptRun } from '../../bench/kept.ts';

const head = '| | promised | found | command |';

/** What a promise is of, where the bench does not say: it promises one thing. */
const whats: Readonly<Record<string, string>> = {
  recover: 'a client that is back after a fault',
  herd: 'clients of a server that restarts, simulated',
  'herd-real': 'real clients of a server that is killed',
};

/** Every promise of these runs, and whether the run kept it. */
export function promiseTable(runs: readonly KeptRun[]): string {
  const lines = runs.flatMap((run) => run.targets.map((target) => promiseLine(run, target)));
  return [head, '|---|---|---|---|', ...lines].join('\n');
}

function promiseLine({ name }: KeptRun, { what, promise, found, isMet }: Target): string {
  return `| ${what ?? whats[name] ?? `\`${name}\``} | ${promise} | ${mark(isMet)} ${found} | \`npm run bench -- ${name}\` |`;
}

export function mark(isMet: boolean): string {
  return isMet ? '✓' : '✗ missed:';
}

/** What a run found, row by row. */
export function rowTable({ rows }: KeptRun): string {
  const isSpread = rows.some(({ runs }) => runs > 1);
  const head = isSpread ? '| | median | spread | runs |' : '| | |';
  const rule = isSpread ? '|---|--:|--:|--:|' : '|---|--:|';
  const lines = rows.map((row) => {
    const { name, least, most, runs } = row;
    const spread = isSpread ? ` ${runs === 1 ? '' : `${digits(least)} to ${digits(most)}`} | ${runs} |` : '';
    return `| ${name} | ${figureOf(row)} |${spread}`;
  });
  return [head, rule, ...lines].join('\n');
}

/** The rows without a promise, as other pages quote them. */
export function quoteTable(runs: readonly KeptRun[]): string {
  const lines = runs.flatMap((run) =>
    run.targets.length > 0
      ? run.targets.map((target) => promiseLine(run, target))
      : run.rows.map((row) => `| ${row.name} | | ${spreadOf(row)} | \`npm run bench -- ${run.name}\` |`),
  );
  return [head, '|---|---|---|---|', ...lines].join('\n');
}

function figureOf({ median, unit }: KeptRow): string {
  return unit === '' ? digits(median) : `${digits(median)} ${unit}`;
}

function spreadOf(row: KeptRow): string {
  const { least, most, runs } = row;
  return runs === 1
    ? figureOf(row)
    : `${figureOf(row)} (${digits(least)} to ${digits(most)} in ${runs} rounds)`;
}
