import { Server } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { plain } from '../../src/index.ts';
import {
  exactlyOnce,
  type HistoryStore,
  memoryDedupe,
  memoryHistory,
  Refuse,
  rooms,
} from '../../src/server/index.ts';
import { cursorOf, readCursor } from '../../src/wire.ts';
import { type Greeter, granted, greet, wishing } from '../support/greeter.ts';
import { live } from '../support/live.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { type RoomsServer, roomsServer } from '../support/rooms-server.ts';
import { startServer } from '../support/servers.ts';
import { quiet, use } from '../support/trial.ts';

const ample = { messages: 1_000, bytes: 1_000_000 };

async function open(history: HistoryStore = memoryHistory()) {
  return roomsServer({ history });
}

/** Somebody who is in the room before anything is said there; and where that was. */
async function member(server: RoomsServer, user: string, room = 'a') {
  const greeter = greet(server.url, { user, greeting: wishing(room) });
  const { cursor = '' } = granted((await greeter.answers())[0]);
  greeter.heard.length = 0;
  return { ...greeter, cursor };
}

const sequences = (greeter: Greeter) =>
  greeter.heard.map(([event, ...args]) => [
    event,
    readCursor((args.at(-1) as { holdfast: string[] }).holdfast[1])?.sequence,
  ]);

describe('a broadcast', () => {
  test('[SV-8] is kept, and comes with where it stands', async () => {
    const server = await open();
    const [alice, bob] = [await member(server, 'alice'), await member(server, 'bob')];
    const { generation = '' } = readCursor(alice.cursor) ?? {};
    const cursor = await server.broadcast('a', 'said', { text: 'hello' });
    expect(cursor).toBe(cursorOf(generation, 1));
    const stamp = { holdfast: ['a', cursor] };
    for (const each of [alice, bob])
      await expect.poll(() => each.heard).toEqual([['said', { text: 'hello' }, stamp]]);
    expect(await server.metric('history_appends_total')).toBe(1);
    expect(await server.metric('history_rooms')).toBe(1);
    expect(await server.metric('history_messages')).toBe(1);
    expect(await server.metric('history_bytes')).toBeGreaterThan(100);
    expect(await server.metric('history_behind')).toBeUndefined();
  });

  test('[SV-8] is sent in the turn in which it was said, where there is nothing to wait for: order is kept', async () => {
    const server = await open();
    const alice = await member(server, 'alice');
    server.broadcast('a', 'said', 1);
    server.io.to('a').emit('said', 'plain', { holdfast: ['a', 'x:1'] });
    server.broadcast('a', 'said', 2);
    await expect.poll(() => alice.heard.map(([, payload]) => payload)).toEqual([1, 'plain', 2]);
  });

  test('[SV-8] stays as it was said, whatever becomes of the object', async () => {
    const server = await open();
    const alice = await member(server, 'alice');
    const payload = { text: 'as said', tags: ['one'], image: Buffer.from('abc') };
    await server.broadcast('a', 'said', payload);
    payload.text = 'changed';
    payload.tags.push('two');
    payload.image[0] = 0;
    const said = { text: 'as said', tags: ['one'], image: Buffer.from('abc') };
    const [answer] = await alice.join([['a', alice.cursor]]);
    expect(granted(answer).missed).toEqual([[1, 'said', said]]);
  });

  test('[SV-8] that is not to be kept is sent, and leaves no trace', async () => {
    const server = await open();
    const alice = await member(server, 'alice');
    expect(await server.broadcast('a', 'typing', { by: 'bob' }, { keep: false })).toBeUndefined();
    await expect.poll(() => alice.heard).toEqual([['typing', { by: 'bob' }]]);
    expect(granted((await alice.join([['a', alice.cursor]]))[0])).toEqual({ ok: true, cursor: alice.cursor });
    expect(await server.metric('history_appends_total')).toBe(0);
  });

  test('[SV-8] a client with another dialect reads what it always read', async () => {
    const server = await open();
    const { connection } = live(server.url, { dialect: plain(), credential: ({ identity }) => identity });
    const payloads: unknown[] = [];
    connection.on('said').subscribe((payload) => payloads.push(payload));
    const membership = connection.join('a');
    connection.connect('alice');
    await expect.poll(() => membership.state.state).toBe('joined');
    await server.broadcast('a', 'said', { n: 1 });
    await expect.poll(() => payloads).toEqual([{ n: 1 }]);
  });
});

describe('who is left out', () => {
  test('[SV-8] is told by a stamp alone, so that nothing looks missing; who is not in the room is told nothing', async () => {
    const server = await open();
    const [alice, bob, tab] = [
      await member(server, 'alice'),
      await member(server, 'bob'),
      await member(server, 'bob'),
    ];
    const carol = await member(server, 'carol', 'b');
    const except = [alice.socket.id as string, carol.socket.id as string];
    const cursor = await server.broadcast('a', 'said', 'secret', {
      except,
      exceptUsers: ['bob', 'carol', 'nobody'],
    });
    const last = await server.broadcast('a', 'said', 'all');
    const skip = ['holdfast:skip', { holdfast: ['a', cursor] }];
    const said = ['said', 'all', { holdfast: ['a', last] }];
    for (const each of [alice, bob, tab]) await expect.poll(() => each.heard).toEqual([skip, said]);
    await quiet();
    expect(carol.heard).toEqual([]);
  });

  test('[SV-8] who is both excepted and in it by two ways is told once', async () => {
    const server = await open();
    const bob = await member(server, 'bob');
    const [socket] = [...server.io.sockets.sockets.values()];
    await server.broadcast('a', 'said', 1, { except: [socket as never], exceptUsers: ['bob', 'bob'] });
    await server.broadcast('a', 'said', 2);
    await expect
      .poll(() => sequences(bob))
      .toEqual([
        ['holdfast:skip', 1],
        ['said', 2],
      ]);
  });

  test('[SV-8] users are left out of what they catch up with, too; sockets are not', async () => {
    const server = await open();
    const [alice, bob] = [await member(server, 'alice'), await member(server, 'bob')];
    await server.broadcast('a', 'said', 'secret', { exceptUsers: ['bob'] });
    await server.broadcast('a', 'said', 'to all but a socket', { except: [bob.socket.id as string] });
    const missedBy = async (user: string, cursor: string) =>
      granted((await greet(server.url, { user, greeting: wishing(['a', cursor]) }).answers())[0]).missed;
    expect(await missedBy('bob', bob.cursor)).toEqual([[1], [2, 'said', 'to all but a socket']]);
    expect(await missedBy('alice', alice.cursor)).toEqual([
      [1, 'said', 'secret'],
      [2, 'said', 'to all but a socket'],
    ]);
    expect(JSON.stringify(bob.heard)).not.toContain('secret');
  });
});

describe('an id', () => {
  test('[SV-8] is said once in a room, and gives the first cursor', async () => {
    const server = await open();
    const alice = await member(server, 'alice');
    const said = (n: number) => server.broadcast('a', 'said', n, { id: 'x' });
    const [first, second] = await Promise.all([said(1), said(2)]);
    expect(second).toBe(first);
    expect(await said(3)).toBe(first);
    expect(await server.broadcast('b', 'said', 4, { id: 'x' })).toBeDefined();
    await server.broadcast('a', 'said', 'last');
    await expect.poll(() => alice.heard.map(([, payload]) => payload)).toEqual([1, 'last']);
    expect(await server.metric('history_appends_total')).toBe(3);
  });

  test('[SV-4] [SV-8] a handler that dies in the middle and runs again has said it once', async () => {
    const server = await open();
    const alice = await member(server, 'alice');
    const { onMessage } = exactlyOnce(server.io, { store: memoryDedupe() });
    let runs = 0;
    onMessage('send', async ({ text }: { text: string }, { id = '', user }) => {
      runs += 1;
      const cursor = await server.broadcast('a', 'said', { text, by: user }, { id: `${user}:${id}` });
      if (runs === 1) throw new Refuse('died', { retryable: true });
      return { cursor };
    });
    const sent = { text: 'hello', 'holdfast:id': '0192f0c1-7b1d-7c3e-9f00-5d1d5a6f3b21' };
    expect(await alice.ask('send', sent)).toMatchObject({ retryable: true });
    const answer = (await alice.ask('send', sent)) as { cursor: string };
    expect(await alice.ask('send', sent)).toEqual(answer);
    expect(runs).toBe(2);
    await expect
      .poll(() => alice.heard)
      .toEqual([['said', { text: 'hello', by: 'alice' }, { holdfast: ['a', answer.cursor] }]]);
  });
});

describe('what goes wrong', () => {
  const circular: { self?: unknown } = {};
  circular.self = circular;

  test.each<[string, string, unknown, object]>([
    ['a payload that JSON cannot carry', 'said', circular, {}],
    ['a BigInt', 'said', { n: 1n }, {}],
    ['an event of Socket.IO', 'disconnect', 1, {}],
    ['no event', '', 1, {}],
    ['an id of no length', 'said', 1, { id: '' }],
    ['an id that is none', 'said', 1, { id: 7 }],
    ['an id that is too long', 'said', 1, { id: 'x'.repeat(513) }],
  ])('[SV-8] [ER-1] %s is refused, told, neither kept nor sent', async (_, event, payload, options) => {
    const server = await open();
    const alice = await member(server, 'alice');
    await expect(server.broadcast('a', event, payload, options)).rejects.toMatchObject({
      code: 'bad-argument',
      hint: expect.any(String),
    });
    expect(server.failures()).toHaveLength(1);
    await server.broadcast('a', 'said', 'next');
    await expect.poll(() => sequences(alice)).toEqual([['said', 1]]);
  });

  test.each<[string, HistoryStore['append']]>([
    [
      'throws',
      () => {
        throw new Error('full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('full'))],
  ])(
    '[SV-8] a history that %s: nothing is sent, the caller knows, and one who does not look ends nothing',
    async (_, append) => {
      const unhandled: unknown[] = [];
      const note = (error: unknown) => unhandled.push(error);
      process.on('unhandledRejection', note);
      const server = await open({ append, read: memoryHistory().read.bind(memoryHistory()) });
      const alice = await member(server, 'alice');
      await expect(server.broadcast('a', 'said', 1)).rejects.toThrow('full');
      void server.broadcast('a', 'said', 2);
      await quiet();
      process.off('unhandledRejection', note);
      expect(unhandled).toEqual([]);
      expect(alice.heard).toEqual([]);
      expect(server.failures()).toHaveLength(2);
      expect(await server.metric('failures_total')).toBe(2);
      expect(await server.metric('history_appends_total')).toBe(0);
    },
  );

  test('[SV-8] [ER-1] a history of one node beside an adapter of several is refused where the server is set up', async () => {
    const { io } = use(await startServer({ adapter: memoryCluster() }));
    const error = expect.objectContaining({
      code: 'history-of-one-node',
      hint: expect.stringContaining('redisHistory(client)'),
    });
    expect(() => rooms(io, { mayJoin: () => true, history: memoryHistory() })).toThrow(error);
    expect(() => rooms(io, { mayJoin: () => true })).not.toThrow();
  });

  test('[SV-8] and when it is set afterwards, at the first broadcast', async () => {
    const server = await open();
    const alice = await member(server, 'alice');
    server.io.adapter(memoryCluster());
    await expect(server.broadcast('a', 'said', 1)).rejects.toMatchObject({ code: 'history-of-one-node' });
    expect(alice.heard).toEqual([]);
  });

  test('[ER-1] what is no history is no option', () => {
    const io = new Server();
    expect(() => rooms(io, { mayJoin: () => true, history: {} as never })).toThrow(
      /`history` is an object; allowed: an object with append\(\), read\(\)/,
    );
  });
});

test('[SV-8] a store of one’s own that takes its time: what is said is sent when it is kept, in its order', async () => {
  const store = memoryHistory();
  const slow: HistoryStore = {
    async append(...args) {
      await new Promise(setImmediate);
      return store.append(...args);
    },
    read: async (...args) => store.read(...args),
  };
  const server = await open(slow);
  const alice = await member(server, 'alice');
  const cursors = await Promise.all([1, 2, 3].map((n) => server.broadcast('a', 'said', n)));
  await expect.poll(() => alice.heard.map(([, payload]) => payload)).toEqual([1, 2, 3]);
  expect(cursors.map((cursor) => readCursor(cursor)?.sequence)).toEqual([1, 2, 3]);
  expect(await store.read([{ room: 'a', after: alice.cursor }], ample)).toMatchObject([
    { messages: [{ payload: '1' }, { payload: '2' }, { payload: '3' }] },
  ]);
});

test('[SV-8] [SV-2] what is said right behind a removal is kept behind it, whatever takes longer', async () => {
  const store = memoryHistory();
  const done: string[] = [];
  let told = () => {};
  const history: HistoryStore = {
    append(room, message) {
      done.push(`append ${message.payload}`);
      return store.append(room, message);
    },
    read: (...args) => store.read(...args),
    follow() {},
    tell: (room, words) =>
      new Promise((resolve) => {
        done.push(`tell ${room} ${words}`);
        told = resolve;
      }),
  };
  const server = await open(history);
  server.remove('bob', 'a');
  const [behind, elsewhere] = [server.broadcast('a', 'said', 1), server.broadcast('b', 'said', 2)];
  await elsewhere;
  expect(done).toEqual(['tell a holdfast:user:bob', 'append 2']);
  told();
  await behind;
  expect(done.at(-1)).toBe('append 1');
  // Nor is it said when nobody can be told.
  history.tell = () => Promise.reject(new Error('out of reach'));
  server.remove('bob', 'a');
  await expect(server.broadcast('a', 'said', 3)).rejects.toThrow('out of reach');
  await server.broadcast('a', 'said', 4);
  expect(done.slice(3)).toEqual(['append 4']);
});
