import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { collected } from '../collected.ts';

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly shell?: boolean;
}

export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
}

/** Ms for one command, below the time that a test has. */
const patience = 280_000;

/** Runs a command to its end. Rejects, with all that it said, when that is not a good one. */
export async function run(
  command: string,
  args: readonly string[],
  { cwd, env = {}, shell = false }: RunOptions,
): Promise<Ran> {
  // What hangs must not go on when its test has long failed.
  const child = spawn(command, args, { cwd, shell, env: { ...environment(), ...env }, timeout: patience });
  const stdout = collected(child.stdout);
  const stderr = collected(child.stderr);
  const [code, signal] = await once(child, 'close');
  if (code !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} ended with ${code ?? signal} and said:\n${stdout()}${stderr()}`,
    );
  }
  return { stdout: stdout(), stderr: stderr() };
}

/** That of somebody at a terminal of their own, without what the test runner and the npm around it have put there. */
export function environment(): Record<string, string | undefined> {
  const { NODE_ENV, VITEST, npm_config_ignore_scripts, npm_config_engine_strict, ...rest } = process.env;
  return { ...rest, NEXT_TELEMETRY_DISABLED: '1' };
}
