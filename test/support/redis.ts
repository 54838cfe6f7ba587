import { readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import * as example from '../../examples/shared/processes/redis.ts';
import { findRedis, howToGetRedis } from '../../tools/redis.mjs';

export interface RedisServer extends example.RedisServer {
  /** How far it has written; `lose(mark)` is a `kill -9` after which it comes back with what it had then. */
  mark(): number;
  lose(mark: number): Promise<void>;
}

/** Throws, saying what to do, when this machine has none. `settings` as on its command line. */
export async function startRedis(...settings: string[]): Promise<RedisServer> {
  const path = findRedis();
  if (path === undefined) throw new Error(`There is no Redis server. ${howToGetRedis}`);
  const redis = await example.startRedis(path, ...settings);
  return {
    ...redis,
    mark: () => statSync(written(redis)).size,
    async lose(mark) {
      await redis.kill();
      truncateSync(written(redis), mark);
      await redis.start();
    },
  };
}

/** The file that Redis appends to. */
function written({ folder }: example.RedisServer): string {
  const files = readdirSync(join(folder, 'appendonlydir')).filter((name) => name.endsWith('.incr.aof'));
  return join(folder, 'appendonlydir', files.at(-1) ?? '');
}

/** One for all tests of a file, closed with it; asked for at the file's top. */
export async function useRedis(): Promise<RedisServer> {
  const redis = await startRedis();
  afterAll(() => redis.close());
  return redis;
}
