import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type HistoryStore, memoryHistory, redisHistory } from '../../src/server/index.ts';
import { createRandom } from '../../src/testing/random.ts';
import { cursorOf, readCursor } from '../../src/wire.ts';
import { follower } from '../support/follower.ts';
import { granted, greet, wishing } from '../support/greeter.ts';
import { rawClient } from '../support/raw-client.ts';
import { useRedis } from '../support/redis.ts';
import { roomsServer } from '../support/rooms-server.ts';
import { seed, seedTold } from '../support/seed.ts';
import { use } from '../support/trial.ts';

/** Others may have the machine. */
const patient = { timeout: 10_000 };

const redis = await useRedis();
const client = createClient({ url: redis.url });
beforeAll(async () => void (await client.connect()));
afterAll(() => client.destroy());

type Random = () => number;

function pick<T>(from: readonly T[], random: Random): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** Any JSON, with names that mean something to objects, to Socket.IO, to Redis or to us. */
function anything(random: Random, cursors: readonly string[], depth = 0): unknown {
  const again = () => anything(random, cursors, depth + 1);
  const keys = ['v', 'rooms', '__proto__', 'constructor', 'then', 'length', '0', 'error', 'ok', 'toJSON', ''];
  const texts = [
    ...[
      '',
      'open',
      'secret',
      'closed',
      'slow',
      'holdfast:user:alice',
      'holdfast:wish:secret',
      '/,secret',
      ',secret',
    ],
    ...[
      '*',
      '\u0000',
      '\ud800',
      '𝕏',
      '}secret',
      '{holdfast:history}:log:/,secret',
      'x'.repeat(50_000),
      '__proto__',
    ],
  ];
  const kinds: (() => unknown)[] = [
    () => null,
    () => pick([true, false], random),
    () => pick([0, 1, -1, 1e308, 2 ** 53, 0.1], random),
    () => pick(texts, random),
    () => pick(cursors, random),
    () => anyCursor(random, cursors),
    () => [pick(texts, random), anyCursor(random, cursors)],
    () => Array.from({ length: random() * 5 }, again),
    () => Object.fromEntries(Array.from({ length: random() * 4 }, () => [pick(keys, random), again()])),
    () => ({ v: 1, rooms: Array.from({ length: random() * 6 }, again) }),
    () => ({ v: pick([1, 1, 1, '1', 2, null], random), rooms: again() }),
    () => wishing(...Array.from({ length: random() * 300 }, (_, n) => `many ${n}`)),
  ];
  return pick(depth > 4 ? kinds.slice(0, 6) : kinds, random)();
}

function anyCursor(random: Random, cursors: readonly string[]): unknown {
  const known = readCursor(pick(cursors, random));
  const generation = known?.generation ?? 'x';
  return pick(
    [
      cursorOf(generation, Math.floor(random() * 100)),
      cursorOf(generation, 999_999_999_999_999),
      cursorOf(
        generation.replace(/\d+$/, (digits) => `${Number(digits) + 1}`),
        0,
      ),
      `${generation}:-1`,
      `${generation}:1e5`,
      `${generation}:0x1`,
      `${generation}`,
      ':1',
      `${'g'.repeat(33)}:1`,
      7,
      [cursorOf(generation, 0)],
    ],
    random,
  );
}

/** What a client may send that is made of these. */
function anyPacket(random: Random, cursors: readonly string[]): string {
  const json = JSON.stringify(anything(random, cursors));
  const event = pick(
    [
      'holdfast:join',
      'holdfast:join',
      'holdfast:probe',
      'room:join',
      'room:leave',
      'holdfast:hello',
      'holdfast:skip',
    ],
    random,
  );
  const id = pick(['', '', '7', '0'], random);
  return `2${id}["${event}",${json}]`;
}

const stores: [string, () => HistoryStore][] = [
  ['memoryHistory', () => memoryHistory()],
  [
    'redisHistory',
    () => {
      const history = redisHistory(client);
      onTestFinished(() => history.close());
      return history;
    },
  ],
];

describe.each(stores)('%s', (_, create) => {
  test('[SV-8] [RM-4] [SV-2] whatever a client says in its handshake and after it: it is answered, gets nothing that it may not have, and others notice nothing', async () => {
    console.log(seedTold);
    const random = createRandom(seed);
    const server = await roomsServer({
      history: create(),
      limit: 50,
      timeout: 500,
      mayJoin({ user, room }) {
        if (user !== 'mallory') return true;
        if (room === 'slow') return new Promise((resolve) => setTimeout(resolve, random() * 10, true));
        return room !== 'secret' && room !== 'closed'
          ? true
          : pick([false, { error: { code: 'no' } }], random);
      },
    });
    const witnesses = ['open', 'secret'].map((room) => follower(room, 'alice'));
    for (const each of witnesses) void each.follow(server.url);
    await expect.poll(() => witnesses.every(({ isLive }) => isLive), patient).toBe(true);
    const cursors: string[] = [];
    const talk = async () => {
      for (const room of ['open', 'secret'])
        cursors.push((await server.broadcast(room, 'said', room === 'secret' ? 'SECRET' : 'open')) as string);
    };
    await talk();

    let answered = 0;
    for (let n = 0; n < 400; n += 1) {
      if (n % 20 === 0) await talk();
      const mallory = use(await rawClient(server.port));
      const wishes = Array.from({ length: random() * 8 }, () => anything(random, cursors, 1));
      const greeting = random() < 0.6 ? { v: 1, rooms: wishes } : anything(random, cursors);
      mallory.send(`0${JSON.stringify({ token: 'mallory', holdfast: greeting })}`);
      await mallory.next('0');
      const hello = await mallory.next('2["holdfast:hello"');
      const [, said] = JSON.parse(hello.slice(1)) as [string, object];
      expect(Object.keys(said), hello).toEqual([expect.stringMatching(/^(rooms|error)$/)]);
      answered += Number('rooms' in said);
      for (let m = 0; m < 10; m += 1) mallory.send(anyPacket(random, cursors));
      // Whatever came before it has been taken in when this is answered.
      mallory.send('299["holdfast:probe"]');
      const probe = await mallory.next('399');
      expect(probe).not.toMatch(/"(secret|closed|holdfast:[^"]*)"/);
      expect(mallory.packets.join('\n')).not.toContain('SECRET');
      await mallory.close();
    }
    expect(answered).toBeGreaterThan(150);

    await talk();
    for (const [at, { read, faults, resets }] of witnesses.entries()) {
      await expect.poll(() => read.length, patient).toBe(22);
      expect(new Set(read)).toEqual(new Set([at === 0 ? 'open' : 'SECRET']));
      expect([faults, resets]).toEqual([[], 0]);
    }
    await expect.poll(() => server.occupied().sort(), patient).toEqual(['open', 'secret']);
    expect(server.failures()).toEqual([]);
    expect(Object.keys({})).toEqual([]);
    // And the server still does what it is for.
    const bob = greet(server.url, { user: 'bob', greeting: wishing(['open', cursors[0] as string]) });
    expect(granted((await bob.answers())[0]).missed).toHaveLength(21);
  }, 60_000);
});
