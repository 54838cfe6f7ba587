// @ts-check
/**
 * `npm start`: the demo's page and all that it talks to, in one process on one port; `npm start -- --port 4000` names
 * another, 0 any that is free. Plain Node: a loader for TypeScript would take longer to start than everything else
 * together.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, loadConfigFromFile, preview } from 'vite';

/** @type {import('vite').PreviewServer | undefined} */
let server;
let isLeaving = false;
process.on('SIGINT', async () => {
  // Once more: somebody does not want to wait.
  if (!isLeaving) {
    isLeaving = true;
    await server?.close();
  }
  process.exit();
});

const { values } = parseArgs({ options: { port: { type: 'string', default: '5173' } } });
const wanted = Number(values.port);

const file = fileURLToPath(new URL('./vite.config.ts', import.meta.url));
const loaded = await loadConfigFromFile({ command: 'serve', mode: 'production' }, file);
const outDir = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
const config = {
  ...loaded?.config,
  configFile: /** @type {const} */ (false),
  // What matters is said here; this leaves warnings and errors.
  logLevel: /** @type {const} */ ('warn'),
  build: { ...loaded?.config.build, outDir, emptyOutDir: true, minify: false, reportCompressedSize: false },
};

// The port is open, and the chat server on its way, while the page is built.
server = await preview({ ...config, preview: { ...config.preview, port: wanted } });
await build(config);

const { port } = /** @type {import('node:net').AddressInfo} */ (server.httpServer.address());
if (wanted !== 0 && port !== wanted) console.log(`Port ${wanted} is taken, so this is the next free one.`);
console.log(`holdfast demo: http://127.0.0.1:${port}/   (Ctrl-C ends it)`);
