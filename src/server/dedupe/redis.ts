import { checkOptions, text } from '../checks.ts';
import { type RedisClient, redisClient } from '../redis-client.ts';
import type { Claim, DedupeStore } from './store.ts';

/** Where `redisDedupe` has its keys. */
export interface RedisDedupeOptions {
  /** What its keys begin with. Default: `holdfast:once:`. */
  readonly prefix?: string;
}

/**
 * Remembers in Redis: for any number of nodes, and over their restarts. One key a message, which expires by itself; one
 * command for each step, so that two nodes never both claim a message.
 *
 * @param client A connected client of `redis`. It is not closed here.
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 */
export function redisDedupe(client: RedisClient, options: RedisDedupeOptions = {}): DedupeStore {
  checkOptions('redisDedupe()', { ...options, client }, { client: redisClient, prefix: text });
  const { prefix = 'holdfast:once:' } = options;
  const run = (script: string, key: string, ...args: (string | number)[]) =>
    client.eval(script, { keys: [prefix + key], arguments: args.map((each) => String(each)) });
  return {
    async begin(key, token, lease): Promise<Claim> {
      const [state, more] = (await run(begin, key, token, Math.ceil(lease))) as [string, string | number];
      if (state === 'running') return { state, left: Number(more) };
      return state === 'done' ? { state, answer: String(more) } : { state: 'mine' };
    },
    extend: async (key, token, lease) => (await run(write, key, token, `r${token}`, Math.ceil(lease))) === 1,
    finish: async (key, token, answer, ttl) =>
      (await run(write, key, token, `d${answer}`, Math.ceil(ttl))) === 1,
    async release(key, token) {
      await run(release, key, token);
    },
  };
}

/** A value is `r` and the token of whoever runs the message, or `d` and its answer. */
const begin = `
local value = redis.call('GET', KEYS[1])
if not value then
  redis.call('SET', KEYS[1], 'r' .. ARGV[1], 'PX', ARGV[2])
  return {'mine', ''}
end
if string.sub(value, 1, 1) == 'r' then return {'running', redis.call('PTTL', KEYS[1])} end
return {'done', string.sub(value, 2)}`;

/** A claim that is gone, and that nobody else has made since, is as good as held. Saying the same twice is fine. */
const write = `
local value = redis.call('GET', KEYS[1])
if value and value ~= 'r' .. ARGV[1] and value ~= ARGV[2] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

const release = `
if redis.call('GET', KEYS[1]) == 'r' .. ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`;
