import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { collected } from '../support/collected.ts';

/** The files that the guide has its reader write, as it has them. */
function writeFiles(): string {
  // Inside the repository, so that packages are found; the source stands for the package `holdfast`.
  mkdirSync(join(root, 'reports'), { recursive: true });
  const folder = mkdtempSync(join(root, 'reports/guide-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
  for (const [, name = '', code = ''] of guide.matchAll(
    /^<!-- guide: (\S+) -->\n\n```js\n([\s\S]*?)^```$/gm,
  )) {
    writeFileSync(join(folder, name), code);
  }
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test('the guide leads to a chat that survives its server', { timeout: 60_000 }, async () => {
  const folder = writeFiles();
  const port = await freePort();
  const env = { ...process.env, PORT: String(port), TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  const start = (...args: string[]) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...args], { cwd: folder, env, stdio: 'pipe' });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [said, complaints] = [collected(child.stdout), collected(child.stderr)];
    const hears = (text: string) =>
      expect.poll(() => `${said()}${complaints()}`, { timeout: 20_000 }).toContain(text);
    const type = (text: string) => child.stdin.write(`${text}\n`);
    return { child, said, complaints, hears, type };
  };
  const server = start('server.js');
  await server.hears(`listening on ${port}`);
  const [alice, bob] = [start('client.js', 'alice'), start('client.js', 'bob')];
  await Promise.all([alice.hears('* connected live'), bob.hears('* connected live')]);

  alice.type('hello');
  await Promise.all([alice.hears('hello: acknowledged'), bob.hears('alice: hello')]);

  await killed(server.child);
  await Promise.all([alice.hears('* reconnecting waiting'), bob.hears('* reconnecting waiting')]);
  alice.type('are you there?');
  await alice.hears('are you there?: queued');
  await start('server.js').hears('listening');
  await alice.hears('there?: acknowledged');
  // Who comes back first is chance. Bob has it, or was told that the history is another one.
  await expect.poll(bob.said, { timeout: 20_000 }).toMatch(/alice: are you there\?|may be missing/);
  alice.type('and now?');
  await bob.hears('alice: and now?');
  expect(bob.said().split('alice: are you there?').length).toBeLessThanOrEqual(2);

  alice.child.stdin.end();
  const [code] = await new Promise<[number | null]>((resolve) => {
    alice.child.once('exit', (...exit) => resolve([exit[0]]));
  });
  expect([code, alice.complaints(), bob.complaints()]).toEqual([0, '', '']);
});

async function killed(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exit;
}
