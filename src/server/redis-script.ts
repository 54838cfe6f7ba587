import { createHash } from 'node:crypto';
import type { RedisClient, ScriptOptions } from './redis-client.ts';

export interface Script {
  readonly text: string;
  readonly sha1: string;
}

export function script(text: string): Script {
  return { text, sha1: createHash('sha1').update(text).digest('hex') };
}

/** Of a client that has more than is asked of it. */
interface Extras {
  evalSha?(sha1: string, options: ScriptOptions): Promise<unknown>;
  withAbortSignal?(signal: AbortSignal): RedisClient & Extras;
}

/** Runs a script, which is sent whole only where Redis does not know it. With a `signal`, what waits unsent is given up. */
export async function runScript(
  client: RedisClient,
  { text, sha1 }: Script,
  options: ScriptOptions,
  signal?: AbortSignal,
): Promise<unknown> {
  const sender: RedisClient & Extras =
    signal === undefined ? client : ((client as Extras).withAbortSignal?.(signal) ?? client);
  if (sender.evalSha === undefined) return sender.eval(text, options);
  try {
    return await sender.evalSha(sha1, options);
  } catch (error) {
    if (!String((error as Error | null)?.message).startsWith('NOSCRIPT')) throw error;
    return sender.eval(text, options);
  }
}

/** Whether the same may come through a moment later: not where Redis has answered, and means it. */
export function mayPass(error: unknown): boolean {
  const said = /^([A-Z]+) /.exec(String((error as Error | null)?.message))?.[1];
  return said === undefined || passing.has(said);
}

const passing: ReadonlySet<string> = new Set([
  'BUSY',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'READONLY',
  'TRYAGAIN',
]);
