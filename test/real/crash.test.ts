import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { createRandom } from '../../src/testing/random.ts';
import { compiled } from '../support/compiled.ts';
import { countMessages } from '../support/counting-server.ts';
import { afterRestart, useFolder } from '../support/outbox-folder.ts';
import { seed, seedTold } from '../support/seed.ts';
import { startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

const script = compiled(fileURLToPath(new URL('../support/crash-child.ts', import.meta.url)));
/** `npm run drops` is the full run: 200. */
const crashes = Number(process.env['HOLDFAST_CRASHES'] ?? 12);
/** What one process sends, unless it dies before. */
const batch = 60;

test(`[OB-3, OB-4, OB-7] ${crashes} times kill -9 with a file store: what was said to be kept is never lost, nor done twice`, async () => {
  const startedAt = performance.now();
  const random = createRandom(seed);
  const server = use(await startServer());
  const count = countMessages(server);
  // Acknowledgements that never come, so that a crash meets messages at every stage of their lives.
  count.losesAck = () => random() < 0.3;
  const folder = useFolder();
  const kept = new Set<number>();
  const problems = new Map<string, string>();
  let next = 0;

  function start(from: number, to: number): ChildProcess {
    const child = fork(script, [server.url, folder, `${from}`, `${to}`], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    child.on('message', ({ n, isKept, problem, message }: Said) => {
      if (problem !== undefined) problems.set(problem, message ?? '');
      if (n !== undefined && isKept) kept.add(n);
    });
    return child;
  }

  /** Lives until so many were told to be kept, or heard by the server, and some turns more; then it gets SIGKILL. */
  async function live(): Promise<void> {
    const isYoung = random() < 0.5;
    const lasting = 1 + Math.floor(random() * batch * (isYoung ? 1 : 5));
    const heard = isYoung ? undefined : count.hears(lasting);
    const child = start(next, next + batch);
    next += batch;
    await (heard === undefined ? saysKept(child, lasting) : Promise.race([heard, saysDrained(child)]));
    for (let turns = Math.floor(random() * 20); turns > 0; turns -= 1) await new Promise(setImmediate);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  for (let crash = 0; crash < crashes; crash += 1) await live();
  const left = (await afterRestart(folder)).ids.length;
  count.losesAck = () => false;
  // What is sent now comes after all that is left.
  const last = start(next, next + 2);
  await expect.poll(() => count.effects.at(-1), { timeout: 60_000, message: seedTold }).toBe(next + 1);
  last.send('end');
  await once(last, 'exit');
  expect((await afterRestart(folder)).ids, seedTold).toEqual([]);

  const done = new Set(count.effects);
  expect(
    [...kept].filter((n) => n % 5 !== 0 && !done.has(n)),
    seedTold,
  ).toEqual([]);
  expect(done.size, seedTold).toBe(count.effects.length);
  expect(kept.size, seedTold).toBeGreaterThan(crashes * 10);
  const stray = count.effects.findIndex((n, index) => n < (count.effects[index - 1] ?? 0));
  expect(stray, seedTold).toBe(-1);
  // Of a `once` message nobody may ask twice: what a crash leaves uncertain is told, and let be.
  expect(
    count.repeats.filter((n) => n % 5 === 0),
    seedTold,
  ).toEqual([]);
  problems.delete('delivery-unknown');
  expect([...problems], seedTold).toEqual([]);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const { effects, repeats } = count;
  console.log(
    `${seedTold}: ${crashes} kills, ${kept.size} kept, ${left} left at the last, ${effects.length} done, ${repeats.length} repeats, in ${seconds} s`,
  );
}, 600_000);

function saysKept(child: ChildProcess, wanted: number): Promise<void> {
  let told = 0;
  return new Promise((resolve) => {
    child.on('message', ({ isKept }: Said) => {
      if (isKept) told += 1;
      if (told >= wanted) resolve();
    });
  });
}

/** All that it had to send is settled. */
function saysDrained(child: ChildProcess): Promise<void> {
  let told = 0;
  return new Promise((resolve) => {
    child.on('message', ({ isKept, isDrained }: Said) => {
      if (isKept) told += 1;
      if (told === batch && isDrained) resolve();
    });
  });
}

interface Said {
  readonly n?: number;
  readonly isKept?: boolean;
  readonly problem?: string;
  readonly message?: string;
  readonly isDrained?: boolean;
}
