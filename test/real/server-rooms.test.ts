import { createClient } from 'redis';
import { firstValueFrom } from 'rxjs';
import type { Server, Socket } from 'socket.io';
import { type Socket as Client, io as dial } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { plain } from '../../src/index.ts';
import { Refuse, type Rooms, type RoomsOptions, rooms } from '../../src/server/index.ts';
import { onNotice } from '../../src/server/notices.ts';
import { live, until } from '../support/live.ts';
import { forkNode } from '../support/nodes.ts';
import { useRedis } from '../support/redis.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, use } from '../support/trial.ts';

const redis = await useRedis();
const client = createClient({ url: redis.url });
beforeAll(async () => void (await client.connect()));
afterAll(() => client.destroy());

const ok = { ok: true };
const code = (name: string) => ({ error: { code: name } });
const again = (name: string) => ({ ...code(name), retryable: true });

async function open(options: Partial<RoomsOptions> = {}) {
  const server = use(await startServer({ connectionStateRecovery: { skipMiddlewares: false } }));
  server.io.use((socket, proceed) => {
    socket.data.user = socket.handshake.auth['token'];
    proceed();
  });
  const failures: unknown[] = [];
  onNotice(server.io, (notice) => notice.kind === 'failed' && failures.push(notice.error));
  const desk = rooms(server.io, { mayJoin: () => true, ...options });
  return { ...server, ...desk, failures };
}

/** A bare client, and what it hears. */
async function connect(url: string, user: string | undefined = 'alice') {
  const socket: Client = dial(url, { auth: { token: user }, transports: ['websocket'], forceNew: true });
  use({ close: async () => void socket.disconnect() });
  const heard: unknown[] = [];
  socket.onAny((event, payload) => heard.push([event, payload]));
  await next(socket, 'connect');
  const ask = (event: string, ...args: unknown[]) => socket.timeout(5_000).emitWithAck(event, ...args);
  return {
    socket,
    heard,
    join: (room: unknown) => ask('room:join', room),
    leave: (room: unknown) => ask('room:leave', room),
    id: socket.id ?? '',
  };
}

function roomsOf(io: Server, id: string): string[] {
  const socket = io.sockets.sockets.get(id);
  return [...(socket?.rooms ?? [])].filter((room) => room !== id && !room.startsWith('holdfast:'));
}

/** Checks that settle when the test says so, each by its number. */
function hand() {
  const verdicts: ((verdict: boolean) => void)[] = [];
  return {
    mayJoin: () => new Promise<boolean>((resolve) => verdicts.push(resolve)),
    asked: () => verdicts.length,
    decide: (number: number, verdict: boolean) => verdicts[number]?.(verdict),
  };
}

describe('a check', () => {
  test('[SV-2] [RM-1] lets in and keeps out, and knows who asks', async () => {
    const asked: object[] = [];
    const server = await open({
      mayJoin: ({ user, room, socket }) => {
        asked.push({ user, room, id: socket.id });
        return room === 'open';
      },
    });
    const alice = await connect(server.url);
    expect(await alice.join('open')).toEqual(ok);
    expect(await alice.join('closed')).toEqual(code('forbidden'));
    expect(asked).toEqual(['open', 'closed'].map((room) => ({ user: 'alice', room, id: alice.id })));
    expect(roomsOf(server.io, alice.id)).toEqual(['open']);
    expect(await alice.leave('open')).toEqual(ok);
    expect(await alice.leave('open')).toEqual(ok);
    expect(roomsOf(server.io, alice.id)).toEqual([]);
  });

  test.each<[string, RoomsOptions['mayJoin'], object, number]>([
    ['says why', () => ({ error: { code: 'full', seats: 8 } }), { error: { code: 'full', seats: 8 } }, 0],
    [
      'says: not now',
      async () => ({ error: 'moving', retryable: true }),
      { error: 'moving', retryable: true },
      0,
    ],
    [
      'refuses',
      () => Promise.reject(new Refuse('full', { details: 8 })),
      { error: { code: 'full', details: 8 } },
      0,
    ],
    ['throws', () => Promise.reject(new Error('password: hunter2')), again('check-failed'), 1],
    ['hangs', () => new Promise<boolean>(() => {}), again('check-timeout'), 0],
    ['says nothing', () => undefined as never, again('check-failed'), 1],
    ['says something else', () => ({ row: 1 }) as never, again('check-failed'), 1],
  ])('[SV-2] that %s keeps out', async (_, mayJoin, answer, failures) => {
    const server = await open({ mayJoin, timeout: 50 });
    const alice = await connect(server.url);
    expect(await alice.join('a')).toEqual(answer);
    expect(server.failures).toHaveLength(failures);
    expect([...(server.io.sockets.sockets.get(alice.id)?.rooms ?? [])]).toEqual([
      alice.id,
      'holdfast:user:alice',
    ]);
  });

  test('[SV-2] has no say any more when the client has left meanwhile, or asked anew', async () => {
    const checks = hand();
    const server = await open({ mayJoin: checks.mayJoin });
    const alice = await connect(server.url);
    const joining = alice.join('a');
    await expect.poll(checks.asked).toBe(1);
    expect(await alice.leave('a')).toEqual(ok);
    checks.decide(0, true);
    expect(await joining).toEqual(again('superseded'));
    expect(roomsOf(server.io, alice.id)).toEqual([]);

    const [first, second] = [alice.join('a'), alice.join('a')];
    await expect.poll(checks.asked).toBe(3);
    checks.decide(1, true);
    expect(await first).toEqual(again('superseded'));
    expect(roomsOf(server.io, alice.id)).toEqual([]);
    checks.decide(2, false);
    expect(await second).toEqual(code('forbidden'));
    expect(roomsOf(server.io, alice.id)).toEqual([]);
  });

  test('[SV-2] has no say any more when one that was made later was decided at once', async () => {
    const checks = hand();
    const verdicts: (boolean | undefined)[] = [undefined, true, undefined, false];
    const server = await open({ mayJoin: () => verdicts.shift() ?? checks.mayJoin() });
    const alice = await connect(server.url);
    const refused = alice.join('a');
    await expect.poll(checks.asked).toBe(1);
    expect(await alice.join('a')).toEqual(ok);
    checks.decide(0, false);
    expect(await refused).toEqual(again('superseded'));
    expect(roomsOf(server.io, alice.id)).toEqual(['a']);

    const granted = alice.join('a');
    await expect.poll(checks.asked).toBe(2);
    expect(await alice.join('a')).toEqual(code('forbidden'));
    checks.decide(1, true);
    expect(await granted).toEqual(again('superseded'));
    expect(roomsOf(server.io, alice.id)).toEqual([]);
  });

  test('[SV-2] that comes to an end after the socket leaves nothing behind', async () => {
    const checks = hand();
    const server = await open({ mayJoin: checks.mayJoin });
    const alice = await connect(server.url);
    void alice.join('a').catch(() => {});
    await expect.poll(checks.asked).toBe(1);
    const gone = next(server.io.sockets.sockets.get(alice.id) as Socket, 'disconnect');
    alice.socket.disconnect();
    await gone;
    checks.decide(0, true);
    await quiet();
    expect([...server.io.sockets.adapter.rooms.keys()]).toEqual([]);
  });

  test('[SV-2] [RM-3] is made again after a session was recovered: whoever is refused now is out', async () => {
    let isMember = true;
    const server = await open({ mayJoin: () => isMember });
    const proxy = use(await FaultProxy.to(server.port));
    const party = live(proxy.url, { dialect: plain(), credential: ({ identity }) => identity });
    const membership = party.connection.join('a');
    party.connection.connect('alice');
    await party.connection.ready();
    // A session without a single event cannot be recovered.
    const said = firstValueFrom(party.connection.on('said'));
    server.broadcast('a', 'said', { n: 0 });
    await said;
    isMember = false;
    proxy.reset();
    await until(party, 'reconnecting');
    await until(party, 'connected', ({ recovered }) => recovered);
    await expect.poll(() => membership.state.state).toBe('refused');
    expect(server.io.sockets.adapter.rooms.has('a')).toBe(false);
  });
});

describe('names', () => {
  test.each([
    [7],
    [null],
    [''],
    ['x'.repeat(201)],
    [{}],
    [[['a']]],
    ['holdfast:user:bob'],
    ['holdfast:wish:a'],
  ])('[SV-2] %j is none', async (name) => {
    const server = await open();
    const alice = await connect(server.url);
    const expected = Array.isArray(name) ? [code('bad-room')] : code('bad-room');
    expect(await alice.join(name)).toEqual(expected);
    expect(await alice.leave(name)).toEqual(expected);
    expect(server.io.sockets.sockets.get(alice.id)?.rooms.size).toBe(2);
  });

  test('[SV-2] of sockets are theirs: nobody listens in, and nobody leaves their own', async () => {
    const server = await open();
    const [alice, bob] = [await connect(server.url), await connect(server.url, 'bob')];
    expect(await bob.join(alice.id)).toEqual(code('bad-room'));
    expect(await bob.leave(bob.id)).toEqual(code('bad-room'));
    // Looks like one, and is nobody's.
    expect(await bob.join('abcdefghij0123456789')).toEqual(ok);
    server.io.to(alice.id).emit('said', 'for alice');
    server.io.to(bob.id).emit('said', 'for bob');
    await expect.poll(() => alice.heard).toEqual([['said', 'for alice']]);
    await expect.poll(() => bob.heard).toEqual([['said', 'for bob']]);
  });

  test('[SV-2] that are the server’s own affair can neither be joined nor left', async () => {
    const server = await open({
      isForClients: (room) => {
        if (room === 'odd') throw new Error('odd');
        return room !== 'muted';
      },
    });
    const alice = await connect(server.url);
    server.io.in(alice.id).socketsJoin('muted');
    expect([await alice.join('muted'), await alice.leave('muted'), await alice.join('odd')]).toEqual(
      Array(3).fill(code('bad-room')),
    );
    expect(roomsOf(server.io, alice.id)).toEqual(['muted']);
    expect(server.failures).toHaveLength(1);
  });

  test('[SV-2] of nobody: a socket without a user is in no room', async () => {
    const server = await open({ user: () => '' });
    const alice = await connect(server.url);
    expect(await alice.join('a')).toEqual(code('unavailable'));
    expect(await alice.join(['a'])).toEqual([code('unavailable')]);
    expect(server.failures).toEqual([expect.objectContaining({ code: 'no-user' })]);
  });
});

describe('many', () => {
  test('[SV-2] rooms in one go: an answer for each, in the order asked', async () => {
    const server = await open({ mayJoin: async ({ room }) => room !== 'b' });
    const alice = await connect(server.url);
    expect(await alice.join(['a', 'b', 7, 'c'])).toEqual([ok, code('forbidden'), code('bad-room'), ok]);
    expect(await alice.join([])).toEqual([]);
    expect(await alice.leave(['a', 'b'])).toEqual([ok, ok]);
    expect(roomsOf(server.io, alice.id)).toEqual(['c']);
  });

  test('[SV-2] too many are refused: in one go, over time, and while they are being checked', async () => {
    const server = await open({
      limit: 3,
      mayJoin: () => new Promise((resolve) => setTimeout(resolve, 10, true)),
    });
    const alice = await connect(server.url);
    const tooMany = { error: { code: 'too-many-rooms', details: { most: 3 } } };
    const thousand = Array.from({ length: 1_000 }, (_, n) => `${n}`);
    expect(await alice.join(thousand)).toEqual(tooMany);
    const [one, two, three, four] = await Promise.all(['a', 'b', 'c', 'd'].map(alice.join));
    expect([one, two, three, four]).toEqual([ok, ok, ok, tooMany]);
    expect(await alice.join('d')).toEqual(tooMany);
    // What it is in may be asked for again.
    expect(await alice.join('a')).toEqual(ok);
    await alice.leave('a');
    expect(await alice.join('d')).toEqual(ok);
    expect(roomsOf(server.io, alice.id).sort()).toEqual(['b', 'c', 'd']);
  });
});

test('[SV-2] who joins and leaves in turns makes no more checks than may be under way, and is in no room', async () => {
  const checks = hand();
  const server = await open({ limit: 3, mayJoin: checks.mayJoin });
  const alice = await connect(server.url);
  const joins = Array.from({ length: 10 }, () => {
    const joined = alice.join('a');
    alice.socket.emit('room:leave', 'a');
    return joined;
  });
  expect(await Promise.all(joins.slice(3))).toEqual(Array(7).fill(again('busy')));
  expect(checks.asked()).toBe(3);
  for (const number of [0, 1, 2]) checks.decide(number, true);
  expect(await Promise.all(joins.slice(0, 3))).toEqual(Array(3).fill(again('superseded')));
  expect(roomsOf(server.io, alice.id)).toEqual([]);
  const later = alice.join('a');
  await expect.poll(checks.asked).toBe(4);
  checks.decide(3, true);
  expect(await later).toEqual(ok);
});

test('[SV-2] the client of holdfast is let in, refused with the reason, and asks again when told to', async () => {
  let isUp = false;
  const server = await open({
    mayJoin: async ({ room }) => {
      if (room === 'slow' && !isUp) throw new Error('database is down');
      return room !== 'closed';
    },
  });
  const { connection } = live(server.url, { dialect: plain(), credential: ({ identity }) => identity });
  const memberships = ['open', 'closed', 'slow'].map((room) => connection.join(room));
  connection.connect('alice');
  await connection.ready();
  await expect
    .poll(() => memberships.map(({ state }) => state.state))
    .toEqual(['joined', 'refused', 'joining']);
  isUp = true;
  await expect.poll(() => memberships[2]?.state.state, { timeout: 10_000 }).toBe('joined');
  memberships[0]?.leave();
  await expect.poll(() => [...server.io.sockets.adapter.rooms.keys()].includes('open')).toBe(false);
});

describe('from the server', () => {
  test('[SV-2] a user is taken out of a room on every socket, told why, and what is being checked comes to nothing', async () => {
    const checks = hand();
    const server = await open({ mayJoin: ({ room }) => room !== 'b' || checks.mayJoin() });
    const [one, two, bob] = [
      await connect(server.url),
      await connect(server.url),
      await connect(server.url, 'bob'),
    ];
    for (const each of [one, two, bob]) await each.join('a');
    const joining = one.join('b');
    await expect.poll(checks.asked).toBe(1);
    server.remove('alice', 'a', 'banned');
    server.remove('alice', 'b');
    server.broadcast('a', 'said', 1);
    await expect.poll(() => bob.heard).toEqual([['said', 1]]);
    checks.decide(0, true);
    expect(await joining).toEqual(code('removed'));
    const removed = [
      ['room:removed', { room: 'a', reason: 'banned' }],
      ['room:removed', { room: 'b' }],
    ];
    expect([one.heard, two.heard]).toEqual([removed, removed]);
    expect([one, two, bob].map(({ id }) => roomsOf(server.io, id))).toEqual([[], [], ['a']]);
  });

  test('[SV-2] one socket is taken out, and the other tabs of its user stay', async () => {
    const server = await open();
    const [one, two] = [await connect(server.url), await connect(server.url)];
    for (const each of [one, two]) await each.join('a');
    server.remove({ id: one.id }, 'a');
    expect([one, two].map(({ id }) => roomsOf(server.io, id))).toEqual([[], ['a']]);
    await expect.poll(() => one.heard).toEqual([['room:removed', { room: 'a' }]]);
    expect(two.heard).toEqual([]);
  });

  test('[SV-2] a broadcast leaves out any number of sockets and users', async () => {
    const server = await open();
    const clients = await Promise.all(
      Array.from({ length: 12 }, (_, n) => connect(server.url, `user ${n % 6}`)),
    );
    for (const each of clients) await each.join('a');
    const sockets = [...server.io.sockets.sockets.values()];
    const except = [
      clients[0]!.id,
      ...sockets.filter(({ id }) => [clients[1]!.id, clients[2]!.id].includes(id)),
    ];
    server.broadcast('a', 'said', { n: 1 }, { except, exceptUsers: ['user 3', 'user 4', 'nobody'] });
    server.io.emit('end');
    await Promise.all(clients.map(({ heard }) => expect.poll(() => heard.at(-1)).toContain('end')));
    const heard = clients.flatMap(({ heard }, n) => (heard.length > 1 ? [n] : []));
    expect(heard).toEqual([5, 6, 7, 8, 11]);
  });
});

test('[SV-2] over two nodes: removal, checks under way, and broadcasts', async () => {
  const [a, b] = await Promise.all([forkNode(redis.url), forkNode(redis.url)]);
  for (const node of [a, b]) use(node);
  const [here, there, bob] = [await connect(a.url), await connect(b.url), await connect(b.url, 'bob')];
  for (const each of [here, there, bob]) expect(await each.join('room')).toEqual(ok);
  // The nodes find each other by and by; what was said last is heard last.
  await expect
    .poll(async () => {
      await a.ask('broadcast', 'room', 0, []);
      return bob.heard.length;
    })
    .toBeGreaterThan(0);
  await a.ask('broadcast', 'room', -1, []);
  for (const { heard } of [here, there, bob]) {
    await expect.poll(() => heard.at(-1)).toEqual(['said', { n: -1 }]);
    heard.length = 0;
  }

  const joining = there.join('slow:room');
  await a.ask('remove', 'alice', 'room', 'banned');
  await a.ask('remove', 'alice', 'slow:room');
  await expect.poll(() => there.heard).toHaveLength(2);
  await a.ask('broadcast', 'room', 1, []);
  await expect.poll(() => bob.heard).toEqual([['said', { n: 1 }]]);
  await client.set('decided:slow:room', '1');
  expect(await joining).toEqual(code('removed'));
  const removed = [
    ['room:removed', { room: 'room', reason: 'banned' }],
    ['room:removed', { room: 'slow:room' }],
  ];
  expect([here.heard, there.heard]).toEqual([removed, removed]);

  expect(await here.join('room')).toEqual(ok);
  await b.ask('broadcast', 'room', 2, ['alice']);
  await b.ask('broadcast', 'room', 3, []);
  await expect.poll(() => here.heard.at(-1)).toEqual(['said', { n: 3 }]);
  expect(here.heard).toHaveLength(3);
  // A name that only the other node knows is a socket's all the same.
  expect(await here.join(bob.id)).toEqual(code('bad-room'));
}, 60_000);

test('[SV-2] whatever a client says, it is answered, and the server stays up', async () => {
  const server = await open({ limit: 20 });
  const mallory = await connect(server.url, 'mallory');
  const alice = await connect(server.url);
  await alice.join('a');
  const values = [
    null,
    0,
    '',
    'a',
    [],
    [[]],
    {},
    [{}],
    ['a', null],
    true,
    Buffer.from('x'),
    { length: 5 },
    'x'.repeat(1e5),
  ];
  for (const event of ['room:join', 'room:leave']) {
    for (const one of values) {
      mallory.socket.emit(event, one);
      for (const two of values.slice(0, 4))
        expect(await mallory.socket.timeout(5_000).emitWithAck(event, one, two)).toBeTypeOf('object');
    }
    mallory.socket.emit(event);
    expect(await mallory.socket.timeout(5_000).emitWithAck(event)).toEqual(code('bad-room'));
  }
  server.broadcast('a', 'said', 1);
  await expect.poll(() => alice.heard).toEqual([['said', 1]]);
  expect(server.failures).toEqual([]);
});

test.each([[{}], [{ mayJoin: true }], [{ mayJoin() {}, limit: 0.5 }], [{ mayJoin() {}, timeout: 0 }]])(
  '[ER-1] %o is refused by name',
  async (options) => {
    const { io } = use(await startServer());
    expect((): Rooms<never> => rooms(io, options as never)).toThrow(
      expect.objectContaining({ code: 'bad-option' }),
    );
  },
);
