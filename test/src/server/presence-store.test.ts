import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { redisPresence } from '../../../src/server/index.ts';
import { memoryPresence } from '../../../src/server/presence/memory.ts';
import { useRedis } from '../../support/redis.ts';

const redis = await useRedis();
const client = createClient({ url: redis.url });
beforeAll(async () => void (await client.connect()));
afterAll(() => client.destroy());

let prefixes = 0;

/** So many nodes that share what they know, and nothing with those of other tests. */
function nodes(many: number, expiry = 60_000) {
  prefixes += 1;
  const prefix = `{p${prefixes}}:`;
  const stores = Array.from({ length: many }, () => redisPresence(client, { prefix, expiry }));
  return { stores, prefix };
}

const users = ['alice', 'bob', 'name with spaces\n"é"', 'user:alice'];

describe.each([
  ['memory', () => memoryPresence()],
  ['Redis', () => nodes(1).stores[0]!],
])('a node that keeps presence in %s', (_, create) => {
  test('[SV-3] knows who has come and who has gone', async () => {
    const store = create();
    await store.restate([]);
    expect(await store.online(users)).toEqual([false, false, false, false]);
    expect(await store.put(users.slice(0, 3), [])).toBe(true);
    expect(await store.online(users)).toEqual([true, true, true, false]);
    expect(await store.put(['user:alice'], ['alice'])).toBe(true);
    expect(await store.online(users)).toEqual([false, true, true, true]);
    expect(await store.online([])).toEqual([]);
  });

  test('[SV-3] says anew who is here, instead of all that it said before', async () => {
    const store = create();
    await store.restate(['alice', 'bob']);
    await store.restate(['bob', 'name with spaces\n"é"']);
    expect(await store.online(users)).toEqual([false, true, true, false]);
    expect(await store.beat()).toBe(true);
  });

  test('[SV-3] takes many at once', async () => {
    const store = create();
    const many = Array.from({ length: 20_000 }, (_, n) => `user ${n}`);
    await store.restate(many);
    expect(new Set(await store.online(many))).toEqual(new Set([true]));
  });
});

test('[SV-3] a user is there as long as any node says so', async () => {
  const [a, b] = nodes(2).stores;
  await Promise.all([a!.restate(['alice']), b!.restate(['alice'])]);
  await a!.put([], ['alice']);
  expect(await a!.online(['alice'])).toEqual([true]);
  await b!.put([], ['alice']);
  expect(await a!.online(['alice'])).toEqual([false]);
});

test('[SV-3] a node that nobody knows is told so, and adds nothing that nobody would clear away', async () => {
  const { stores, prefix } = nodes(1);
  expect(await stores[0]!.beat()).toBe(false);
  expect(await stores[0]!.put(['alice'], [])).toBe(false);
  expect(await client.keys(`${prefix}*`)).toEqual([]);
});

test('[SV-3] what a dead node has left is cleared away by one that lives, and nothing else', async () => {
  const { stores, prefix } = nodes(3, 300);
  const [alive, dead, other] = stores;
  await dead!.restate(['alice', 'bob']);
  await alive!.restate(['bob']);
  await other!.restate(['carol']);
  await expect
    .poll(async () => {
      expect(await Promise.all([alive!.beat(), other!.beat()])).toEqual([true, true]);
      return alive!.online(['alice', 'bob', 'carol']);
    })
    .toEqual([false, true, true]);
  const keys = (await client.keys(`${prefix}*`)).map((key) =>
    key.slice(prefix.length).replace(/:[-\da-f]{36}/, ''),
  );
  expect(keys.sort()).toEqual(['node', 'node', 'nodes', 'user:bob', 'user:carol']);
  // It was only asleep.
  expect(await dead!.beat()).toBe(false);
  expect(await dead!.put(['alice'], [])).toBe(false);
  await dead!.restate(['alice']);
  expect(await alive!.online(['alice'])).toEqual([true]);
});

test('[SV-3] after Redis was away for longer than that, the first node to come back judges nobody', async () => {
  const { stores, prefix } = nodes(2, 5_000);
  const [a, b] = stores;
  await Promise.all([a!.restate(['alice']), b!.restate(['bob'])]);
  // As if nobody had been heard for a minute.
  for (const { value, score } of await client.zRangeWithScores(`${prefix}nodes`, 0, -1))
    await client.zAdd(`${prefix}nodes`, { value, score: score - 60_000 });
  expect(await a!.beat()).toBe(true);
  expect(await b!.beat()).toBe(true);
  await a!.beat();
  expect(await a!.online(['alice', 'bob'])).toEqual([true, true]);
});

test.each([[{ expiry: 0 }], [{ prefix: 7 }], [{ ttl: 5 }]])('[ER-1] %o is no option', (options) => {
  expect(() => redisPresence(client, options as never)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/option$/) }),
  );
});
