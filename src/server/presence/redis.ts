import { randomUUID } from 'node:crypto';
import { checkOptions, text, timer } from '../checks.ts';
import { type RedisClient, redisClient } from '../redis-client.ts';
import type { PresenceStore } from './store.ts';

/** Where nodes tell each other, and when one counts as dead. The same on every node. */
export interface RedisPresenceOptions {
  /** What its keys begin with; in braces, so that a cluster keeps them together. Default: `{holdfast:presence}:`. */
  readonly prefix?: string;
  /**
   * After how many ms without a word from a node its users count as gone: about half as much again passes until
   * watchers hear of it. Default: 5,000.
   */
  readonly expiry?: number;
}

/**
 * Presence over any number of nodes: one store for each, with the same prefix. A node that dies is noticed by those
 * that live. Times are those of Redis.
 *
 * @param client A connected client of `redis`. It is not closed here.
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 */
export function redisPresence(client: RedisClient, options: RedisPresenceOptions = {}): PresenceStore {
  checkOptions(
    'redisPresence()',
    { ...options, client },
    { client: redisClient, prefix: text, expiry: timer },
  );
  const { prefix = '{holdfast:presence}:', expiry = 5_000 } = options;
  const node = randomUUID();
  const run = (script: string, args: readonly string[]) =>
    client.eval(script, { keys: [prefix], arguments: [node, ...args] });
  return {
    expiry,
    async restate(here) {
      await run(restate, here);
    },
    put: async (come, gone) => (await run(put, [String(come.length), ...come, ...gone])) === 1,
    beat: async () => (await run(beat, [String(expiry)])) === 1,
    async online(users) {
      const counts = users.length === 0 ? [] : ((await run(online, users)) as number[]);
      return counts.map((count) => count > 0);
    },
  };
}

/** `nodes`: when each was last heard of; `node:…`: its users; `user:…`: the nodes that a user is on. */
const head = `
local prefix, node = KEYS[1], ARGV[1]
local nodes = prefix .. 'nodes'
local function come(user)
  redis.call('SADD', prefix .. 'user:' .. user, node)
  redis.call('SADD', prefix .. 'node:' .. node, user)
end
local function gone(user, from)
  redis.call('SREM', prefix .. 'user:' .. user, from)
  redis.call('SREM', prefix .. 'node:' .. from, user)
end
local function empty(from)
  for _, user in ipairs(redis.call('SMEMBERS', prefix .. 'node:' .. from)) do gone(user, from) end
end
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`;

const restate = `${head}
empty(node)
redis.call('ZADD', nodes, now(), node)
for i = 2, #ARGV do come(ARGV[i]) end
return 1`;

/** Of a node that nobody knows, what it adds would stay for ever. */
const put = `${head}
if not redis.call('ZSCORE', nodes, node) then return 0 end
local last = 2 + tonumber(ARGV[2])
for i = 3, last do come(ARGV[i]) end
for i = last + 1, #ARGV do gone(ARGV[i], node) end
return 1`;

/** A node that could not be heard itself judges nobody: then Redis was away, and the others are about to come back. */
const beat = `${head}
local seen = redis.call('ZSCORE', nodes, node)
if not seen then return 0 end
local time = now()
redis.call('ZADD', nodes, time, node)
local latest = time - tonumber(ARGV[2])
if tonumber(seen) < latest then return 1 end
for _, dead in ipairs(redis.call('ZRANGEBYSCORE', nodes, '-inf', '(' .. string.format('%d', latest))) do
  empty(dead)
  redis.call('ZREM', nodes, dead)
end
return 1`;

const online = `${head}
local counts = {}
for i = 2, #ARGV do counts[i - 1] = redis.call('SCARD', prefix .. 'user:' .. ARGV[i]) end
return counts`;
