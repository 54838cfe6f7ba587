import type { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { type HistoryStore, type MayJoin, memoryHistory, type RoomsOptions } from '../../src/server/index.ts';
import { cursorOf, readCursor } from '../../src/wire.ts';
import { type Greeter, granted, greet, stampOf, wishing } from '../support/greeter.ts';
import { bodyOf, type RawClient, rawClient } from '../support/raw-client.ts';
import { roomsServer } from '../support/rooms-server.ts';
import { next } from '../support/servers.ts';
import { quiet, use } from '../support/trial.ts';

const code = (name: string, more = {}) => ({ error: { code: name, ...more } });

/** Checks that settle when the test says so, each by its number. */
function hand() {
  const verdicts: ((verdict: boolean) => void)[] = [];
  return {
    mayJoin: () => new Promise<boolean>((resolve) => verdicts.push(resolve)),
    asked: () => verdicts.length,
    decide: (number: number, verdict: boolean) => verdicts[number]?.(verdict),
  };
}

/** A history whose readings wait until the test lets them go. */
function held(store: HistoryStore) {
  const waiting: (() => void)[] = [];
  const history: HistoryStore = {
    append: (...args) => store.append(...args),
    async read(...args) {
      await new Promise<void>((resolve) => waiting.push(resolve));
      return store.read(...args);
    },
  };
  return { history, waiting: () => waiting.length, let: () => waiting.shift()?.() };
}

const messages = (greeter: Greeter) => greeter.heard.filter(([event]) => event === 'said');

describe('the first packet', () => {
  test('[RM-4] [SV-8] lets into rooms and brings what was missed: one packet out, two in, in one turn', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    const names = Array.from({ length: 20 }, (_, n) => `room ${n}`);
    const before = greet(server.url, { greeting: wishing(...names) });
    const cursors = (await before.answers()).map((answer) => granted(answer).cursor as string);
    before.socket.disconnect();
    for (let n = 0; n < 100; n += 1) server.broadcast(names[n % 20] as string, 'said', { n });

    const client = use(await rawClient(server.port));
    const greeting = wishing(...names.map((name, at): [string, string] => [name, cursors[at] as string]));
    client.connect({ token: 'alice', holdfast: greeting });
    const hello = JSON.parse((await client.next('2')).slice(1));
    await quiet();
    expect(client.packets.map((packet) => packet.slice(0, 20))).toEqual([
      expect.stringMatching(/^0\{"sid"/),
      expect.stringMatching(/^2\["holdfast:hello/),
    ]);
    const [event, { rooms }] = hello;
    expect(event).toBe('holdfast:hello');
    for (const [at, answer] of rooms.entries()) {
      const missed = [0, 20, 40, 60, 80].map((n, m) => [m + 1, 'said', { n: n + at }]);
      const { generation } = readCursor(cursors[at]) as { generation: string };
      expect(answer).toEqual({ ok: true, cursor: cursorOf(generation, 5), missed });
    }
    expect(server.occupied().sort()).toEqual([...names].sort());
    const caughtUp = { kind: 'caught-up', socket: expect.any(String), messages: 100, resets: 0 };
    expect(server.notices).toEqual([caughtUp]);
  });

  test('[RM-4] leaves in the turn of CONNECT, where nothing has to be waited for', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    // In which turn of the loop the server handed each packet to its engine.
    const turns: number[] = [];
    let turn = 0;
    server.io.engine.on('connection', (conn: EventEmitter) => {
      conn.on('packetCreate', ({ type }: { type: string }) => {
        if (type !== 'message') return;
        turns.push(turn);
        setImmediate(() => {
          turn += 1;
        });
      });
    });
    await greet(server.url, { greeting: wishing('a', 'b') }).hello();
    expect(turns).toEqual([0, 0]);
  });

  test('[RM-4] answers in the order asked, whatever takes longer', async () => {
    const checks = hand();
    const server = await roomsServer({
      history: memoryHistory(),
      mayJoin: ({ room }) => (room.startsWith('slow') ? checks.mayJoin() : room !== 'closed'),
    });
    const alice = greet(server.url, { greeting: wishing('slow 1', 'a', 'closed', 'slow 2') });
    await expect.poll(checks.asked).toBe(2);
    checks.decide(1, false);
    await quiet();
    expect(alice.heard).toEqual([]);
    checks.decide(0, true);
    const ok = { ok: true, cursor: expect.stringMatching(/:0$/) };
    expect(await alice.answers()).toEqual([ok, ok, code('forbidden'), code('forbidden')]);
    expect(server.occupied().sort()).toEqual(['a', 'slow 1']);
  });

  test('[RM-4] is none for a client that did not ask, and costs a plain server’s client nothing', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    const alice = greet(server.url);
    await next(alice.socket, 'connect');
    expect(await alice.ask('room:join', 'a')).toEqual({ ok: true });
    await server.broadcast('a', 'said', 1);
    await expect.poll(() => alice.heard).toEqual([['said', 1, { holdfast: ['a', expect.any(String)] }]]);
  });

  test('[RM-4] without a history has no cursors; who comes with one is told that it is void', async () => {
    const server = await roomsServer();
    const alice = greet(server.url, { greeting: wishing('a', ['b', 'some:1'], 'c') });
    expect(await alice.answers()).toEqual([{ ok: true }, { ok: true, reset: true }, { ok: true }]);
    expect(await server.broadcast('a', 'said', 1)).toBeUndefined();
    await expect.poll(() => messages(alice)).toEqual([['said', 1]]);
  });

  test('[RM-4] the greeting does not stay in the handshake, and nothing else of it goes', async () => {
    const server = await roomsServer();
    const connection = next(server.io, 'connection');
    await greet(server.url, { greeting: wishing('a'), device: 'phone' }).hello();
    const [socket] = await connection;
    expect(socket.handshake.auth).toEqual({ token: 'alice', device: 'phone' });
  });

  test('[RM-4] in a namespace of its own is that namespace’s own, with one history for several', async () => {
    const history = memoryHistory();
    const server = await roomsServer({ history });
    const chat = server.io.of('/chat');
    chat.use((socket, proceed) => {
      socket.data.user = 'alice';
      proceed();
    });
    const { rooms } = await import('../../src/server/index.ts');
    const desk = rooms(chat, { mayJoin: () => true, history });
    const [here, there] = [
      greet(server.url, { greeting: wishing('a') }),
      greet(`${server.url}/chat`, { greeting: wishing('a') }),
    ];
    const [one, two] = [granted((await here.answers())[0]), granted((await there.answers())[0])];
    await desk.broadcast('a', 'said', 'in /chat');
    await server.broadcast('a', 'said', 'in /');
    await expect.poll(() => [messages(here).length, messages(there).length]).toEqual([1, 1]);
    expect(await here.join([['a', one.cursor]])).toMatchObject([{ missed: [[1, 'said', 'in /']] }]);
    expect(await there.join([['a', two.cursor]])).toMatchObject([{ missed: [[1, 'said', 'in /chat']] }]);
  });
});

describe('between the join and the first packet', () => {
  test('[RM-4] [SV-8] nothing is lost: what is said meanwhile comes live, or is in the packet, or both', async () => {
    const store = memoryHistory();
    const gate = held(store);
    const server = await roomsServer({ history: gate.history });
    const start = greet(server.url, { greeting: wishing('a') });
    await expect.poll(gate.waiting).toBe(1);
    gate.let();
    const { cursor = '' } = granted((await start.answers())[0]);
    start.socket.disconnect();

    const alice = greet(server.url, { greeting: wishing(['a', cursor]) });
    await server.broadcast('a', 'said', 'away');
    await expect.poll(gate.waiting).toBe(1);
    await server.broadcast('a', 'said', 'joined');
    gate.let();
    const answer = granted((await alice.answers())[0]);
    await server.broadcast('a', 'said', 'after');
    await expect.poll(() => messages(alice).length).toBe(2);
    expect(answer.missed).toEqual([
      [1, 'said', 'away'],
      [2, 'said', 'joined'],
    ]);
    expect(messages(alice).map(([, text, stamp]) => [text, stampOf([stamp])?.[1]])).toEqual([
      ['joined', answer.cursor],
      ['after', expect.stringMatching(/:3$/)],
    ]);
  });

  test('[SV-8] [SV-2] who is removed gets none of it', async () => {
    const gate = held(memoryHistory());
    const server = await roomsServer({ history: gate.history });
    const generation = readCursor(await server.broadcast('a', 'said', 'secret'))?.generation ?? '';
    await server.broadcast('b', 'said', 'open');
    const wishes = ['a', 'b'].map((room): [string, string] => [room, cursorOf(generation, 0)]);
    const alice = greet(server.url, { greeting: wishing(...wishes) });
    await expect.poll(gate.waiting).toBe(1);
    server.remove('alice', 'a');
    gate.let();
    expect(await alice.answers()).toEqual([
      code('removed'),
      { ok: true, cursor: cursorOf(generation, 1), missed: [[1, 'said', 'open']] },
    ]);
    expect(JSON.stringify(alice.heard)).not.toContain('secret');
    expect(server.occupied()).toEqual(['b']);

    // The same over a link that is open.
    const joining = alice.join(wishes.slice(0, 1));
    await expect.poll(gate.waiting).toBe(1);
    server.remove('alice', 'a');
    gate.let();
    expect(await joining).toEqual([code('removed')]);
  });

  test.each<[string, number]>([
    ['while it is checked', 0],
    ['while the log is read', 1],
  ])('[RM-4] a client that goes %s costs nothing, and leaves nothing', async (_, when) => {
    const checks = hand();
    const gate = held(memoryHistory());
    const mayJoin: MayJoin = ({ room }) => room === 'at once' || checks.mayJoin();
    const server = await roomsServer({ history: gate.history, mayJoin });
    const alice = greet(server.url, { greeting: wishing('at once', 'a') });
    await expect.poll(checks.asked).toBe(1);
    if (when === 1) {
      checks.decide(0, true);
      await expect.poll(gate.waiting).toBe(1);
    }
    const [socket] = [...server.io.sockets.sockets.values()];
    const gone = next(socket as never, 'disconnect');
    alice.socket.disconnect();
    await gone;
    checks.decide(0, true);
    gate.let();
    await quiet();
    // The log is not even read for whoever is gone.
    expect(gate.waiting()).toBe(0);
    expect([...server.io.sockets.adapter.rooms.keys()]).toEqual([]);
    expect(server.failures()).toEqual([]);
  });

  test('[RM-4] one that the server itself ends right away is in no room', async () => {
    const server = await roomsServer({
      history: memoryHistory(),
      mayJoin: ({ socket }) => {
        socket.disconnect();
        return true;
      },
    });
    const alice = greet(server.url, { greeting: wishing('a', 'b') });
    await next(alice.socket, 'disconnect');
    expect([...server.io.sockets.adapter.rooms.keys()]).toEqual([]);
    expect(alice.heard).toEqual([]);
  });
});

describe('what cannot be read', () => {
  test.each<[unknown]>([
    [null],
    [7],
    [''],
    ['a'],
    [[]],
    [{}],
    [{ v: 1 }],
    [{ v: 2, rooms: [] }],
    [{ v: '1', rooms: ['a'] }],
    [{ v: 1, rooms: 'a' }],
    [{ v: 1, rooms: { length: 1, 0: 'a' } }],
  ])('[RM-4] %j is no greeting: it is told, and the link stays', async (greeting) => {
    const server = await roomsServer({ history: memoryHistory() });
    const alice = greet(server.url, { greeting });
    expect(await alice.hello()).toEqual(code('bad-greeting'));
    expect(server.notices).toEqual([{ kind: 'bad-greeting', socket: alice.socket.id }]);
    expect(await server.metric('bad_greetings_total')).toBe(1);
    expect(await alice.join(['a'])).toEqual([{ ok: true, cursor: expect.any(String) }]);
  });

  test.each<[unknown, string]>([
    [7, 'bad-room'],
    [null, 'bad-room'],
    [{}, 'bad-room'],
    ['', 'bad-room'],
    ['x'.repeat(201), 'bad-room'],
    ['half a pair: \ud800', 'bad-room'],
    ['holdfast:user:bob', 'bad-room'],
    [[], 'bad-room'],
    [['a'], 'bad-room'],
    [['a', 'x:1', 'more'], 'bad-room'],
    [[['a'], 'x:1'], 'bad-room'],
    [[7, 'x:1'], 'bad-room'],
    [['a', 7], 'bad-cursor'],
    [['a', null], 'bad-cursor'],
    [['a', ''], 'bad-cursor'],
    [['a', 'x'], 'bad-cursor'],
    [['a', 'x:-1'], 'bad-cursor'],
    [['a', 'x:1e3'], 'bad-cursor'],
    [['a', ['x:1']], 'bad-cursor'],
    [['a', { toString: 'x:1' }], 'bad-cursor'],
  ])('[RM-4] %j is no wish: it is refused, and those beside it are not', async (wish, refusal) => {
    const server = await roomsServer({ history: memoryHistory(), isForClients: (room) => room !== 'x:1' });
    const greeting = { v: 1, rooms: ['before', wish, 'behind'] };
    const alice = greet(server.url, { greeting });
    const ok = { ok: true, cursor: expect.any(String) };
    expect(await alice.answers()).toEqual([ok, code(refusal), ok]);
    expect(await alice.join(greeting.rooms)).toEqual([ok, code(refusal), ok]);
    expect(server.occupied().sort()).toEqual(['before', 'behind']);
  });

  test('[RM-4] a cursor of no shape is refused, and who was in the room before is not any more', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    const alice = greet(server.url, { greeting: wishing('a') });
    await alice.answers();
    expect(await alice.join([['a', 'x']])).toEqual([code('bad-cursor')]);
    expect(server.occupied()).toEqual([]);
  });

  test('[RM-4] [SY-3] a cursor from the future, of another room or of another generation is a reset, and no more', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    for (const _ of [1, 2, 3]) await server.broadcast('other', 'said', 'of another room');
    const mine = await server.broadcast('a', 'said', 1);
    const { generation } = readCursor(mine) as { generation: string };
    const wishes = [cursorOf(generation, 3), cursorOf(generation, 2), 'strange:0', 'strange:1'];
    for (const cursor of wishes) {
      const alice = greet(server.url, { greeting: wishing(['a', cursor]) });
      expect(await alice.answers()).toEqual([{ ok: true, cursor: mine, reset: true }]);
      await alice.join(['a']);
      await server.broadcast('b', 'said', 1);
    }
    expect(server.notices.filter(({ kind }) => kind === 'caught-up')).toHaveLength(4);
    expect(await server.metric('history_resets_total')).toBe(4);
  });

  test('[RM-4] too many rooms are refused as a whole, by the handshake and over the link', async () => {
    const server = await roomsServer({ history: memoryHistory(), limit: 3 });
    const alice = greet(server.url, { greeting: wishing('a', 'b', 'c', 'd') });
    const refusal = code('too-many-rooms', { details: { most: 3 } });
    expect(await alice.hello()).toEqual(refusal);
    expect(await alice.join(['a', 'b', 'c', 'd'])).toEqual(refusal);
    expect(await alice.join(['a', 'b', 'c'])).toHaveLength(3);
    expect(await alice.join(['d'])).toEqual([refusal]);
  });

  test.each([['a'], [7], [null], [undefined], [{ 0: 'a', length: 1 }]])(
    '[RM-4] %j are no wishes',
    async (wishes) => {
      const server = await roomsServer({ history: memoryHistory() });
      const alice = greet(server.url);
      await next(alice.socket, 'connect');
      expect(await alice.join(wishes)).toEqual(code('bad-rooms'));
      expect(await alice.ask('holdfast:join')).toEqual(code('bad-rooms'));
    },
  );

  test('[RM-4] of nobody: a socket without a user is let into nothing, and told', async () => {
    const server = await roomsServer({ history: memoryHistory(), user: () => '' });
    const alice = greet(server.url, { greeting: wishing('a') });
    expect(await alice.hello()).toEqual(code('unavailable'));
    expect(await alice.join(['a'])).toEqual(code('unavailable'));
    expect(await alice.ask('room:join', 'a')).toEqual(code('unavailable'));
    expect(await alice.probe()).toEqual({ rooms: [] });
  });
});

describe('a history that fails', () => {
  const failing: [string, HistoryStore['read']][] = [
    [
      'throws',
      () => {
        throw new Error('out of reach');
      },
    ],
    ['rejects', () => Promise.reject(new Error('out of reach'))],
    ['hangs', () => new Promise(() => {})],
    ['gives too little', () => []],
    ['gives nonsense', () => undefined as never],
    ['gives pages with nothing on them', async () => [{}] as never],
  ];
  test.each(failing)(
    '[SV-8] that %s: the client is told to ask again, and is not in the room',
    async (_, read) => {
      const store = memoryHistory();
      let isDown = true;
      const history: HistoryStore = {
        append: (...args) => store.append(...args),
        read: (...args) => (isDown ? read(...args) : store.read(...args)),
      };
      const server = await roomsServer({ history, timeout: 50 });
      const alice = greet(server.url, { greeting: wishing('a', 'holdfast:x') });
      const again = { ...code('history-unavailable'), retryable: true };
      expect(await alice.answers()).toEqual([again, code('bad-room')]);
      expect(server.occupied()).toEqual([]);
      isDown = false;
      expect(await alice.join(['a'])).toEqual([{ ok: true, cursor: expect.any(String) }]);
      expect(server.occupied()).toEqual(['a']);
    },
  );

  test('[SV-8, RM-1] a client that asks again before it was answered is in the room, though its first question fails', async () => {
    const store = memoryHistory();
    let reads = 0;
    const history: HistoryStore = {
      append: (...args) => store.append(...args),
      read(...args) {
        reads += 1;
        return reads === 1 ? new Promise(() => {}) : store.read(...args);
      },
    };
    const server = await roomsServer({ history, timeout: 200 });
    const alice = greet(server.url, { greeting: wishing('a') });
    await expect.poll(() => reads).toBe(1);
    const second = alice.join(['a']);
    expect(await alice.answers()).toEqual([{ ...code('history-unavailable'), retryable: true }]);
    expect(await second).toEqual([{ ok: true, cursor: expect.any(String) }]);
    expect(server.occupied()).toEqual(['a']);
    await server.broadcast('a', 'said', 1);
    expect((await alice.next('said'))[0]).toBe(1);
  });

  test('[SV-8] what it gives back as something else than it was given is left out, and told', async () => {
    const store = memoryHistory();
    const history: HistoryStore = {
      append: (room, message) =>
        store.append(room, { ...message, payload: message.payload.replace('broken', '{"') }),
      read: (...args) => store.read(...args),
    };
    const server = await roomsServer({ history });
    const { generation = '' } = readCursor(await server.broadcast('a', 'said', 1)) ?? {};
    await server.broadcast('a', 'said', 'broken');
    await server.broadcast('a', 'said', 3);
    const alice = greet(server.url, { greeting: wishing(['a', cursorOf(generation, 0)]) });
    expect(granted((await alice.answers())[0]).missed).toEqual([[1, 'said', 1], [2], [3, 'said', 3]]);
    expect(server.failures()).toHaveLength(1);
  });
});

describe('pages', () => {
  async function behind(rooms: number, each: number, size: number, options: Partial<RoomsOptions> = {}) {
    const server = await roomsServer({ history: memoryHistory({ messages: 10_000 }), ...options });
    const names = Array.from({ length: rooms }, (_, n) => `room ${n}`);
    for (let n = 0; n < each; n += 1)
      for (const name of names) await server.broadcast(name, 'said', `${n} ${'x'.repeat(size)}`);
    const start = await server.broadcast('else', 'said', 1);
    const { generation } = readCursor(start) as { generation: string };
    return { server, wishes: names.map((name): [string, string] => [name, cursorOf(generation, 0)]) };
  }

  /** Asks on until there is no more; gives what came for each room, and how much was in each answer. */
  async function pagesOf(alice: Greeter, wishes: readonly [string, string][]) {
    const got = new Map<string, string[]>();
    const answers: number[] = [];
    let asked = wishes;
    let page = await alice.answers();
    for (;;) {
      const grants = page.map((answer) => granted(answer));
      answers.push(grants.reduce((sum, { missed = [] }) => sum + missed.length, 0));
      for (const [at, [room]] of asked.entries())
        got.set(room, [
          ...(got.get(room) ?? []),
          ...(grants[at]?.missed ?? []).map(([, , text]) => String(text).split(' ')[0] as string),
        ]);
      asked = asked
        .map(([room], at): [string, string] => [room, grants[at]?.cursor as string])
        .filter((_, at) => grants[at]?.more);
      if (asked.length === 0) return { got, answers };
      page = await alice.join(asked);
    }
  }

  test('[SV-8] an answer has at most 500 messages, over all its rooms; the rest comes page by page', async () => {
    const { server, wishes } = await behind(3, 300, 1);
    const alice = greet(server.url, { greeting: wishing(...wishes) });
    const { got, answers } = await pagesOf(alice, wishes);
    expect(answers).toEqual([500, 400]);
    for (const texts of got.values()) expect(texts).toEqual(Array.from({ length: 300 }, (_, n) => `${n}`));
    expect(await server.metric('history_caught_up_total')).toBe(900);
  });

  test('[SV-8] and at most 256 KiB', async () => {
    const { server, wishes } = await behind(2, 30, 10_000);
    const alice = greet(server.url, { greeting: wishing(...wishes) });
    const { got, answers } = await pagesOf(alice, wishes);
    expect(answers).toEqual([26, 26, 8]);
    for (const texts of got.values()) expect(texts).toEqual(Array.from({ length: 30 }, (_, n) => `${n}`));
  });

  test('[SV-8] [SV-2] each page is asked for access anew', async () => {
    let isMember = true;
    const { server, wishes } = await behind(1, 600, 1, { mayJoin: () => isMember });
    const alice = greet(server.url, { greeting: wishing(...wishes) });
    const { cursor = '', more } = granted((await alice.answers())[0]);
    expect(more).toBe(true);
    isMember = false;
    expect(await alice.join([['room 0', cursor]])).toEqual([code('forbidden')]);
    expect(server.occupied()).toEqual([]);
  });

  test('[SV-8] a socket’s readings are done one after the other', async () => {
    let underWay = 0;
    let most = 0;
    const store = memoryHistory();
    const history: HistoryStore = {
      append: (...args) => store.append(...args),
      async read(...args) {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise(setImmediate);
        underWay -= 1;
        return store.read(...args);
      },
    };
    const server = await roomsServer({ history });
    const alice = greet(server.url, { greeting: wishing('a') });
    await Promise.all(Array.from({ length: 50 }, () => alice.join(['a'])));
    expect(most).toBe(1);
  });
});

describe('a probe', () => {
  test('[RM-3] is answered with the rooms that the server has the client in, and that it may know of', async () => {
    const server = await roomsServer({ isForClients: (room) => room !== 'muted' });
    const alice = greet(server.url, { greeting: wishing('a', 'b') });
    await alice.answers();
    server.io.in(alice.socket.id as string).socketsJoin('muted');
    const { rooms } = await alice.probe();
    expect(rooms.sort()).toEqual(['a', 'b']);
    server.remove('alice', 'a');
    expect(await alice.probe()).toEqual({ rooms: ['b'] });
    expect(await alice.ask('holdfast:probe', { any: 'thing' })).toEqual({ rooms: ['b'] });
    alice.socket.emit('holdfast:probe');
    expect(await alice.probe()).toEqual({ rooms: ['b'] });
  });
});

describe('with connection state recovery', () => {
  const server = { connectionStateRecovery: { skipMiddlewares: false } };

  test('[RM-4] [SV-8] a recovered session: what is replayed has its stamps, and the first packet comes once', async () => {
    const real = await roomsServer({ history: memoryHistory(), server });
    const proxy = use(await FaultProxy.to(real.port));
    const alice = greet(proxy.url, { greeting: wishing('a') });
    const { cursor = '' } = granted((await alice.answers())[0]);
    await real.broadcast('a', 'said', 1);
    await expect.poll(() => messages(alice)).toHaveLength(1);
    const [socket] = [...real.io.sockets.sockets.values()];
    const gone = [next(socket as never, 'disconnect'), next(alice.socket, 'disconnect')];
    proxy.reset();
    await Promise.all(gone);
    await real.broadcast('a', 'said', 2);
    alice.socket.auth = { token: 'alice', holdfast: wishing(['a', cursor]) };
    alice.heard.length = 0;
    alice.socket.connect();
    await next(alice.socket, 'connect');
    expect(alice.socket.recovered).toBe(true);
    const [answer] = await alice.answers();
    expect(granted(answer).missed).toEqual([
      [1, 'said', 1],
      [2, 'said', 2],
    ]);
    expect(alice.heard.map(([event]) => event)).toEqual(['said', 'holdfast:hello']);
    expect(stampOf(messages(alice)[0] ?? [])).toEqual(['a', granted(answer).cursor]);
  });

  test('[RM-4] a first packet that was lost with its link is not replayed beside the next one', async () => {
    const real = await roomsServer({ history: memoryHistory(), server });
    const first = use(await rawClient(real.port));
    first.connect({ token: 'alice', holdfast: wishing('a') });
    const { pid } = bodyOf(await first.next('0')) as { pid: string };
    await first.next('2["holdfast:hello"');
    await real.broadcast('a', 'said', 1);
    const [, , , offset] = bodyOf(await first.next('2["said"')) as string[];
    const comeBack = async (room: string) => {
      const gone = next([...real.io.sockets.sockets.values()][0] as never, 'disconnect');
      await first.drop();
      await last?.drop();
      await gone;
      last = use(await rawClient(real.port));
      last.connect({ token: 'alice', pid, offset, holdfast: wishing(room) });
      await last.next('2["holdfast:hello"');
      await quiet();
      return last.packets.map((packet) => packet.slice(0, 12));
    };
    let last: RawClient | undefined;
    const once = [expect.stringMatching(/^0/), '2["holdfast:'];
    // As if nothing of it had arrived: the offset stays where it was.
    expect(await comeBack('b')).toEqual(once);
    expect(await comeBack('c')).toEqual(once);
    expect(real.io.sockets.sockets.values().next().value?.recovered).toBe(true);
  });
});
