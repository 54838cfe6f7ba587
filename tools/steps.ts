/** Runs commands one after another, or side by side, and tells of each how it went and how long it took. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { root } from './paths.ts';

export interface Step {
  name: string;
  /** A binary of node_modules/.bin (npm puts it on the path) and its arguments. */
  command: string;
  /** `always` streams the output, `failed` (the default) keeps it until it is needed. */
  show?: 'always' | 'failed';
  /** The step whose success this one builds on. */
  needs?: string;
  /** It may run beside its neighbours that say so too, as many as there are cores. */
  beside?: boolean;
  env?: Record<string, string>;
  /** Where it runs. Default: the repository's root. */
  cwd?: string;
}

/** Runs every step, also after one failed; returns the names of those that failed, in the order of the steps. */
export async function runSteps(steps: readonly Step[], width = availableParallelism()): Promise<string[]> {
  const outcomes = new Map<string, Promise<boolean>>();
  const running = new Set<Promise<boolean>>();
  let neighbours = false;
  for (const step of steps) {
    const mayJoin = step.beside === true && neighbours;
    while (running.size >= (mayJoin ? width : 1)) await Promise.race(running);
    const outcome = runWhenNeeded(step, outcomes.get(step.needs ?? ''));
    outcomes.set(step.name, outcome);
    running.add(outcome);
    void outcome.then(() => running.delete(outcome));
    neighbours = step.beside === true;
  }
  const all = await Promise.all(outcomes.values());
  return [...outcomes.keys()].filter((_, index) => !all[index]);
}

async function runWhenNeeded(step: Step, needed: Promise<boolean> | undefined): Promise<boolean> {
  if ((await needed) ?? true) return runStep(step);
  console.log(`- ${step.name}: not run, because ${step.needs} failed`);
  return false;
}

async function runStep({ name, command, show = 'failed', env = {}, cwd = root }: Step): Promise<boolean> {
  const start = performance.now();
  const streams = show === 'always';
  if (streams) console.log(`▸ ${name}: ${command}`);
  const to = streams ? 'inherit' : 'pipe';
  const child = spawn(command, {
    cwd,
    env: { ...process.env, ...env },
    shell: true,
    stdio: ['inherit', to, to],
  });
  const ended = once(child, 'close').then(
    ([code]) => ({ passed: code === 0, trouble: '' }),
    (error: Error) => ({ passed: false, trouble: `${error.message}\n` }),
  );
  const [out, err] = await Promise.all([child.stdout, child.stderr].map((stream) => stream && text(stream)));
  const { passed, trouble } = await ended;
  // In one piece, or the words of two steps would mix.
  if (!passed) console.log(`${streams ? '' : `▸ ${name}: ${command}\n${out}${err}`}${trouble}`.trimEnd());
  console.log(`${passed ? '✓' : '✗'} ${name}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return passed;
}

/** Says which steps failed, if any, and lets the process end accordingly. */
export function conclude(failed: readonly string[]): void {
  if (failed.length === 0) return;
  console.log(`\nFailed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
