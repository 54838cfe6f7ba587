import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNginx, howToGetNginx } from '../../../tools/nginx.mjs';

export interface Nginx {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

/** What a location needs for Socket.IO, as nginx's own manual has it. */
export const upgrades = `proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection "upgrade";`;

/**
 * A real nginx with one `server`, on a port of its own. `inside` is the rest of that server, `beside` what stands before
 * it (upstreams, zones). `listen` is what comes after the port, such as `ssl`.
 */
export async function startNginx(
  inside: string,
  {
    beside = '',
    listen = '',
    files = {},
  }: { beside?: string; listen?: string; files?: Record<string, string> } = {},
): Promise<Nginx> {
  const path = findNginx();
  if (path === undefined) throw new Error(`There is no nginx. ${howToGetNginx}`);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-nginx-'));
  // Started as root, nginx reads files as nobody.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'html'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const port = await freePort();
  writeFileSync(join(folder, 'nginx.conf'), configuration({ port, folder, inside, beside, listen }));
  const child = spawn(
    path,
    ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const exited = once(child, 'exit');
  await takesConnections(port, child, () => `${said}\n${readLog(folder)}`);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Parts {
  readonly port: number;
  readonly folder: string;
  readonly inside: string;
  readonly beside: string;
  readonly listen: string;
}

function configuration({ port, folder, inside, beside, listen }: Parts): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${folder}/${name};`,
  );
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
events { worker_connections 256; }
http {
  access_log off;
${temporary.join('\n')}
  ${beside}
  server {
    listen 127.0.0.1:${port} ${listen};
    root ${folder}/html;
    ${inside.replaceAll('FOLDER', folder)}
  }
}
`;
}

function readLog(folder: string): string {
  try {
    return readFileSync(join(folder, 'error.log'), 'utf8');
  } catch {
    return '';
  }
}

/** nginx cannot choose one by itself and tell which: it is told a port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function takesConnections(port: number, child: ChildProcess, said: () => string): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`nginx did not start:\n${said()}`);
}
