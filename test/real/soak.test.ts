import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { findRedis, howToGetRedis } from '../../tools/redis.mjs';
import { collected } from '../support/collected.ts';
import { descendants, livingOf } from '../support/processes.ts';
import { seed } from '../support/seed.ts';

if (findRedis() === undefined) throw new Error(`There is no Redis server. ${howToGetRedis}`);

/** Runs it as a person does, but for npm around it. */
function start(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'soak/main.ts', ...args], { cwd: root });
  onTestFinished(() => void child.kill('SIGTERM'));
  const output = collected(child.stdout);
  const errors = collected(child.stderr);
  return {
    child,
    output,
    errors,
    exit: new Promise<number | null>((resolve) => child.once('close', resolve)),
  };
}

const small = ['--minutes', '0.2', '--clients', '60', '--rate', '20', '--every', '2', '--seed', `${seed}`];

test('[LC-11, LC-10, ID-1, ID-2, OB-1, OB-2, SV-4, SV-8, CR-12] everything goes wrong at once, and every promise holds', async () => {
  const { exit, output, errors } = start(...small);
  const code = await exit;
  expect(output(), errors()).toContain('✓ all of it holds');
  expect(output()).not.toContain('✗');
  expect(code).toBe(0);
  expect(errors()).toBe('');
  const lines = output().split('\n');
  const figures = lines.filter((line) => /^ +\d:\d\d +\d+\/60 /.test(line));
  expect(figures.length).toBeGreaterThanOrEqual(6);
  for (const line of figures) expect(line.length).toBeLessThanOrEqual(100);
  // It was a storm, and not a walk: each fault struck, and one node of three is killed, and one drained.
  expect(output()).toContain('✓ everything that should go wrong did, and messages went through all the same');
  const lost = /links lost +(.*)/.exec(output())?.[1] ?? '';
  expect([...lost.matchAll(/\d+/g)].reduce((sum, [count]) => sum + Number(count), 0)).toBeGreaterThan(20);
}, 240_000);

test('[SV-4] nodes that say yes before they keep a message are found out', async () => {
  const { exit, output } = start(...small, '--plant', 'early');
  expect(await exit, output()).toBe(1);
  expect(output()).toContain('✗ every acknowledged message took effect');
  expect(output()).toContain('✓ no message took effect twice');
}, 240_000);

test('Ctrl-C ends the faults, and the verdict on the run so far follows; no process is left', async () => {
  const { child, exit, output } = start(
    '--clients',
    '20',
    '--minutes',
    '10',
    '--every',
    '1',
    '--seed',
    `${seed}`,
  );
  await expect.poll(output, { timeout: 60_000 }).toMatch(/ +\d+\/20 /);
  const pids = await descendants(child.pid ?? 0);
  // Redis, three nodes, the network, a process of clients.
  expect(pids.length).toBeGreaterThanOrEqual(6);
  child.kill('SIGINT');
  expect(await exit, output()).toBe(0);
  expect(output()).toContain('Ctrl-C: the verdict follows');
  expect(output()).toContain('✓ all of it holds');
  await expect.poll(() => livingOf(pids)).toEqual([]);
}, 240_000);

test('an option that does not exist is told, with those that do', async () => {
  const { exit, errors } = start('--minute', '20');
  expect(await exit).toBe(2);
  expect(errors()).toMatch(/^Unknown option '--minute'/);
  expect(errors()).toContain('--minutes N');
});

test('--help lists the options', async () => {
  const { exit, output } = start('--help');
  expect(await exit).toBe(0);
  expect(output()).toContain('--minutes N');
});
