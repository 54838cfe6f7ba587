import { spawn } from 'node:child_process';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer } from 'vite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { holdfastFromSource } from '../../examples/from-source.ts';
import { freePort } from '../../examples/shared/processes/free-port.ts';
import { ExamplePage } from '../support/browser/example-page.ts';
import { useChromium } from '../support/browser/stage.ts';
import { collected } from '../support/collected.ts';
import { environmentOfGuide, followGuide } from '../support/docs/guide.ts';
import { killed } from '../support/servers.ts';

const stage = useChromium();
const patience = { timeout: 20_000 };
/** What the browser says of a server that is away behind the one that serves the page. */
const saidOfTheOutage = /502 \(Bad Gateway\)|WebSocket is closed before/;

/** The folder as `npx vite` serves it, and its server, which can be killed and started again. */
async function chat() {
  const folder = followGuide();
  const port = await freePort();
  const env = environmentOfGuide(port);
  const startServer = async () => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'server.js'], {
      cwd: folder,
      env,
      stdio: 'pipe',
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const said = collected(child.stdout);
    await expect.poll(said, patience).toContain('listening');
    return child;
  };
  let child = await startServer();
  vi.stubEnv('PORT', String(port));
  onTestFinished(() => void vi.unstubAllEnvs());
  const vite = await createServer({
    root: folder,
    configFile: join(folder, 'vite.config.js'),
    logLevel: 'silent',
    resolve: { alias: holdfastFromSource },
    server: { host: '127.0.0.1', port: 0 },
  });
  onTestFinished(() => vite.close());
  await vite.listen();
  return {
    url: `http://127.0.0.1:${((vite.httpServer as HttpServer).address() as AddressInfo).port}/`,
    stop: () => killed(child),
    async start() {
      child = await startServer();
    },
  };
}

test('[OB-7, SV-8, ID-2] the page of the guide keeps what waits and what was read over reloads, and nothing of it for the next user', async () => {
  const { url, stop, start } = await chat();
  const [hers, his] = [await stage.profile(), await stage.profile()];
  const alice = new ExamplePage(await hers.tab(url));
  const bob = new ExamplePage(await his.tab(url));
  await alice.shows('idle');
  await alice.signIn('alice');
  await bob.signIn('bob');
  await alice.shows('connected');
  await bob.shows('connected');
  await alice.send('hello');
  await bob.lists('Messages', 'alice: hello');
  await alice.lists('Messages', 'alice: hello');

  // Bob is away, and comes back to the rest.
  await bob.tab.open('about:blank');
  await alice.send('are you there?');
  await alice.lists('Messages', 'alice: hello', 'alice: are you there?');
  await bob.tab.open(url);
  await bob.lists('Messages', 'alice: hello', 'alice: are you there?');

  // The server is away, the page is loaded anew, and what was said meanwhile goes out once.
  await stop();
  await expect.poll(() => alice.status(), patience).toMatch(/^reconnecting: /);
  await alice.send('and now?');
  await alice.tab.until(() => document.getElementById('waiting')?.textContent === '1 to be sent');
  await alice.tab.reload();
  await alice.tab.until(() => document.getElementById('waiting')?.textContent === '1 to be sent');
  await start();
  await expect.poll(async () => (await alice.items('Messages')).at(-1), patience).toBe('alice: and now?');
  const now = (await bob.items('Messages')).filter((line) => line === 'alice: and now?');
  expect(now.length).toBeLessThanOrEqual(1);

  // What waits when alice leaves is nobody's.
  await stop();
  await expect.poll(() => alice.status(), patience).toMatch(/^reconnecting: /);
  await alice.send('never mind');
  await alice.tab.until(() => document.getElementById('waiting')?.textContent === '1 to be sent');
  await alice.signOut();
  await alice.shows('idle');
  await start();
  await alice.signIn('carol');
  await alice.shows('connected');
  await alice.send('hi');
  await alice.lists('Messages', 'carol: hi');
  expect(await bob.items('Messages')).not.toContain('alice: never mind');
  const complaints = [...alice.complaints(), ...bob.complaints()];
  expect(complaints.filter((line) => !saidOfTheOutage.test(line))).toEqual([]);
});
