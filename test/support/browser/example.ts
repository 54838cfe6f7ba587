import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type ChatServer, issueToken, serveChat } from '../../../examples/shared/server.ts';
import { root } from '../../../tools/paths.ts';
import { filesIn, type Site, startSite } from './site.ts';

/**
 * Builds an example as its users do, by its own `vite build`. Gives the folder, which goes after the file's last test.
 * In the mode `development` it is built with what libraries do for developers only.
 */
export async function buildExample(
  name: string,
  { mode = 'production', into = tmpdir(), options = [] }: ExampleBuild = {},
): Promise<string> {
  const folder = mkdtempSync(join(into, `holdfast-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const vite = join(root, 'node_modules/vite/bin/vite.js');
  const child = spawn(
    process.execPath,
    [vite, 'build', '--outDir', folder, '--emptyOutDir', '--mode', mode, '--logLevel', 'warn', ...options],
    {
      cwd: join(root, 'examples', name),
      // The test runner's own would make it a build for neither users nor developers.
      env: { ...process.env, NODE_ENV: mode },
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      said += chunk;
    });
  }
  const [code] = await once(child, 'close');
  // A build for developers is a large one, and Vite says so.
  const isSound = code === 0 && (mode === 'development' || said === '');
  if (!isSound) throw new Error(`vite build of ${name} ended with ${code} and said:\n${said}`);
  return folder;
}

interface ExampleBuild {
  readonly mode?: 'production' | 'development';
  /** The folder to make the folder in. Default: that for temporary files. */
  readonly into?: string;
  /** More words for the command line. */
  readonly options?: readonly string[];
}

export interface ExampleSite {
  readonly site: Site;
  /** Texts of the messages in the order of their arrival, repeats included. */
  readonly arrived: readonly string[];
}

/**
 * The server of the examples, and on the same port one that was built. Ends with the test.
 * @param folder Where that is. Default: none.
 */
export async function startExample(folder = ''): Promise<ExampleSite> {
  const files = filesIn(folder);
  const site = await startSite({}, (request, response) => {
    if (request.url?.startsWith('/token?')) void issueToken(request, response);
    else files(request, response);
  });
  serveChat(site.io as ChatServer);
  const arrived: string[] = [];
  site.io.on('connection', (socket) => {
    socket.onAny((event, payload) => event === 'message:send' && arrived.push(payload.text));
  });
  return { site, arrived };
}
