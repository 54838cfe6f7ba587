import { type Check, withMethods } from './checks.ts';

/** What is used of a client of `redis` (node-redis): one that is connected, also of a cluster. */
export interface RedisClient {
  /** Runs a Lua script, with everything that it touches among `keys`. */
  eval(script: string, options: ScriptOptions): Promise<unknown>;
  /** `false` while it has no connection. */
  readonly isReady?: boolean;
}

/** What a script is given, as node-redis takes it. */
export interface ScriptOptions {
  readonly keys: string[];
  readonly arguments: string[];
}

export const redisClient: Check = { ...withMethods('eval'), required: true };

/** One that connections of the same kind can be made from. */
export interface RedisSource extends RedisClient {
  /** Another connection to the same Redis, not connected yet. */
  duplicate(): RedisReader;
  /** `false` once it was closed. */
  readonly isOpen?: boolean;
}

/** A connection of our own, that may wait for what comes. */
export interface RedisReader extends RedisClient {
  /** Opens it; called once. */
  connect(): Promise<unknown>;
  /** Is listened to so that an error of the connection does not end the process; it is read again by itself. */
  on(event: 'error', listener: (error: unknown) => void): unknown;
  /** Waits up to `BLOCK` ms for what comes after `id` in the stream. */
  xRead(
    stream: { readonly key: string; readonly id: string },
    options: { readonly BLOCK: number; readonly COUNT: number },
  ): Promise<unknown>;
  /** Ends it at once. */
  destroy(): void;
}

export const redisSource: Check = { ...withMethods('eval', 'duplicate'), required: true };
