import { createClient, createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../../../examples/shared/fault-proxy.ts';
import {
  type DeliveredMessage,
  type RedisHistory,
  type RedisHistoryOptions,
  type RedisSource,
  redisHistory,
} from '../../../src/server/index.ts';
import { cursorOf, readCursor } from '../../../src/wire.ts';
import { heldRedis } from '../../support/held-redis.ts';
import { startRedis, useRedis } from '../../support/redis.ts';
import { quiet, use } from '../../support/trial.ts';

/** Others may have the machine. */
const patient = { timeout: 10_000 };

const redis = await useRedis();
const client = createClient({ url: redis.url });
client.on('error', () => {});
beforeAll(async () => void (await client.connect()));
afterAll(() => client.destroy());

const ample = { messages: 10_000, bytes: 10_000_000 };
let prefixes = 0;

function freshPrefix(): string {
  prefixes += 1;
  return `{test ${prefixes}}:`;
}

/** A node: what it hears of the rooms that it has members in. */
function node(
  prefix: string,
  {
    rooms = ['a'],
    source = client as RedisSource,
    ...options
  }: {
    rooms?: string[];
    source?: RedisSource;
  } & RedisHistoryOptions = {},
) {
  const history = redisHistory(source, { prefix, ...options });
  onTestFinished(() => history.close());
  const heard: (DeliveredMessage & { room: string })[] = [];
  const restarted: [room: string, cursor: string][] = [];
  const failures: unknown[] = [];
  /** With how many messages were heard before. */
  const told: [room: string, words: string, behind: number][] = [];
  history.follow?.({
    deliver: (room, message) => heard.push({ room, ...message }),
    told: (room, words) => told.push([room, words, heard.length]),
    restarted: (room, cursor) => restarted.push([room, cursor]),
    rooms: () => rooms,
    failed: (error) => failures.push(error),
  });
  const ready = () => history.read([{ room: 'nobody’s', after: null }], ample);
  return {
    history,
    heard,
    told,
    restarted,
    failures,
    ready,
    payloads: () => heard.map(({ payload }) => payload),
  };
}

async function connections(): Promise<number> {
  return ((await client.sendCommand(['CLIENT', 'LIST'])) as string).trim().split('\n').length;
}

/** Those of earlier tests have gone. */
async function alone(): Promise<void> {
  await expect.poll(connections, patient).toBe(1);
}

async function say(history: RedisHistory, payload: string | number, room = 'a', more = {}) {
  return history.append(room, { event: 'said', payload: String(payload), ...more });
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => `${from + n}`);
const sequenceIn = (cursor: string) => readCursor(cursor)?.sequence ?? Number.NaN;
const generationIn = (cursor: string) => readCursor(cursor)?.generation ?? '';
const isGrowing = (list: number[]) => list.every((n, at) => at === 0 || n === (list[at - 1] ?? 0) + 1);

describe('nodes', () => {
  test('[SV-8] [SV-7] that append to one room at a time: every node delivers all of it in the order of the log', async () => {
    const prefix = freshPrefix();
    const nodes = [node(prefix), node(prefix), node(prefix)] as const;
    await Promise.all(nodes.map(({ ready }) => ready()));
    const rooms = ['a', 'b'];
    await Promise.all(
      Array.from({ length: 300 }, (_, n) =>
        say(nodes[n % 2 ? 0 : 1].history, n, rooms[n % 3 ? 0 : 1] as string),
      ),
    );
    for (const { heard } of nodes) {
      await expect.poll(() => heard.length, patient).toBe(300);
      for (const room of rooms) {
        const cursors = heard.filter((each) => each.room === room).map(({ cursor }) => sequenceIn(cursor));
        expect(cursors[0]).toBe(1);
        expect(isGrowing(cursors)).toBe(true);
      }
      expect(heard.map(({ payload }) => payload)).toEqual(nodes[0].payloads());
    }
  });

  test('[SV-8] are told who is left out; a repeat is told nobody', async () => {
    const prefix = freshPrefix();
    const [one, other] = [node(prefix), node(prefix)];
    await Promise.all([one.ready(), other.ready()]);
    const left = { exceptUsers: ['bob'], exceptSockets: ['x"'] };
    const { cursor } = await say(one.history, 1, 'a', { ...left, id: 'i' });
    await say(other.history, 1, 'a', { id: 'i' });
    await say(other.history, 2);
    for (const { heard } of [one, other])
      await expect
        .poll(() => heard, patient)
        .toEqual([
          { room: 'a', cursor, event: 'said', payload: '1', ...left },
          {
            room: 'a',
            cursor: expect.any(String),
            event: 'said',
            payload: '2',
            exceptUsers: [],
            exceptSockets: [],
          },
        ]);
  });

  test('[SV-8] what one tells comes to all, in order with what is said, and is in no log', async () => {
    const prefix = freshPrefix();
    const [one, other] = [node(prefix), node(prefix)];
    await Promise.all([one.ready(), other.ready()]);
    const { cursor } = await say(one.history, 1);
    await other.history.tell?.('a', 'words "ä"');
    await say(one.history, 2);
    for (const each of [one, other]) {
      await expect.poll(each.payloads, patient).toEqual(['1', '2']);
      expect(each.told).toEqual([['a', 'words "ä"', 1]]);
    }
    expect(await one.history.read([{ room: 'a', after: cursor }], ample)).toMatchObject([
      { messages: [{ sequence: 2, payload: '2' }] },
    ]);
  });

  test('[SV-8] [SV-2] a log is not handed out before this node has heard of all that was said and told before', async () => {
    const prefix = freshPrefix();
    const gate = heldRedis(client);
    const reading = node(prefix, { source: gate.source });
    const writing = redisHistory(client, { prefix });
    await reading.ready();
    const { cursor } = await say(writing, 1);
    await expect.poll(reading.payloads, patient).toEqual(['1']);
    await gate.cut();
    await writing.tell?.('a', 'removed');
    await say(writing, 'secret');
    let heardBefore: unknown[] | undefined;
    const page = Promise.resolve(reading.history.read([{ room: 'a', after: cursor }], ample)).then(
      (pages) => {
        heardBefore = [reading.told.length, ...reading.payloads()];
        return pages[0];
      },
    );
    await quiet();
    expect(heardBefore).toBeUndefined();
    gate.heal();
    expect(await page).toMatchObject({ messages: [{ payload: 'secret' }] });
    expect(heardBefore).toEqual([1, '1', 'secret']);
  });

  test('[SV-8] of two namespaces on one store hear of everything, each', async () => {
    const prefix = freshPrefix();
    const one = node(prefix);
    const also: string[] = [];
    one.history.follow?.({
      deliver: (_, { payload }) => also.push(payload),
      told() {},
      restarted() {},
      rooms: () => [],
      failed() {},
    });
    await one.ready();
    await say(one.history, 1);
    await expect.poll(() => [one.payloads(), also], patient).toEqual([['1'], ['1']]);
  });

  test('[SV-8] a store that nobody follows appends and reads, and makes no connection', async () => {
    await alone();
    const history = redisHistory(client, { prefix: freshPrefix() });
    const { cursor } = await say(history, 1);
    expect(await history.read([{ room: 'a', after: cursor }], ample)).toEqual([{ cursor, messages: [] }]);
    expect(history.size?.()).toEqual({});
    expect(await connections()).toBe(1);
    history.close();
  });
});

describe('a connection that is cut', () => {
  test('[SV-8] [SV-7] goes on where it was: nothing is lost, nothing comes twice', async () => {
    const prefix = freshPrefix();
    const [reading, writing] = [node(prefix), node(prefix)];
    await Promise.all([reading.ready(), writing.ready()]);
    let said = 0;
    for (let cut = 0; cut < 5; cut += 1) {
      for (let n = 0; n < 40; n += 1) {
        said += 1;
        say(writing.history, said);
        if (n === 20) await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
      }
    }
    await expect.poll(() => reading.heard.length, { timeout: 8_000 }).toBe(said);
    expect(isGrowing(reading.heard.map(({ cursor }) => sequenceIn(cursor)))).toBe(true);
    expect(reading.history.size?.()).toEqual({ behind: 0 });
  });

  test('[SV-8] and the feed trimmed past it: rooms with members here are read from their logs, in order', async () => {
    const prefix = freshPrefix();
    const gate = heldRedis(client);
    const rooms = ['a', 'b', 'quiet', 'half a pair: \ud800', ...numbers(1, 40)];
    const reading = node(prefix, { source: gate.source, rooms });
    const writing = redisHistory(client, { prefix });
    await reading.ready();
    await say(writing, 'first');
    await say(writing, 'first of b', 'b');
    await expect.poll(() => reading.heard, patient).toHaveLength(2);
    await gate.cut();
    const left = { exceptUsers: ['bob'], exceptSockets: ['x'] };
    for (const n of numbers(2, 30)) await say(writing, n, 'a', left);
    await say(writing, 'second of b', 'b');
    await writing.tell?.('a', 'words');
    await say(writing, 'of c', 'c');
    await client.xTrim(`${prefix}feed`, 'MAXLEN', 2);
    gate.heal();
    await expect.poll(() => reading.heard.length, patient).toBe(32);
    await say(writing, 'last');
    await say(writing, 'third of b', 'b');
    await expect.poll(() => reading.heard.length, patient).toBe(34);
    const of = (room: string) => reading.heard.filter((each) => each.room === room);
    expect(of('a').map(({ payload }) => payload)).toEqual(['first', ...numbers(2, 30), 'last']);
    expect(isGrowing(of('a').map(({ cursor }) => sequenceIn(cursor)))).toBe(true);
    expect(of('a')[1]).toMatchObject(left);
    expect(of('b').map(({ payload }) => payload)).toEqual(['first of b', 'second of b', 'third of b']);
    // Nobody here is in it.
    expect(of('c')).toEqual([]);
    // Before what was said behind it could come.
    expect(reading.told).toEqual([['a', 'words', 2]]);
    expect(reading.restarted).toEqual([]);
    expect(reading.history.size?.()).toEqual({ behind: 0 });
  });

  test('[SV-8] what is said while the logs are read comes once', async () => {
    const prefix = freshPrefix();
    const gate = heldRedis(client);
    const writing = redisHistory(client, { prefix });
    const rooms = numbers(1, 200);
    const reading = node(prefix, { source: gate.source, rooms });
    await reading.ready();
    await gate.cut();
    for (const room of rooms) await say(writing, 1, room);
    await client.xTrim(`${prefix}feed`, 'MAXLEN', 1);
    gate.heal();
    await expect.poll(() => reading.heard.length, { ...patient, interval: 0 }).toBeGreaterThan(0);
    await Promise.all(rooms.flatMap((room) => [say(writing, 2, room), say(writing, 3, room)]));
    await expect.poll(() => reading.heard.length, patient).toBeGreaterThanOrEqual(600);
    await quiet();
    for (const room of rooms)
      expect(
        reading.heard.filter((each) => each.room === room).map(({ cursor }) => sequenceIn(cursor)),
      ).toEqual([1, 2, 3]);
  });

  test('[SV-8] an answer that is lost with its connection: what was said is said once', async () => {
    const prefix = freshPrefix();
    const proxy = use(await FaultProxy.to(Number(new URL(redis.url).port)));
    const cut = createClient({ url: `redis://127.0.0.1:${new URL(proxy.url).port}` });
    cut.on('error', () => {});
    await cut.connect();
    onTestFinished(() => cut.destroy());
    const history = redisHistory(cut, { prefix });
    const reading = node(prefix);
    await reading.ready();
    await say(history, 1);
    proxy.dropServerToClient();
    const appending = say(history, 2);
    await expect.poll(reading.payloads, patient).toEqual(['1', '2']);
    proxy.reset();
    await proxy.heal();
    expect(sequenceIn((await appending).cursor)).toBe(2);
    await say(history, 3);
    await expect.poll(reading.payloads, patient).toEqual(['1', '2', '3']);
  });
});

describe('a Redis that was away', () => {
  test('[SV-8] comes back with all of it: logs go on, and so do cursors', async () => {
    const prefix = freshPrefix();
    const one = node(prefix);
    await one.ready();
    const { cursor } = await say(one.history, 1, 'a', { id: 'x' });
    await redis.kill();
    const appending = say(one.history, 2);
    await redis.start();
    expect(sequenceIn((await appending).cursor)).toBe(2);
    expect((await say(one.history, 1, 'a', { id: 'x' })).cursor).toBe(cursor);
    await expect.poll(one.payloads, patient).toEqual(['1', '2']);
    expect(await one.history.read([{ room: 'a', after: cursor }], ample)).toMatchObject([
      { messages: [{ payload: '2' }] },
    ]);
    expect(one.restarted).toEqual([]);
  });

  test('[SV-8] a client without a connection is given nothing that would wait in its queue, and is asked when it has one', async () => {
    let isReady = false;
    const givenTooSoon: string[] = [];
    const source: RedisSource = {
      get isReady() {
        return isReady;
      },
      eval(script, options) {
        if (!isReady) givenTooSoon.push(script);
        return client.eval(script, options);
      },
      duplicate: () => client.duplicate(),
    };
    const one = node(freshPrefix(), { source });
    const said = say(one.history, 'kept');
    const read = one.history.read([{ room: 'a', after: null }], ample);
    await new Promise((resolve) => setTimeout(resolve, 50));
    isReady = true;
    await Promise.all([said, read]);
    expect(givenTooSoon).toEqual([]);
    await expect.poll(one.payloads, patient).toEqual(['kept']);
  });

  test('[SV-8] what is said while it is away for long is refused in time, and never said', async () => {
    const prefix = freshPrefix();
    // One that would send it whenever Redis is back.
    const waiting = createClient({ url: redis.url, commandOptions: { timeout: 60_000 } });
    waiting.on('error', () => {});
    await waiting.connect();
    onTestFinished(() => waiting.destroy());
    const one = node(prefix, { source: waiting });
    await one.ready();
    await redis.kill();
    const startedAt = performance.now();
    const refusal = { code: 'history-unavailable', hint: expect.stringContaining('same `id`') };
    await Promise.all([
      expect(say(one.history, 'lost')).rejects.toMatchObject(refusal),
      expect(one.history.read([{ room: 'a', after: null }], ample)).rejects.toMatchObject(refusal),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(7_000);
    await redis.start();
    await say(one.history, 'kept');
    await expect.poll(one.payloads, patient).toEqual(['kept']);
    // Once for the whole time that it was away.
    expect(one.failures).toHaveLength(1);
  }, 20_000);

  test('[SV-8] comes back with nothing: no cursor is good, and members are told that the log begins anew', async () => {
    const prefix = freshPrefix();
    const [one, other] = [node(prefix, { rooms: ['a', 'b'] }), node(prefix)];
    await Promise.all([one.ready(), other.ready()]);
    const before = await say(one.history, 1);
    await redis.forget();
    const after = await say(other.history, 2);
    expect(generationIn(after.cursor)).not.toBe(generationIn(before.cursor));
    expect(sequenceIn(after.cursor)).toBe(1);
    const beginning = cursorOf(generationIn(after.cursor), 0);
    await expect
      .poll(() => one.restarted, patient)
      .toEqual([
        ['a', beginning],
        ['b', beginning],
      ]);
    await expect.poll(one.payloads, patient).toEqual(['1', '2']);
    await expect.poll(other.payloads, patient).toEqual(['1', '2']);
    expect(await one.history.read([{ room: 'a', after: before.cursor }], ample)).toEqual([
      { cursor: after.cursor, messages: [], reset: true },
    ]);
  });

  test('[SV-8] comes back without the last that it acknowledged: no number is given twice', async () => {
    const prefix = freshPrefix();
    const one = node(prefix);
    await one.ready();
    const start = (await say(one.history, 1)).cursor;
    const mark = redis.mark();
    const lost = await say(one.history, 'lost');
    await expect.poll(one.payloads, patient).toEqual(['1', 'lost']);
    await redis.lose(mark);
    // Whoever says the next finds out, be it before the feed does.
    const after = await say(one.history, 'after');
    expect(generationIn(after.cursor)).not.toBe(generationIn(lost.cursor));
    await expect.poll(one.payloads, patient).toEqual(['1', 'lost', 'after']);
    expect(one.restarted).toEqual([['a', cursorOf(generationIn(after.cursor), 0)]]);
    for (const cursor of [start, lost.cursor])
      expect((await one.history.read([{ room: 'a', after: cursor }], ample))[0]?.reset).toBe(true);
  });

  test('[SV-8] be it all that there ever was', async () => {
    const prefix = freshPrefix();
    const one = node(prefix);
    await one.ready();
    const mark = redis.mark();
    const lost = await say(one.history, 'lost');
    await redis.lose(mark);
    const after = await say(one.history, 'after');
    expect(sequenceIn(after.cursor)).toBe(1);
    expect(generationIn(after.cursor)).not.toBe(generationIn(lost.cursor));
  });

  test.each([
    ['and there is nothing older', 0],
    ['and there is something older', 2],
  ])(
    '[SV-8] and a node that knew nothing of it says something first, %s: who did know tells its members that all is void',
    async (_, older) => {
      const prefix = freshPrefix();
      const gate = heldRedis(client);
      const knowing = node(prefix, { source: gate.source });
      await knowing.ready();
      for (let n = 0; n < older; n += 1) await say(knowing.history, 'older');
      await expect.poll(() => knowing.heard, patient).toHaveLength(older);
      knowing.heard.length = 0;
      const mark = redis.mark();
      const lost = await say(knowing.history, 'lost');
      await expect.poll(knowing.payloads, patient).toEqual(['lost']);
      await gate.cut();
      await redis.lose(mark);
      const unknowing = redisHistory(client, { prefix });
      const same = await say(unknowing, 'in its place');
      // It could not tell.
      expect(sequenceIn(same.cursor)).toBe(sequenceIn(lost.cursor));
      gate.heal();
      await expect.poll(() => knowing.restarted, patient).toHaveLength(1);
      const after = await say(unknowing, 'after');
      expect(generationIn(after.cursor)).toBe(generationIn(knowing.restarted[0]?.[1] ?? ''));
      await expect.poll(knowing.payloads, patient).toEqual(['lost', 'after']);
      for (const { cursor } of [lost, same])
        expect((await unknowing.read([{ room: 'a', after: cursor }], ample))[0]?.reset).toBe(true);
    },
  );

  test('[SV-8] a Redis that has answered, and means it, is not asked again', async () => {
    const prefix = freshPrefix();
    await client.set(`${prefix}feed`, 'no stream');
    const history = redisHistory(client, { prefix });
    const startedAt = performance.now();
    await expect(say(history, 1)).rejects.toMatchObject({
      code: 'history-unavailable',
      cause: expect.objectContaining({ message: expect.stringContaining('WRONGTYPE') }),
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('time', () => {
  test('[SV-8] messages and ids are kept for their time, the room for a while longer, and nothing for ever', async () => {
    const prefix = freshPrefix();
    const history = redisHistory(client, { prefix, ttl: 400 });
    const [start] = await history.read([{ room: 'a', after: null }], ample);
    const first = await say(history, 1, 'a', { id: 'x' });
    const page = async (after = '') => (await history.read([{ room: 'a', after }], ample))[0];
    expect(await page(start?.cursor)).toMatchObject({ messages: [{ payload: '1' }] });
    await expect
      .poll(async () => (await page(start?.cursor))?.reset, { ...patient, interval: 20 })
      .toBe(true);
    // The room still knows where it stood.
    expect(await page(first.cursor)).toEqual({ cursor: first.cursor, messages: [] });
    const again = await say(history, 1, 'a', { id: 'x' });
    expect(again).toEqual({ cursor: cursorOf(generationIn(first.cursor), 2), isRepeat: false });
    const keys = async () =>
      (await client.sendCommand(['KEYS', `${prefix.replaceAll('{', '\\{')}*`])) as string[];
    expect((await keys()).length).toBeGreaterThan(3);
    await expect.poll(keys, { timeout: 5_000 }).toEqual([]);
    expect((await page(first.cursor))?.reset).toBe(true);
  });

  test('[SV-8] a room that somebody is in is not forgotten, however long nothing is said there', async () => {
    const prefix = freshPrefix();
    // Redis waits up to 2 s for something to come.
    const ttl = 5_000;
    const one = node(prefix, { ttl, rooms: ['a'] });
    await one.ready();
    const [{ cursor }] = await Promise.all([say(one.history, 1, 'a'), say(one.history, 1, 'b')]);
    const left = (room: string) => client.pTTL(`${prefix}room:${room}`);
    await expect.poll(() => left('b'), { timeout: 12_000 }).toBe(-2);
    expect(await left('a')).toBeGreaterThan(ttl);
    expect(await one.history.read([{ room: 'a', after: cursor }], ample)).toEqual([{ cursor, messages: [] }]);
  }, 20_000);

  test('[SV-8] a room that is never silent does not keep what is too old', async () => {
    const prefix = freshPrefix();
    const history = redisHistory(client, { prefix, ttl: 200 });
    for (let n = 0; n < 30; n += 1) await say(history, n);
    await expect
      .poll(
        async () => {
          await say(history, 'now');
          const log = await client.xRange(`${prefix}log:a`, '-', '+', { COUNT: 1 });
          return log?.[0]?.message['p'];
        },
        { ...patient, interval: 5 },
      )
      .toBe('now');
  });

  test('[SV-8] a cursor of a room that nobody wrote to is good as long as nothing can have been said and forgotten', async () => {
    const prefix = freshPrefix();
    const history = redisHistory(client, { prefix, ttl: 300 });
    const read = async (room: string, after: string | null) =>
      (await history.read([{ room, after }], ample))[0];
    const start = (await read('a', null))?.cursor ?? '';
    const period = generationIn(start);
    await expect
      .poll(async () => generationIn((await read('a', null))?.cursor ?? ''), { ...patient, interval: 5 })
      .not.toBe(period);
    expect(await read('a', start)).toMatchObject({ messages: [] });
    expect((await read('a', start))?.reset).toBeUndefined();
    // Of another generation by now, and still what came after.
    const { cursor } = await say(history, 1);
    expect(generationIn(cursor)).not.toBe(period);
    expect(await read('a', start)).toMatchObject({ cursor, messages: [{ payload: '1' }] });
    await expect.poll(async () => (await read('b', start))?.reset, { ...patient, interval: 10 }).toBe(true);
  });
});

describe('its own connection', () => {
  test.each(['history', 'client'])('[SV-8] ends with the %s', async (which) => {
    await alone();
    const own = createClient({ url: redis.url });
    await own.connect();
    const one = node(freshPrefix(), { source: own });
    await one.ready();
    expect(await connections()).toBe(3);
    if (which === 'history') one.history.close();
    else own.destroy();
    await expect.poll(connections, { timeout: 5_000 }).toBe(which === 'history' ? 2 : 1);
    one.history.close();
    if (own.isOpen) own.destroy();
    expect(one.failures).toEqual([]);
  });
});

test('[SV-8] one that was cut and is closed in that moment leaves no connection behind', async () => {
  await alone();
  const one = node(freshPrefix());
  await one.ready();
  for (const wait of [0, 10, 25, 30]) {
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes']);
    await quiet(wait);
    if (wait === 30) one.history.close();
  }
  // Closed while it makes its first one.
  const other = redisHistory(client, { prefix: freshPrefix() });
  other.follow?.({ deliver() {}, told() {}, restarted() {}, rooms: () => [], failed() {} });
  await quiet(0);
  other.close();
  await quiet(300);
  expect(await connections()).toBe(1);
});

test('[SV-8] its keys are in one place of a cluster', async () => {
  const cluster = use(await startRedis('--cluster-enabled', 'yes', '--cluster-announce-ip', '127.0.0.1'));
  const single = createClient({ url: cluster.url });
  single.on('error', () => {});
  await single.connect();
  await single.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
  const state = () => single.sendCommand(['CLUSTER', 'INFO']);
  await expect.poll(state, { timeout: 8_000 }).toContain('cluster_state:ok');
  single.destroy();
  const member = createCluster({ rootNodes: [{ url: cluster.url }] });
  member.on('error', () => {});
  await member.connect();
  const one = node('{holdfast:history}:', { source: member });
  await one.ready();
  for (const n of [1, 2, 3]) await say(one.history, n, 'a', { id: `${n}` });
  await expect.poll(one.payloads, patient).toEqual(['1', '2', '3']);
  one.history.close();
  member.destroy();
});

test('[SV-8] a name that is another one as bytes is refused', async () => {
  const history = redisHistory(client, { prefix: freshPrefix() });
  for (const append of [say(history, 1, 'half: \ud800'), say(history, 1, 'a', { id: '\udfff' })])
    await expect(append).rejects.toMatchObject({ code: 'bad-argument' });
});

test.each<[object, string]>([
  [{ messages: 0 }, 'messages'],
  [{ ttl: 0.5 }, 'ttl'],
  [{ prefix: '' }, 'prefix'],
  [{ prefx: 'x' }, 'prefx'],
])('[ER-1] %o is no option', (options, name) => {
  expect(() => redisHistory(client, options)).toThrow(new RegExp(name));
  expect(() => redisHistory({ eval() {} } as never)).toThrow(
    /`client` is an object; allowed: .*duplicate\(\)/,
  );
});
