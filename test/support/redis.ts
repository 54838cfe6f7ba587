import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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
  close(): Promise<void>;
}

/** Throws, saying what to do, when this machine has none. */
export async function startRedis(): Promise<RedisServer> {
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
          ...['--save', '', '--appendonly', 'yes', '--appendfsync', 'always'],
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
    async close() {
      await redis.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
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

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
