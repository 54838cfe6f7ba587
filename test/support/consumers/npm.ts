import { type Ran, type RunOptions, run } from './run.ts';

/** Runs npm, the one that runs the tests where that is known. */
export function npm(args: readonly string[], options: RunOptions): Promise<Ran> {
  const cli = process.env['npm_execpath'];
  return cli?.endsWith('npm-cli.js')
    ? run(process.execPath, [cli, ...args], options)
    : run('npm', args, { ...options, shell: process.platform === 'win32' });
}
