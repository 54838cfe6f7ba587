import { afterAll } from 'vitest';
import { type RedisServer, startRedis as startRedisAt } from '../../examples/cluster/processes/redis.ts';
import { findRedis, howToGetRedis } from '../../tools/redis.mjs';

/** A real Redis server. Throws, saying what to do, when this machine has none. */
async function startRedis(): Promise<RedisServer> {
  const path = findRedis();
  if (path === undefined) throw new Error(`There is no Redis server. ${howToGetRedis}`);
  return startRedisAt(path);
}

/** One for all tests of a file, closed with it; asked for at the file's top. */
export async function useRedis(): Promise<RedisServer> {
  const redis = await startRedis();
  afterAll(() => redis.close());
  return redis;
}
