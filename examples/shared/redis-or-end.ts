import { findRedis, howToGetRedis, provideRedis } from '../../tools/redis.mjs';

/** The path of a Redis server; without one the process ends with 1. `isQuiet`: it installs none, which takes words on stdout. */
export function redisOrEnd(isQuiet = false): string {
  try {
    const found = isQuiet ? findRedis() : provideRedis();
    if (found !== undefined) return found;
    throw new Error(`There is no Redis server. ${howToGetRedis}`);
  } catch (error) {
    console.error(`\n${(error as Error).message}\n`);
    process.exit(1);
  }
}
