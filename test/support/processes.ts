import { spawn } from 'node:child_process';

/** Everything that a process started, and so on. */
export async function descendants(pid: number): Promise<readonly number[]> {
  const rows = await processes();
  const of = (parent: number): number[] =>
    rows.filter(({ ppid }) => ppid === parent).flatMap((child) => [child.pid, ...of(child.pid)]);
  return of(pid);
}

/** Those that run: one whose parent has gone may be dead, and not yet be buried. */
export async function livingOf(pids: readonly number[]): Promise<readonly number[]> {
  const rows = await processes();
  return pids.filter((pid) => rows.some((row) => row.pid === pid && !row.isDead));
}

async function processes() {
  const ps = spawn('ps', ['-eo', 'pid=,ppid=,stat=']);
  let listed = '';
  ps.stdout.on('data', (chunk) => {
    listed += chunk;
  });
  await new Promise((resolve) => ps.once('close', resolve));
  return listed
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([pid, ppid, stat = '']) => ({
      pid: Number(pid),
      ppid: Number(ppid),
      isDead: stat.startsWith('Z'),
    }));
}
