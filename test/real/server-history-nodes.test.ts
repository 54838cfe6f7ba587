import { createAdapter } from '@socket.io/redis-streams-adapter';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { memoryHistory, redisHistory } from '../../src/server/index.ts';
import { createRandom } from '../../src/testing/random.ts';
import { readCursor } from '../../src/wire.ts';
import { type Follower, follower } from '../support/follower.ts';
import { type Greeter, granted, greet, stampOf, wishing } from '../support/greeter.ts';
import { heldRedis } from '../support/held-redis.ts';
import { forkNode, type Node } from '../support/nodes.ts';
import { useRedis } from '../support/redis.ts';
import { roomsServer } from '../support/rooms-server.ts';
import { seed, seedTold } from '../support/seed.ts';
import { next } from '../support/servers.ts';
import { switchboard } from '../support/switchboard.ts';
import { quiet, use } from '../support/trial.ts';

/** Others may have the machine. */
const patient = { timeout: 10_000 };

const redis = await useRedis();
const client = createClient({ url: redis.url });
client.on('error', () => {});
beforeAll(async () => void (await client.connect()));
afterAll(() => client.destroy());

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => ({ n: from + n }));
const said = (greeter: Greeter) => greeter.heard.filter(([event]) => event === 'said');
const sequences = (greeter: Greeter) => said(greeter).map((args) => readCursor(stampOf(args)?.[1])?.sequence);

/** Keeps somebody following, link after link, until the test is over. */
function keep(party: Follower, url: () => string): void {
  let isOver = false;
  onTestFinished(() => {
    isOver = true;
  });
  void (async () => {
    while (!isOver) {
      await party.follow(url());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  })();
}

async function stopped(parties: readonly Follower[], node: Node): Promise<void> {
  await node.kill();
  await expect.poll(() => parties.some(({ isLive }) => isLive), patient).toBe(false);
}

test('[SV-8] [SV-7] two nodes that say things in one room at a time: both have all of it, in the order of the log, without holes', async () => {
  const [a, b] = [use(await forkNode(redis.url, 'history')), use(await forkNode(redis.url, 'history'))];
  const parties = [a, b, a, b].map(({ url }, n) =>
    greet(url, { user: `user ${n}`, greeting: wishing('busy') }),
  );
  for (const each of parties) await each.answers();
  await Promise.all([a.ask('broadcasts', 'busy', 1, 250), b.ask('broadcasts', 'busy', 251, 500)]);
  const [first] = parties as [Greeter];
  for (const each of parties) {
    await expect.poll(() => said(each).length, { timeout: 10_000 }).toBe(500);
    expect(sequences(each)).toEqual(numbers(1, 500).map(({ n }) => n));
    expect(said(each)).toEqual(said(first));
  }
  // Who is left out is told so on every node, and nobody else.
  await a.ask('broadcast', 'busy', 501, ['user 3']);
  await b.ask('broadcast', 'busy', 502);
  for (const [n, each] of parties.entries()) {
    await expect.poll(() => each.heard.length, patient).toBe(503);
    expect(each.heard.slice(-2).map(([event]) => event)).toEqual([
      n === 3 ? 'holdfast:skip' : 'said',
      'said',
    ]);
  }
}, 60_000);

test('[SV-8] [RM-4] nodes that are killed while somebody talks: whoever comes back elsewhere has missed nothing, and gets nothing twice', async () => {
  const random = createRandom(seed);
  const nodes: Node[] = [
    use(await forkNode(redis.url, 'history')),
    use(await forkNode(redis.url, 'history')),
  ];
  // Whoever is here serves the clients; the other one talks.
  const board = use(await switchboard(() => nodes[0]?.port ?? 0));
  const parties = Array.from({ length: 5 }, (_, n) => follower('room', `user ${n}`));
  for (const party of parties) keep(party, () => board.url);
  await expect.poll(() => parties.every(({ isLive }) => isLive), { timeout: 10_000 }).toBe(true);
  let n = 0;
  for (let kill = 0; kill < 4; kill += 1) {
    const speaker = nodes[1] as Node;
    const talk = speaker.ask('broadcasts', 'room', n + 1, n + 300);
    n += 300;
    const some = n - 300 + Math.floor(random() * 250);
    await expect
      .poll(() => parties[0]?.read.length ?? 0, { ...patient, interval: 1 })
      .toBeGreaterThanOrEqual(some);
    const [first] = nodes.splice(0, 1) as [Node];
    await first.kill();
    await talk;
    // The one that talked serves from now on.
    nodes.push(use(await forkNode(redis.url, 'history')));
    for (const party of parties) await expect.poll(() => party.read.length, { timeout: 10_000 }).toBe(n);
  }
  for (const party of parties) {
    expect(party.read, seedTold).toEqual(numbers(1, n));
    expect(party.faults, seedTold).toEqual([]);
    expect(party.resets, seedTold).toBe(0);
  }
}, 120_000);

test('[SV-8] every node is killed, and all of it is still there for whoever comes hours later', async () => {
  const node = use(await forkNode(redis.url, 'history'));
  const party = follower('long ago');
  void party.follow(node.url);
  await expect.poll(() => party.isLive, patient).toBe(true);
  await node.ask('broadcasts', 'long ago', 1, 3);
  await expect.poll(() => party.read.length, patient).toBe(3);
  await node.ask('broadcast', 'long ago', 4, ['alice']);
  await stopped([party], node);
  const talker = use(await forkNode(redis.url, 'history'));
  await talker.ask('broadcasts', 'long ago', 5, 700);
  await talker.kill();
  const later = use(await forkNode(redis.url, 'history'));
  void party.follow(later.url);
  await expect.poll(() => party.read.length, patient).toBe(700);
  // In pages, since it is more than goes into one answer; without what was not for them, also the first time.
  expect(party.read).toEqual([...numbers(1, 3), null, ...numbers(5, 700)]);
  expect(party.faults).toEqual([]);
}, 60_000);

test('[SV-4] [SV-8] a node that is killed between saying something and acknowledging it: it is said once', async () => {
  const [a, b] = [use(await forkNode(redis.url, 'history')), use(await forkNode(redis.url, 'history'))];
  const alice = greet(a.url, { greeting: wishing('posts') });
  const bob = greet(b.url, { user: 'bob', greeting: wishing('posts') });
  await Promise.all([alice.answers(), bob.answers()]);
  await client.set('post:waits', '1');
  const sent = { room: 'posts', n: 1, 'holdfast:id': 'a message' };
  alice.socket.emit('post', sent);
  await expect.poll(() => client.lLen('posted'), patient).toBe(1);
  await a.kill();
  await client.del('post:waits');
  const again = greet(b.url, { greeting: wishing('posts') });
  await again.answers();
  await expect
    .poll(async () => ((await again.ask('post', sent)) as { cursor?: string }).cursor, { timeout: 10_000 })
    .toBeDefined();
  // The handler ran twice.
  expect(await client.lLen('posted')).toBe(2);
  await b.ask('broadcast', 'posts', 2);
  await expect.poll(() => said(bob).map(([, payload]) => payload), patient).toEqual([{ n: 1 }, { n: 2 }]);
}, 60_000);

test('[SV-8] a Redis that is killed and comes back while somebody talks: nothing that was acknowledged is lost', async () => {
  const prefix = '{restarts}:';
  const [here, there] = await Promise.all(
    [0, 1].map(() => {
      const history = redisHistory(client, { prefix });
      onTestFinished(() => history.close());
      return roomsServer({ history });
    }),
  );
  if (here === undefined || there === undefined) throw new Error('there are two');
  const [alice, bob] = [here, there].map(({ url }) => greet(url, { greeting: wishing('a') })) as [
    Greeter,
    Greeter,
  ];
  await Promise.all([alice.answers(), bob.answers()]);
  const kept: Promise<string | undefined>[] = [];
  for (let kill = 0; kill < 3; kill += 1) {
    for (let n = 0; n < 50; n += 1) kept.push(here.broadcast('a', 'said', { n: kept.length }));
    await Promise.any(kept.slice(-10));
    for (let n = 0; n < 50; n += 1) kept.push(there.broadcast('a', 'said', { n: kept.length }));
    await redis.kill();
    await redis.start();
  }
  const cursors = await Promise.all(kept);
  for (const each of [alice, bob]) {
    await expect.poll(() => said(each).length, { timeout: 10_000 }).toBe(300);
    expect(sequences(each)).toEqual(numbers(1, 300).map(({ n }) => n));
    for (const [, payload, stamp] of said(each))
      expect(stampOf([stamp])?.[1]).toBe(cursors[(payload as { n: number }).n]);
  }
}, 60_000);

describe('without an adapter', () => {
  test('[SV-8] what is kept reaches the members on every node; what is not, this node', async () => {
    const prefix = '{bare}:';
    const open = async () => {
      const history = redisHistory(client, { prefix });
      onTestFinished(() => history.close());
      return roomsServer({ history });
    };
    const [here, there] = [await open(), await open()];
    const [alice, bob] = [here, there].map(({ url }) => greet(url, { greeting: wishing('a') })) as [
      Greeter,
      Greeter,
    ];
    await Promise.all([alice.answers(), bob.answers()]);
    await here.broadcast('a', 'typing', 1, { keep: false });
    await here.broadcast('a', 'said', 1);
    await there.broadcast('a', 'said', 2);
    const both = (each: Greeter) => said(each).map(([, payload]) => payload);
    for (const each of [alice, bob]) await expect.poll(() => both(each), patient).toEqual([1, 2]);
    expect(alice.heard.some(([event]) => event === 'typing')).toBe(true);
    expect(bob.heard.some(([event]) => event === 'typing')).toBe(false);
    expect(await there.metric('history_behind')).toBe(0);
    expect(await there.metric('history_rooms')).toBeUndefined();
  });

  test('[SV-8] [SV-2] whoever is removed on one node gets nothing that is said after it, on any', async () => {
    const prefix = '{removed}:';
    const gate = heldRedis(client);
    const histories = [redisHistory(client, { prefix }), redisHistory(gate.source, { prefix })] as const;
    onTestFinished(() => {
      for (const each of histories) each.close();
    });
    const here = await roomsServer({ history: histories[0] });
    const there = await roomsServer({ history: histories[1] });
    const [alice, bob] = [
      greet(there.url, { greeting: wishing('a') }),
      greet(there.url, { user: 'bob', greeting: wishing('a', 'b') }),
    ];
    await alice.answers();
    const { cursor = '' } = granted((await bob.answers())[0]);
    here.remove('bob', 'a');
    await here.broadcast('a', 'said', 'secret');
    await here.broadcast('b', 'said', 'for both');
    await expect.poll(() => said(alice).map(([, payload]) => payload), patient).toEqual(['secret']);
    await expect.poll(() => said(bob).map(([, payload]) => payload), patient).toEqual(['for both']);

    // And nothing from the log, if he asked before that node had heard of it.
    await bob.join(['a']);
    await gate.cut();
    const asked = bob.join([['a', cursor]]);
    await expect.poll(() => there.occupied().includes('a'), patient).toBe(true);
    here.remove('bob', 'a');
    await here.broadcast('a', 'said', 'another secret');
    gate.heal();
    expect(await asked).toEqual([{ error: { code: 'removed' } }]);
    await expect.poll(() => said(alice), patient).toHaveLength(2);
    expect(JSON.stringify(bob.heard)).not.toContain('secret');
  });

  test('[SV-8] a history in memory is a reset after the server restarted', async () => {
    const before = await roomsServer({ history: memoryHistory() });
    const cursor = (await before.broadcast('a', 'said', 1)) as string;
    const after = await roomsServer({ history: memoryHistory() });
    await after.broadcast('a', 'said', 1);
    const alice = greet(after.url, { greeting: wishing(['a', cursor]) });
    expect(granted((await alice.answers())[0])).toEqual({
      ok: true,
      cursor: expect.any(String),
      reset: true,
    });
  });
});

test('[SV-8] [SV-7] beside connection state recovery over nodes: a recovered session has its stamps and misses nothing', async () => {
  const prefix = '{recovered}:';
  const own = await createClient({ url: redis.url }).connect();
  // The adapter writes of a session that ends when all is closed.
  onTestFinished(() => own.close());
  const history = redisHistory(client, { prefix });
  onTestFinished(() => history.close());
  const real = await roomsServer({
    history,
    server: {
      adapter: createAdapter(own, { streamName: 'recovered', blockTimeInMs: 500 }),
      connectionStateRecovery: { skipMiddlewares: false },
    },
  });
  const proxy = use(await FaultProxy.to(real.port));
  const alice = greet(proxy.url, { greeting: wishing('a') });
  const { cursor = '' } = granted((await alice.answers())[0]);
  // What the history sends is not what the adapter replays: without an event of its own nothing could be recovered.
  real.io.to('a').emit('plain', 1);
  await expect.poll(() => alice.heard.some(([event]) => event === 'plain'), patient).toBe(true);
  const [socket] = [...real.io.sockets.sockets.values()];
  const gone = [next(socket as never, 'disconnect'), next(alice.socket, 'disconnect')];
  proxy.reset();
  await Promise.all(gone);
  await real.broadcast('a', 'said', 1);
  real.io.to('a').emit('plain', 2);
  await quiet();
  alice.heard.length = 0;
  alice.socket.auth = { token: 'alice', holdfast: wishing(['a', cursor]) };
  alice.socket.connect();
  await next(alice.socket, 'connect');
  expect(alice.socket.recovered).toBe(true);
  expect(granted((await alice.answers())[0]).missed).toEqual([[1, 'said', 1]]);
  const last = await real.broadcast('a', 'said', 2);
  await expect.poll(() => said(alice), patient).toEqual([['said', 2, { holdfast: ['a', last] }]]);
  expect(alice.heard.map(([event]) => event)).toEqual(['plain', 'holdfast:hello', 'said']);
}, 60_000);
