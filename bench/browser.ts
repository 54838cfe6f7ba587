import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { Chromium } from '../test/support/browser/chromium.ts';
import type { Tab } from '../test/support/browser/tab.ts';
import { provideChromium } from '../tools/chromium.mjs';

/** A page in a real Chromium that has run a script of this folder. */
export async function openPage(script: string): Promise<{ tab: Tab; close(): Promise<void> }> {
  const code = await bundled(script);
  const http = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(`<!doctype html><link rel="icon" href="data:," /><script type="module">${code}</script>`);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const chromium = await Chromium.start(provideChromium());
  const profile = await chromium.profile();
  const tab = await profile.tab(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
  return {
    tab,
    async close() {
      await chromium.close();
      http.closeAllConnections();
      http.close();
    },
  };
}

/** As an app would have it: `browser` in package.json does the same for the built package. */
const forBrowsers: Plugin = {
  name: 'for browsers',
  setup({ onResolve }) {
    onResolve({ filter: /\/linger\.ts$/ }, ({ resolveDir }) => ({
      path: join(resolveDir, 'linger-browser.ts'),
    }));
  },
};

async function bundled(script: string): Promise<string> {
  const { outputFiles } = await build({
    // Compiled benches lie elsewhere; npm runs them from the root.
    entryPoints: [join(process.cwd(), 'bench', script)],
    plugins: [forBrowsers],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
  });
  return (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
}
