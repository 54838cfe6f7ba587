import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';

/** A real Redis server of its own, on a free port of the loopback, in a folder that goes with it. */
export interface RedisServer {
  readonly url: string;
  /** Where it writes. */
  readonly folder: string;
  /** `kill -9`. What it has acknowledged is on disk. */
  kill(): Promise<void>;
  /** Starts it again, on the same port, with what it wrote to disk. */
  start(): Promise<void>;
  /** Comes back with nothing at all. */
  forget(): Promise<void>;
  /** Ends it, and erases what it wrote. */
  close(): Promise<void>;
}

/** What a Redis needs that must not lose what it acknowledged, nor throw anything away for want of room. */
const careful = ['--appendonly', 'yes', '--appendfsync', 'always', '--maxmemory-policy', 'noeviction'];

const running = new Map<ChildProcess, string>();
process.once('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

/** `path`: of the program. `settings`: as on its command line. */
export async function startRedis(path: string, ...settings: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const redis: RedisServer = {
    url: `redis://127.0.0.1:${port}`,
    folder,
    async start() {
      const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
      child = spawn(path, [...place, ...careful, ...settings], {
        stdio: ['ignore', 'pipe', 'inherit'],
        // Ctrl-C reaches the whole terminal; the one who started it decides when it ends.
        detached: true,
      });
      running.set(child, folder);
      await ready(child);
    },
    async kill() {
      if (child === undefined) return;
      running.delete(child);
      if (child.exitCode !== null || child.signalCode !== null) return;
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
