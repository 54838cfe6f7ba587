import { createClient } from 'redis';
import { filter, firstValueFrom } from 'rxjs';
import type { Server } from 'socket.io';
import { io as dial } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { type Delivery, plain } from '../../src/index.ts';
import {
  type DedupeStore,
  exactlyOnce,
  memoryDedupe,
  onNotice,
  Refuse,
  redisDedupe,
} from '../../src/server/index.ts';
import { createRandom } from '../../src/testing/random.ts';
import { live, until } from '../support/live.ts';
import { forkNode, type Node } from '../support/nodes.ts';
import { useRedis } from '../support/redis.ts';
import { seed, seedTold } from '../support/seed.ts';
import { startServer } from '../support/servers.ts';
import { switchboard } from '../support/switchboard.ts';
import { use } from '../support/trial.ts';

const dialect = plain({ idKey: 'id' });
const asThemselves = ({ identity }: { identity: string }) => identity;

const redis = await useRedis();
const client = createClient({ url: redis.url });
client.on('error', () => {});
beforeAll(async () => void (await client.connect()));
afterAll(() => client.destroy());

interface Stored {
  readonly n: number;
  readonly place: number;
}

interface ClientToServer {
  message: (message: { n: number; id?: string }, answer: (stored: Stored) => void) => void;
}

/** A server that stores what it is sent, each time that it is asked to. */
async function openStore(store: DedupeStore) {
  const server = use(await startServer({ pingInterval: 300, pingTimeout: 300 }));
  const io = server.io as Server<ClientToServer>;
  io.use((socket, proceed) => {
    socket.data.user = socket.handshake.auth['token'];
    proceed();
  });
  const effects: number[] = [];
  const { onMessage } = exactlyOnce(io, { store, lease: 1_000 });
  onMessage('message', async ({ n }): Promise<Stored> => {
    if (typeof n !== 'number') throw new Refuse('no-number');
    return { n, place: effects.push(n) };
  });
  let repeats = 0;
  onNotice(server.io, ({ kind }) => {
    if (kind === 'deduplicated') repeats += 1;
  });
  return { ...server, effects, repeats: () => repeats, arrivals: () => effects.length + repeats };
}

describe.each([
  ['memoryDedupe', () => memoryDedupe()],
  ['redisDedupe', () => redisDedupe(client)],
])('with %s', (_, create) => {
  test('[SV-4] [OB-3] an acknowledgement that is lost with its link: the effect comes once, and the client gets the first answer', async () => {
    const server = await openStore(create());
    const proxy = use(await FaultProxy.to(server.port));
    const party = live(proxy.url, { dialect, credential: asThemselves });
    party.connection.connect('alice');
    await party.connection.ready();
    proxy.dropServerToClient();
    const { acknowledged } = party.connection.send('message', { n: 7 });
    await expect.poll(() => server.effects).toEqual([7]);
    proxy.reset();
    await until(party, 'reconnecting');
    await proxy.heal();
    expect(await acknowledged).toEqual({ n: 7, place: 1 });
    expect(server.effects).toEqual([7]);
    expect(server.repeats()).toBe(1);
  });

  test('[SV-4] [OB-3] 2,000 messages over 50 cut links: none lost, none twice, in order', async () => {
    const random = createRandom(seed);
    const server = await openStore(create());
    const proxy = use(await FaultProxy.to(server.port));
    const { connection } = live(proxy.url, {
      dialect,
      credential: asThemselves,
      outbox: { window: 100, capacity: { items: 2_000 } },
    });
    connection.connect('bob');
    const sent: Delivery[] = [];
    for (let cut = 0; cut < 50; cut += 1) {
      await connection.ready();
      const before = server.arrivals();
      // Half of the links hear nothing of what they cause.
      if (random() < 0.5) proxy.dropServerToClient();
      while (sent.length < 40 * (cut + 1)) sent.push(connection.send('message', { n: sent.length }));
      const some = 1 + Math.floor(random() * 30);
      await expect.poll(server.arrivals, { interval: 1 }).toBeGreaterThanOrEqual(before + some);
      proxy.reset();
      await firstValueFrom(connection.status$.pipe(filter(({ state }) => state !== 'connected')));
      await proxy.heal();
    }
    const answers = await Promise.all(sent.map(({ acknowledged }) => acknowledged));
    const numbers = Array.from({ length: 2_000 }, (_, n) => n);
    expect(server.effects, seedTold).toEqual(numbers);
    expect(answers, seedTold).toEqual(numbers.map((n) => ({ n, place: n + 1 })));
    expect(server.repeats(), seedTold).toBeGreaterThan(0);
  }, 120_000);
});

test('[SV-4] a Redis that is killed and comes back with what it wrote: nothing is lost, nothing done twice', async () => {
  const random = createRandom(seed);
  const server = await openStore(redisDedupe(client, { prefix: 'restart:' }));
  const { connection } = live(server.url, {
    dialect,
    credential: asThemselves,
    outbox: { window: 50, ackTimeout: 2_000 },
  });
  connection.connect('alice');
  await connection.ready();
  const sent: Delivery[] = [];
  for (let kill = 0; kill < 3; kill += 1) {
    const before = server.effects.length;
    while (sent.length < 200 * (kill + 1)) sent.push(connection.send('message', { n: sent.length }));
    await expect.poll(() => server.effects.length, { interval: 1 }).toBeGreaterThan(before + random() * 150);
    await redis.kill();
    await redis.start();
  }
  await Promise.all(sent.map(({ acknowledged }) => acknowledged));
  const numbers = Array.from({ length: sent.length }, (_, n) => n);
  expect(
    [...server.effects].sort((a, b) => a - b),
    seedTold,
  ).toEqual(numbers);
}, 60_000);

test('[SV-4] nodes that are killed in the middle: no message is lost, no effect comes twice, and only what was under way runs again', async () => {
  const nodes: Node[] = await Promise.all([forkNode(redis.url), forkNode(redis.url)]);
  for (const node of nodes) use(node);
  const board = use(await switchboard(() => nodes[0]?.port ?? 0));
  const { connection } = live(board.url, {
    dialect,
    credential: asThemselves,
    outbox: { window: 100, ackTimeout: 3_000, capacity: { items: 5_000 } },
  });
  connection.connect('alice');
  await connection.ready();

  const random = createRandom(seed);
  const kills = 4;
  const sent: Delivery[] = [];
  const underWay = new Set<number>();
  for (let kill = 0; kill < kills; kill += 1) {
    const before = await client.lLen('runs');
    while (sent.length < 300 * (kill + 1)) sent.push(connection.send('message', { n: sent.length }));
    const some = before + 1 + Math.floor(random() * 200);
    await expect
      .poll(() => client.lLen('runs'), { interval: 1, timeout: 10_000 })
      .toBeGreaterThanOrEqual(some);
    const [first] = nodes.splice(0, 1);
    await first?.kill();
    for (const id of await claimed()) underWay.add(sent.findIndex((delivery) => delivery.id === id));
    nodes.push(use(await forkNode(redis.url)));
  }
  const answers = await Promise.all(sent.map(({ acknowledged }) => acknowledged));

  const numbers = Array.from({ length: 300 * kills }, (_, n) => n);
  expect(answers, seedTold).toEqual(numbers.map((n) => ({ n, node: expect.any(Number) })));
  const effects = (await client.lRange('effects', 0, -1)).map(Number);
  expect(
    effects.sort((a, b) => a - b),
    seedTold,
  ).toEqual(numbers);
  const runs = (await client.lRange('runs', 0, -1)).map(Number);
  const again = runs.filter((n, at) => runs.indexOf(n) !== at);
  console.log(
    `${seedTold}: ${kills} nodes killed, ${underWay.size} messages under way, ${again.length} ran again`,
  );
  expect(underWay.size, seedTold).toBeGreaterThan(0);
  expect(
    again.filter((n) => !underWay.has(n)),
    seedTold,
  ).toEqual([]);
}, 120_000);

/** Ids of the messages that some node has claimed, and nobody has finished. */
async function claimed(): Promise<string[]> {
  const ids: string[] = [];
  for await (const keys of client.scanIterator({ MATCH: 'holdfast:once:*message*', COUNT: 1_000 })) {
    if (keys.length === 0) continue;
    for (const [at, value] of (await client.mGet(keys)).entries())
      if (value?.startsWith('r'))
        ids.push(JSON.parse(keys[at]?.slice('holdfast:once:'.length) ?? '[]').at(-1));
  }
  return ids;
}

test('[SV-4] whatever a client says, it is answered, and others notice nothing', async () => {
  const random = createRandom(seed);
  const server = await openStore(memoryDedupe());
  const { connection } = live(server.url, { dialect, credential: asThemselves });
  connection.connect('alice');
  await connection.ready();
  const socket = dial(server.url, { auth: { token: 'mallory' }, transports: ['websocket'] });
  use({ close: async () => void socket.disconnect() });
  const values = () => {
    const all = [
      null,
      0,
      -1,
      '',
      'x'.repeat(10_000),
      [],
      {},
      true,
      { id: {} },
      { id: 'a' },
      { id: 7 },
      Buffer.from('x'),
    ];
    const deep = { id: { id: [{ n: { id: null } }] }, __proto__: { id: 'p' }, n: 'NaN' };
    return random() < 0.1 ? deep : all[Math.floor(random() * all.length)];
  };
  for (let round = 0; round < 500; round += 1) {
    const args = Array.from({ length: Math.floor(random() * 4) }, values);
    if (random() < 0.2) socket.emit('message', ...args);
    const answer = await socket.timeout(5_000).emitWithAck('message', ...args);
    expect(answer, `${seedTold} ${JSON.stringify(args)}`).toMatchObject({ error: expect.anything() });
  }
  expect(await connection.send('message', { n: 1 }).acknowledged).toEqual({ n: 1, place: 1 });
  expect(connection.stats().losses).toEqual({});
});
