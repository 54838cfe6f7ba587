/**
 * `npm run property -- --runs 1000000 [--seed N] [--path P]`: random interleavings in the simulated world, spread
 * over the cores. Prints seed, path and the shortest story when a promise breaks; that line plays it again.
 */
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { root } from './paths.ts';
import type { ShardReport, ShardRequest } from './property-shard.ts';

/** What CI plays: the same each time, so that a red run is the change's doing. Long runs take other seeds. */
const defaults = { runs: '20000', seed: '20261120' };

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: defaults.runs },
    seed: { type: 'string', default: defaults.seed },
    path: { type: 'string' },
  },
});
const runs = wholeNumber('runs', values.runs);
const seed = wholeNumber('seed', values.seed);
const started = performance.now();
const total = { runs: 0, commands: 0 };

/** A path belongs to one seed: it is played by one shard. */
const shards = values.path === undefined ? availableParallelism() : 1;
const failures = await Promise.all(
  Array.from({ length: shards }, (_, shard) =>
    playShard({
      runs: Math.ceil(runs / shards),
      seed: seed + shard,
      ...(values.path !== undefined && { path: values.path }),
    }),
  ),
);

const seconds = (performance.now() - started) / 1_000;
const failed = failures.filter((failure) => failure !== null);
for (const failure of failed) console.log(`\n${failure}\n`);
console.log(
  `\r${total.runs} interleavings, ${total.commands} commands, ${seconds.toFixed(1)} s, ` +
    `seeds ${seed} to ${seed + shards - 1}: ${failed.length === 0 ? 'every promise held' : 'a promise broke'}`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

function playShard(request: ShardRequest): Promise<string | null> {
  return new Promise((resolve) => {
    const child = fork(join(root, 'tools/property-shard.ts'), {
      execArgv: ['--import', 'tsx'],
      // XState warns about what a test does on purpose under its `development` condition only.
      env: { ...process.env, NODE_ENV: 'production' },
    });
    let outcome: string | null = 'the shard ended without a report';
    child.on('message', (report: ShardReport) => {
      if (report.kind === 'done') outcome = report.failure;
      else showProgress(report);
    });
    child.once('exit', () => resolve(outcome));
    child.send(request);
  });
}

function showProgress(report: Extract<ShardReport, { kind: 'progress' }>): void {
  total.runs += report.runs;
  total.commands += report.commands;
  if (!process.stdout.isTTY) return;
  const share = Math.min(1, total.runs / runs);
  const bar = '█'.repeat(Math.round(share * 30)).padEnd(30, '░');
  const left = ((performance.now() - started) / 1_000 / Math.max(share, 0.001)) * (1 - share);
  process.stdout.write(`\r${bar} ${total.runs}/${runs}, ${Math.round(left)} s left `);
}

function wholeNumber(name: string, given: string): number {
  const value = Number(given);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name} is \`${given}\`; allowed: a whole number, 1 or more`);
  process.exit(2);
}
