import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createRandom } from '../../src/testing/random.ts';
import { countMessages } from '../support/counting-server.ts';
import { startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

const crashes = Number(process.env['HOLDFAST_CRASHES'] ?? 12);
const seed = Number(process.env['HOLDFAST_SEED'] ?? 20261120);

test(`[OB-3, OB-7] ${crashes} times kill -9 with a file store: what was said to be kept is never lost, nor done twice`, async () => {
  const random = createRandom(seed);
  const server = use(await startServer());
  const count = countMessages(server);
  // Acknowledgements that never come, so that a crash meets messages at every stage of their lives.
  count.losesAck = () => random() < 0.3;
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-crash-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const kept = new Set<number>();
  const problems: string[] = [];
  let next = 0;

  /** Lives until it has told so many messages kept, and a moment more; then nothing is said to it but SIGKILL. */
  async function live(lasting: number): Promise<void> {
    const child = start(next, next + 400);
    next += 400;
    let told = 0;
    await new Promise<void>((resolve) => {
      child.on('message', (said: Said) => {
        note(said);
        if (said.isKept) told += 1;
        if (told >= lasting) setTimeout(resolve, random() * 30);
      });
    });
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  function start(from: number, to: number): ChildProcess {
    const script = fileURLToPath(new URL('../support/crash-child.ts', import.meta.url));
    const child = fork(script, [server.url, folder, String(from), String(to)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    return child;
  }

  function note({ n, isKept, problem }: Said): void {
    if (problem !== undefined) problems.push(problem);
    if (n !== undefined && isKept) kept.add(n);
  }

  for (let crash = 0; crash < crashes; crash += 1) await live(1 + Math.floor(random() * 390));
  count.losesAck = () => false;
  const last = start(next, next);
  await new Promise<void>((resolve) => {
    last.on('message', (said: Said) => {
      note(said);
      if (said.isDrained) resolve();
    });
  });

  const done = new Set(count.effects);
  expect(kept.size).toBeGreaterThan(crashes * 50);
  expect([...kept].filter((n) => !done.has(n))).toEqual([]);
  expect(count.effects.length).toBe(done.size);
  expect(count.effects.findIndex((n, index) => index > 0 && n < (count.effects[index - 1] ?? 0))).toBe(-1);
  expect(problems).toEqual([]);
}, 600_000);

interface Said {
  readonly n?: number;
  readonly isKept?: boolean;
  readonly problem?: string;
  readonly isDrained?: boolean;
}
