import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { createServer, type ViteDevServer } from 'vite';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { ExamplePage } from '../support/browser/example-page.ts';
import { useChromium } from '../support/browser/stage.ts';

const stage = useChromium();

test('[LC-2] an edited component finds the connection as it was; an edited connection leaves no other one', async () => {
  const { server, url, sockets } = await serveExample('react');
  const tab = await stage.tab(url);
  const page = new ExamplePage(tab);
  await page.signIn('alice');
  await page.shows('connected as alice');
  expect(sockets.size).toBe(1);

  await tab.evaluate(() => window.pageEvents.push('the same page'));
  await edit(server, 'app.tsx');
  await expect
    .poll(() => tab.console, { timeout: 20_000 })
    .toContainEqual(expect.stringContaining('hot updated: /app.tsx'));
  await page.shows('connected as alice');
  await page.send('hello');
  await page.lists('Messages', 'alice: hello');
  expect(await tab.events()).toContain('the same page');
  expect(sockets.size).toBe(1);

  await edit(server, 'connection.ts');
  await page.shows('not connected (initial)');
  await expect.poll(() => sockets.size, { timeout: 20_000 }).toBe(0);
  await page.signIn('bob');
  await page.shows('connected as bob');
  expect(sockets.size).toBe(1);
  expect(page.complaints()).toEqual([]);
});

/** An example as `npm start` serves it, with the WebSockets of Socket.IO that are open. Ends with the test. */
async function serveExample(name: string) {
  const folder = join(root, 'examples', name);
  const server = await createServer({
    root: folder,
    configFile: join(folder, 'vite.config.ts'),
    logLevel: 'warn',
    server: { host: '127.0.0.1', port: 0 },
  });
  onTestFinished(() => server.close());
  const sockets = new Set<Duplex>();
  const http = server.httpServer as HttpServer;
  http.on('upgrade', ({ url = '' }, socket) => {
    if (!url.startsWith('/socket.io/')) return;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await server.listen();
  return { server, sockets, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/` };
}

/** As if somebody had changed and saved the file. */
async function edit(server: ViteDevServer, file: string): Promise<void> {
  const found = await server.moduleGraph.getModuleByUrl(`/${file}`);
  if (found === undefined) throw new Error(`${file} is not loaded`);
  await server.reloadModule(found);
}
