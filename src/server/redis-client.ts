import { type Check, withMethods } from './checks.ts';

/** What is used of a client of `redis` (node-redis): one that is connected, also of a cluster. */
export interface RedisClient {
  eval(script: string, options: { readonly keys: string[]; readonly arguments: string[] }): Promise<unknown>;
}

export const redisClient: Check = { ...withMethods('eval'), required: true };
