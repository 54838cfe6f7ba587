import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { findRedis, howToGetRedis } from '../../tools/redis.mjs';

/** A real Redis server of its own, on a free port of the loopback, in a folder that goes with it. */
export interface RedisServer {
  readonly url: string;
  /** `kill -9`. What it has acknowledged is on disk. */
  kill(): Promise<void>;
  /** Starts it again, on the same port, with what it wrote to disk. */
  start(): Promise<void>;
  /** Comes back with nothing at all. */
  forget(): Promise<void>;
  /** How far it has written; `lose(mark)` is a `kill -9` after which it comes back with what it had then. */
  mark(): number;
  lose(mark: number): Promise<void>;
  close(): Promise<void>;
}

/** Throws, saying what to do, when this machine has none. `settings` as on its command line. */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const path = findRedis();
  if (path === undefined) throw new Error(`There is no Redis server. ${howToGetRedis}`);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const redis: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    async start() {
      child = spawn(
        path,
        [
          ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder],
          ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', ...settings],
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await ready(child);
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
    async forget() {
      await redis.kill();
      rmSync(join(folder, 'appendonlydir'), { recursive: true });
      await redis.start();
    },
    mark: () => statSync(written(folder)).size,
    async lose(mark) {
      await redis.kill();
      truncateSync(written(folder), mark);
      await redis.start();
    },
    async close() {
      await redis.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

/** The file that Redis appends to. */
function written(folder: string): string {
  const files = readdirSync(join(folder, 'appendonlydir')).filter((name) => name.endsWith('.incr.aof'));
  return join(folder, 'appendonlydir', files.at(-1) ?? '');
}

/** One for all tests of a file, closed with it; asked for at the file's top. */
export async function useRedis(): Promise<RedisServer> {
  const redis = await startRedis();
  afterAll(() => redis.close());
  return redis;
}

/** Resolves when it takes commands; rejects with its log when it ends before. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.on('error', reject);
    child.on('exit', () => reject(new Error(`Redis did not start:\n${log}`)));
    // Read to the end: a full pipe would hold it up.
    child.stdout?.on('data', (chunk) => {
      if (log.length < 10_000) log += chunk;
      if (log.includes('Ready to accept connections')) resolve();
    });
  });
}

/** One of a cluster takes the port that is 10,000 higher, too. */
async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port < 55_000 ? port : freePort();
}
