import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (name: string) => fileURLToPath(new URL(name + extname(import.meta.url), import.meta.url));

/** Serves the page and its frames, each contender in a file of its own. */
export async function servePage(): Promise<{ readonly url: string; close(): void }> {
  const files = await bundle();
  const server = createServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://page');
    const file = files.get(pathname);
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8';
    response.writeHead(file === undefined ? 404 : 200, { 'content-type': type }).end(file);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/page.html`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const { outputFiles } = await build({
    entryPoints: [here('./page'), here('./frame')],
    outdir: '/',
    ...{ bundle: true, splitting: true, minify: true, write: false },
    ...{ format: 'esm', platform: 'browser', target: 'es2022' },
    // As "browser" in package.json has it for the built package.
    plugins: [
      {
        name: 'linger',
        setup({ onResolve }) {
          onResolve({ filter: /^\.\/linger\.[jt]s$/ }, ({ path, resolveDir }) => ({
            path: `${resolveDir}/${path.replace('linger', 'linger-browser')}`,
          }));
        },
      },
    ],
  });
  const html = (name: string) =>
    `<!doctype html><link rel="icon" href="data:," /><body><script type="module" src="/${name}.js"></script>`;
  return new Map([
    ...outputFiles.map(({ path, text }) => [path, text] as const),
    ['/page.html', html('page')],
    ['/frame.html', html('frame')],
  ]);
}
