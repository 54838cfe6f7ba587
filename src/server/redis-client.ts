import { type Check, withMethods } from './checks.ts';

/** What is used of a client of `redis` (node-redis): one that is connected, also of a cluster. */
export interface RedisClient {
  eval(script: string, options: ScriptOptions): Promise<unknown>;
}

export interface ScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

export const redisClient: Check = { ...withMethods('eval'), required: true };

/** One that connections of the same kind can be made from. */
export interface RedisSource extends RedisClient {
  duplicate(): RedisReader;
  /** `false` once it was closed. */
  readonly isOpen?: boolean;
}

/** A connection of our own, that may wait for what comes. */
export interface RedisReader extends RedisClient {
  connect(): Promise<unknown>;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  xRead(
    stream: { readonly key: string; readonly id: string },
    options: { readonly BLOCK: number; readonly COUNT: number },
  ): Promise<unknown>;
  destroy(): void;
}

export const redisSource: Check = { ...withMethods('eval', 'duplicate'), required: true };
