import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DedupeStore, memoryDedupe, redisDedupe } from '../../../src/server/index.ts';
import { useRedis } from '../../support/redis.ts';

const redis = await useRedis();
const clients = [1, 2].map(() => createClient({ url: redis.url }));
beforeAll(async () => void (await Promise.all(clients.map((client) => client.connect()))));
afterAll(() => {
  for (const client of clients) client.destroy();
});

const [here, there] = clients as [(typeof clients)[0], (typeof clients)[0]];
const inMemory = memoryDedupe();
const long = 60_000;
let keys = 0;

/** Stores, each as two nodes see it. */
const stores: [string, DedupeStore, DedupeStore][] = [
  ['memoryDedupe', inMemory, inMemory],
  ['redisDedupe', redisDedupe(here), redisDedupe(there)],
];

describe.each(stores)('%s', (_, one, other) => {
  const freshKey = () => {
    keys += 1;
    return JSON.stringify(['/', 'alice\n"', 'message', `${keys}`]);
  };

  test('[SV-4] a message is claimed by one of any number who ask at the same time', async () => {
    const key = freshKey();
    const asked = Array.from({ length: 50 }, (_, n) => (n % 2 ? one : other).begin(key, `t${n}`, long));
    const states = (await Promise.all(asked)).map(({ state }) => state);
    expect(states.sort()).toEqual(['mine', ...Array(49).fill('running')]);
  });

  test('[SV-4] what is done keeps its first answer, byte for byte, for its time', async () => {
    const key = freshKey();
    await one.begin(key, 'a', long);
    const answer = JSON.stringify({ text: 'é\u0000\ud83d\ude00 r d', n: 0.1 });
    expect(await one.finish(key, 'a', answer, 300)).toBe(true);
    expect(await other.begin(key, 'b', long)).toEqual({ state: 'done', answer });
    await expect.poll(() => other.begin(key, 'b', long)).toEqual({ state: 'mine' });
  });

  test('[SV-4] an answer may be none', async () => {
    const key = freshKey();
    await one.begin(key, 'a', long);
    await one.finish(key, 'a', '', long);
    expect(await other.begin(key, 'b', long)).toEqual({ state: 'done', answer: '' });
  });

  test('[SV-4] a claim that is given up is free at once; one of somebody else cannot be given up', async () => {
    const key = freshKey();
    await one.begin(key, 'a', long);
    await other.release(key, 'b');
    expect((await other.begin(key, 'b', long)).state).toBe('running');
    await one.release(key, 'a');
    expect((await other.begin(key, 'b', long)).state).toBe('mine');
  });

  test('[SV-4] a claim runs out; whoever held it can neither extend, nor finish, nor give up that of the next', async () => {
    const key = freshKey();
    await one.begin(key, 'a', 30);
    await expect.poll(() => other.begin(key, 'b', long)).toEqual({ state: 'mine' });
    expect(await one.extend(key, 'a', long)).toBe(false);
    expect(await one.finish(key, 'a', '"late"', long)).toBe(false);
    await one.release(key, 'a');
    expect((await one.begin(key, 'c', long)).state).toBe('running');
    expect(await other.finish(key, 'b', '"first"', long)).toBe(true);
    expect(await one.finish(key, 'a', '"late"', long)).toBe(false);
    expect(await one.begin(key, 'c', long)).toEqual({ state: 'done', answer: '"first"' });
  });

  test('[SV-4] a claim that ran out, and that nobody took, can still be extended and finished', async () => {
    const key = freshKey();
    await one.begin(key, 'a', 1);
    await expect.poll(async () => one.extend(key, 'a', long)).toBe(true);
    const claim = await other.begin(key, 'b', long);
    expect(claim).toEqual({ state: 'running', left: expect.any(Number) });
    expect((claim as { left: number }).left).toBeGreaterThan(long / 2);
    expect((claim as { left: number }).left).toBeLessThanOrEqual(long);
    expect(await one.finish(key, 'a', '1', long)).toBe(true);
  });

  test('[SV-4] the same may be said twice', async () => {
    const key = freshKey();
    await one.begin(key, 'a', long);
    expect(await one.finish(key, 'a', '1', long)).toBe(true);
    expect(await one.finish(key, 'a', '1', long)).toBe(true);
    expect(await one.finish(key, 'a', '2', long)).toBe(false);
    expect(await one.begin(key, 'b', long)).toEqual({ state: 'done', answer: '1' });
  });

  test('[SV-4] keys are told apart', async () => {
    const [a, b] = [freshKey(), freshKey()];
    await one.begin(a, 'a', long);
    expect((await one.begin(b, 'b', long)).state).toBe('mine');
  });
});

describe('the bounds of memoryDedupe', () => {
  async function done(store: DedupeStore, key: string, answer = '1', ttl = long): Promise<void> {
    await store.begin(key, 't', long);
    await store.finish(key, 't', answer, ttl);
  }
  const knows = async (store: DedupeStore, key: string) => {
    const { state } = await store.begin(key, 'probe', 1);
    await store.release(key, 'probe');
    return state === 'done';
  };

  test('[SV-4] past `items`, what was asked for longest ago is forgotten, and what is running never', async () => {
    const store = memoryDedupe({ items: 2 });
    await store.begin('running', 't', long);
    await done(store, 'a');
    await done(store, 'b');
    expect(await knows(store, 'a')).toBe(true);
    await done(store, 'c');
    expect(await knows(store, 'b')).toBe(false);
    expect(await knows(store, 'a')).toBe(true);
    expect(await knows(store, 'c')).toBe(true);
    expect((await store.begin('running', 'u', long)).state).toBe('running');
  });

  test('[SV-4] past `bytes` too', async () => {
    const store = memoryDedupe({ bytes: 10_000 });
    await done(store, 'a', 'x'.repeat(3_000));
    await done(store, 'b', 'x'.repeat(3_000));
    expect(await knows(store, 'a')).toBe(false);
    expect(await knows(store, 'b')).toBe(true);
  });

  test.each([{ items: 0 }, { bytes: 1.5 }, { items: '9' as unknown as number }, { item: 1 } as object])(
    '[ER-1] %o is no option',
    (options) => {
      expect(() => memoryDedupe(options)).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/option/), hint: expect.any(String) }),
      );
    },
  );

  test('[ER-1] redisDedupe asks for a client', () => {
    expect(() => redisDedupe({} as never)).toThrow(/`client` is an object; allowed: an object with eval\(\)/);
    expect(() => redisDedupe(here, { prefix: '' })).toThrow(/`prefix`/);
  });
});
