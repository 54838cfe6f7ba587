import { spawn } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../examples/shared/processes/free-port.ts';
import { collected } from '../support/collected.ts';
import { environmentOfGuide, followGuide } from '../support/docs/guide.ts';
import { killed } from '../support/servers.ts';

test('the guide leads to a chat that survives its server', { timeout: 60_000 }, async () => {
  const folder = followGuide();
  const port = await freePort();
  const env = environmentOfGuide(port);
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
