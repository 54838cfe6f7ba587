/** Runs commands one after another and tells of each how it went and how long it took. */
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { root } from './paths.ts';

export interface Step {
  name: string;
  /** A binary of node_modules/.bin (npm puts it on the path) and its arguments. */
  command: string;
  /** `always` streams the output, `failed` (the default) keeps it until it is needed. */
  show?: 'always' | 'failed';
  /** The step whose success this one builds on. */
  needs?: string;
  env?: Record<string, string>;
}

/** Runs every step, also after one failed; returns the names of those that failed. */
export function runSteps(steps: readonly Step[]): string[] {
  const failed: string[] = [];
  for (const step of steps) {
    if (step.needs && failed.includes(step.needs)) {
      console.log(`- ${step.name}: not run, because ${step.needs} failed`);
      failed.push(step.name);
    } else if (!runStep(step)) failed.push(step.name);
  }
  return failed;
}

function runStep({ name, command, show = 'failed', env = {} }: Step): boolean {
  const start = performance.now();
  const streams = show === 'always';
  if (streams) console.log(`▸ ${name}: ${command}`);
  const { status, stdout, stderr, error } = spawnSync(command, {
    cwd: root,
    env: { ...process.env, ...env },
    shell: true,
    stdio: ['inherit', streams ? 'inherit' : 'pipe', streams ? 'inherit' : 'pipe'],
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const passed = status === 0;
  if (!passed && !streams) console.log(`▸ ${name}: ${command}\n${stdout}${stderr}`);
  if (error) console.log(error.message);
  console.log(`${passed ? '✓' : '✗'} ${name}  ${((performance.now() - start) / 1000).toFixed(1)} s`);
  return passed;
}

/** Says which steps failed, if any, and lets the process end accordingly. */
export function conclude(failed: readonly string[]): void {
  if (failed.length === 0) return;
  console.log(`\nFailed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
