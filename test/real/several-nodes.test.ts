import { setTimeout as pause } from 'node:timers/promises';
import { firstValueFrom } from 'rxjs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { issueToken } from '../../examples/cluster/client/tokens.ts';
import type { ClientToServer, ServerToClient } from '../../examples/cluster/events.ts';
import { createLedger } from '../../examples/cluster/ledger.ts';
import type { Plant } from '../../examples/cluster/plants/names.ts';
import { createSeat, type Seat } from '../../examples/cluster/processes/nodes.ts';
import { inOrder, startProxy } from '../../examples/cluster/proxy.ts';
import { roomsOf, userName } from '../../examples/cluster/rooms.ts';
import { createConnection, holdfast, type ReconnectOptions, socketIo } from '../../src/index.ts';
import { useRedis } from '../support/redis.ts';
import { use } from '../support/trial.ts';

const redis = await useRedis();
const secret = 'a-secret-of-the-tests-that-is-long-enough';
const rooms = 4;
const room = 'conversation:0';

/** Two nodes of the example behind its proxy, with a Redis of their own for all tests. */
async function open(plant: Plant = 'none') {
  const env = { REDIS_URL: redis.url, JWT_SECRET: secret, ROOMS: String(rooms), PLANT: plant };
  const seats = await Promise.all(
    ['node 1', 'node 2'].map((name) => createSeat(name, { env, onNews: () => {} })),
  );
  for (const seat of seats) use({ close: () => seat.kill() });
  await Promise.all(seats.map((seat) => seat.start()));
  const ports = seats.map(({ port }) => port);
  const proxy = use(await startProxy(ports));
  const names = users(ports);
  return {
    seats,
    /** Users who may be in the room: those of the first node, and those of the second. */
    names,
    connect: (user = '', reconnect: ReconnectOptions = onRequest) => connect(proxy.url, user, reconnect),
  };
}

/** Names that no test before has used, by the node that the proxy sends them to. */
function users(ports: readonly number[]): readonly [readonly string[], readonly string[]] {
  const fresh = Array.from({ length: 200 }, () => userName(used++)).filter((user) =>
    roomsOf(user, rooms).includes(room),
  );
  const of = (port: number | undefined) => fresh.filter((user) => inOrder(ports, user)[0] === port);
  return [of(ports[0]), of(ports[1])];
}
let used = 0;

/** Comes back when it is told to, and not before. */
const onRequest = { backoff: () => 600_000, giveUpAfter: Number.POSITIVE_INFINITY };
/** Comes back at once. */
const byItself = { first: 200, base: 200, cap: 1_000 };

async function connect(url: string, user: string, reconnect: ReconnectOptions) {
  const token = await issueToken(user, secret);
  const connection = createConnection<ServerToClient, ClientToServer>({
    link: socketIo(url, { query: { client: user } }),
    credential: () => token,
    dialect: holdfast(),
    reconnect,
  });
  onTestFinished(() => connection.dispose());
  const heard: { key: string; replayed: boolean }[] = [];
  const oddities: unknown[] = [];
  connection.messages$.subscribe(({ event, payload, replayed }) => {
    if (event === 'message:new') heard.push({ key: payload.key, replayed });
  });
  connection.gaps$.subscribe((gap) => oddities.push(gap));
  connection.problems$.subscribe((problem) => oddities.push(problem));
  const membership = connection.join(room);
  const memberships: string[] = [];
  membership.state$.subscribe(({ state }) => memberships.push(state));
  connection.connect(user);
  await connection.ready();
  return {
    connection,
    oddities,
    memberships,
    heard,
    keys: () => heard.map(({ key }) => key),
    send: (key: string) => connection.send('message:send', { room, key }),
    comeBack: async () => {
      connection.retry();
      await connection.ready();
    },
    lost: () =>
      new Promise<void>((resolve) => {
        connection.status$.subscribe(({ state }) => state === 'reconnecting' && resolve());
      }),
  };
}

const keys = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `bob/${from + index}`);

/** Two nodes start for each test, which takes its time on a busy machine. */
describe('a client that moves from a killed node to another', { timeout: 90_000 }, () => {
  test('[SV-7, SV-8, RM-4, SY-1] keeps its rooms, and gets what it missed once, in order', async () => {
    const { seats, names, connect } = await open();
    const alice = await connect(names[0][0]);
    const bob = await connect(names[1][0]);
    for (const key of keys(0, 5)) await bob.send(key).acknowledged;
    await expect.poll(alice.keys).toEqual(keys(0, 5));

    await seats[0]?.kill();
    await Promise.all(keys(5, 25).map((key) => bob.send(key).acknowledged));
    expect(alice.connection.getStatus().state).toBe('reconnecting');
    await alice.comeBack();
    expect(alice.keys()).toEqual(keys(0, 25));
    expect(alice.heard.map(({ replayed }) => replayed)).toEqual(keys(0, 25).map((_, index) => index >= 5));

    await bob.send('bob/25').acknowledged;
    await alice.send('alice/0').acknowledged;
    const all = [...keys(0, 26), 'alice/0'];
    await expect.poll(() => [alice.keys(), bob.keys()]).toEqual([all, all]);
    expect(alice.memberships).toEqual(['joining', 'joined']);
    expect([...alice.oddities, ...bob.oddities]).toEqual([]);
  });

  test('[SV-7, SV-8, OB-3] and back again, many times, while others talk', async () => {
    const { seats, names, connect } = await open();
    const alice = await connect(names[0][0], byItself);
    const bob = await connect(names[1][0], byItself);
    let said = 0;
    const sent: string[] = [];
    const talking = new AbortController();
    const talk = async (who: typeof alice, name: string) => {
      while (!talking.signal.aborted) {
        const key = `${name}/${said++}`;
        sent.push(key);
        await who.send(key).acknowledged;
      }
    };
    const talks = [talk(alice, 'alice'), talk(bob, 'bob')];
    for (const turn of [0, 1, 0, 1]) {
      const [seat] = seats.slice(turn);
      const lost = [alice, bob].map(({ lost }) => lost());
      await seat?.kill();
      await Promise.race(lost);
      await seat?.start();
      await Promise.all([alice, bob].map(({ connection }) => connection.ready()));
    }
    talking.abort();
    await Promise.all(talks);
    await expect.poll(() => [alice.heard.length, bob.heard.length]).toEqual([sent.length, sent.length]);
    expect(new Set(alice.keys())).toEqual(new Set(sent));
    expect(bob.keys()).toEqual(alice.keys());
  });

  test('[SV-7, SV-4, OB-3] what the dead node had done and not answered is done once', async () => {
    const { effects, heard } = await killedInTheMiddle('slow-answer');
    expect(effects).toEqual(['alice/0', 'alice/1']);
    expect(heard).toEqual(['alice/0', 'alice/1']);
  });

  test('[SV-7] where the effect does not take the id along, it may come twice', async () => {
    const { effects, heard } = await killedInTheMiddle('no-id');
    expect(effects).toEqual(['alice/0', 'alice/0', 'alice/1']);
    expect(heard).toEqual(effects);
  });

  /** Alice's node does her first message, and dies before it says so. */
  async function killedInTheMiddle(plant: Plant) {
    const { seats, names, connect } = await open(plant);
    const ledger = use(await createLedger(redis.url, [room]));
    const alice = await connect(names[0][0]);
    const bob = await connect(names[1][0]);
    const { acknowledged } = alice.send('alice/0');
    await firstValueFrom(bob.connection.on('message:new'));
    const lost = alice.lost();
    await seats[0]?.kill();
    await lost;
    await Promise.all([alice.comeBack(), acknowledged]);
    await alice.send('alice/1').acknowledged;
    await expect.poll(() => bob.keys().at(-1)).toBe('alice/1');
    expect(alice.keys()).toEqual(bob.keys());
    return { effects: (await ledger.read())[room], heard: bob.keys() };
  }

  test('[SV-7, SV-3] stays online, and who was there and does not come back is gone within 10 s', async () => {
    const { seats, names, connect } = await open();
    const [alice, carol] = await Promise.all(names[0].slice(0, 2).map((user) => connect(user)));
    const [user = '', gone = ''] = names[0];
    const there = seats[1] as Seat;
    await expect.poll(() => there.online([user, gone])).toEqual({ [user]: true, [gone]: true });
    const lost = [alice, carol].map((client) => client?.lost());
    const killedAt = performance.now();
    await seats[0]?.kill();
    await Promise.all(lost);
    carol?.connection.disconnect();
    await alice?.comeBack();
    const seen: unknown[] = [];
    for (;;) {
      const online = await there.online([user, gone]);
      seen.push(online?.[user]);
      if (online?.[gone] === false) break;
      if (performance.now() - killedAt > 10_000) break;
      await pause(50);
    }
    const took = performance.now() - killedAt;
    console.log(`gone after ${Math.round(took)} ms`);
    expect(took).toBeLessThan(10_000);
    expect(new Set(seen)).toEqual(new Set([true]));
    expect(alice?.connection.getStatus().state).toBe('connected');
  });
});
