import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Outcome } from '../../examples/cluster/report/summary.ts';
import { root } from '../../tools/paths.ts';
import { findRedis, howToGetRedis } from '../../tools/redis.mjs';
import { collected } from '../support/collected.ts';
import { descendants, livingOf } from '../support/processes.ts';
import { seed } from '../support/seed.ts';

if (findRedis() === undefined) throw new Error(`There is no Redis server. ${howToGetRedis}`);

/** Runs the example as a person does, but for npm around it. */
function start(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'main.ts', ...args], {
    cwd: join(root, 'examples/cluster'),
    env: { ...process.env, ...env },
  });
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

const small = ['--clients', '40', '--rate', '60', '--seed', `${seed}`, '--json'];

/** A short run, with few enough clients for a machine that does other things as well. */
async function run(...args: string[]) {
  const { exit, output, errors } = start([...small, ...args]);
  const code = await exit;
  expect([0, 1], errors()).toContain(code);
  const { faults, figures } = JSON.parse(output()) as Outcome;
  return {
    code,
    faults,
    figures,
    kinds: [...new Set(faults.map(({ kind }) => kind))].sort(),
    errors: errors(),
  };
}

test('[SV-7, SV-3, SV-4, SV-8, OB-3] three nodes die one after another: nothing is lost, nothing comes twice, and everybody knows who is here', async () => {
  const { code, faults, figures, errors } = await run('--seconds', '10', '--kill-every', '3');
  expect(faults, errors).toEqual([]);
  expect(code).toBe(0);
  expect(figures).toMatchObject({ kills: 3, nodesKilled: 3, gaps: 0 });
  expect(figures.sent).toBeGreaterThan(500);
  expect(figures.acknowledged).toBe(figures.sent);
  expect(figures.effects).toBe(figures.sent);
  expect(figures.liveAgain.count).toBeGreaterThan(20);
  expect(figures.presence.worst).toBeLessThan(10_000);
}, 90_000);

test('[SV-7, SV-4, SV-8] Redis dies as well, and is back with what it acknowledged', async () => {
  const { code, faults, errors } = await run('--seconds', '6', '--kill-every', '4', '--kill-redis');
  expect(errors).toContain('Redis is back');
  expect(faults, errors).toEqual([]);
  expect(code).toBe(0);
}, 90_000);

test("[SV-7, SV-8] links are reset all the while, on nodes with Socket.IO's recovery as well", async () => {
  const recovery = ['--cut', '8', '--recovery'];
  const { code, faults, figures, errors } = await run('--seconds', '8', '--kill-every', '5', ...recovery);
  expect(faults, errors).toEqual([]);
  expect(code).toBe(0);
  expect(figures.losses['transport-closed']).toBeGreaterThan(figures.liveAgain.count + 10);
}, 90_000);

test('[SV-7, SV-4] nodes that say yes before they keep a message are found out: messages are lost', async () => {
  const { code, kinds } = await run('--seconds', '5', '--kill-every', '2', '--plant', 'early');
  expect(kinds).toEqual(['lost']);
  expect(code).toBe(1);
}, 90_000);

test('[SV-7, SV-4] an effect without the id of its message is found out: it comes twice', async () => {
  const { code, kinds } = await run('--seconds', '5', '--kill-every', '2', '--plant', 'no-id');
  expect(kinds).toEqual(['doubled', 'repeated']);
  expect(code).toBe(1);
}, 90_000);

test('Ctrl-C ends every process, and erases what Redis wrote', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cluster-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { child, exit, output } = start(['--clients', '10'], { TMPDIR: folder });
  await expect.poll(output, { timeout: 30_000 }).toContain('they send');
  expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^holdfast-redis-/));
  const pids = await descendants(child.pid ?? 0);
  // Redis, three nodes, a process of clients.
  expect(pids.length).toBeGreaterThanOrEqual(5);
  child.kill('SIGINT');
  expect(await exit).toBe(130);
  await expect.poll(() => livingOf(pids)).toEqual([]);
  expect(readdirSync(folder)).not.toContainEqual(expect.stringMatching(/^holdfast-redis-/));
}, 60_000);

test('an option that does not exist is told, with those that do', async () => {
  const { exit, errors } = start(['--second', '60']);
  expect(await exit).toBe(2);
  expect(errors()).toMatch(/^Unknown option '--second'/);
  expect(errors()).toContain('--seconds N');
});

test('--help lists the options', async () => {
  const { exit, output } = start(['--help']);
  expect(await exit).toBe(0);
  expect(output()).toContain('--kill-every N');
});
