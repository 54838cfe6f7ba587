import type { Server, Socket } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import type { Inbound, RoomRefused, SyncItem, SyncRequest } from '../../src/index.ts';
import { type Live, type LiveOptions, live, until } from '../support/live.ts';
import { next, type RealServer, startServer } from '../support/servers.ts';
import { quiet, use } from '../support/trial.ts';

const polling = { transports: ['polling'] as ['polling'], upgrade: false };
const recovers = { connectionStateRecovery: {} };

/** Lets into rooms, and notes what each link is asked, in order. */
function keepRooms({ io }: RealServer) {
  const desk = { asked: [] as string[], refuses: (_room: string) => false };
  io.on('connection', (socket: Socket) => {
    desk.asked.push(socket.recovered ? 'recovered' : 'new');
    socket.on('room:join', async (room: string, answer: (said?: object) => void) => {
      desk.asked.push(`join ${room}`);
      // As after a look into the database: whoever does not wait for the answer comes too early.
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (desk.refuses(room)) return answer({ error: { code: 'forbidden', room } });
      await socket.join(room);
      desk.asked.push(`in ${room}`);
      answer();
    });
    socket.on('room:leave', async (room: string, answer: () => void) => {
      desk.asked.push(`leave ${room}`);
      await socket.leave(room);
      answer();
    });
    socket.on('message', (text: string, answer: () => void) => {
      desk.asked.push(`message ${text}`);
      answer();
    });
  });
  return desk;
}

/** A live connection through a proxy, and what breaks it and brings it back. */
async function connected(server: RealServer, options: LiveOptions = {}) {
  const proxy = use(await FaultProxy.to(server.port));
  const party = live(proxy.url, options);
  const heard: string[] = [];
  party.connection.messages$.subscribe((message) => heard.push(short(message)));
  party.connection.connect('alice');
  await party.connection.ready();
  return { ...party, proxy, heard, away: (act: () => void) => goAway(server.io, party, proxy, act) };
}

/** Does something while there is no link, known on both sides; resolves when live again. */
async function goAway(io: Server, party: Live, proxy: FaultProxy, act: () => void): Promise<void> {
  const [socket] = io.sockets.sockets.values();
  const gone = next(socket as Socket, 'disconnect');
  proxy.refuse();
  proxy.reset();
  await Promise.all([until(party, 'reconnecting'), gone]);
  act();
  await proxy.heal();
  await party.connection.ready();
}

function short({ payload, replayed }: Inbound): string {
  return `${(payload as { n: number }).n}${replayed ? ' replayed' : ''}`;
}

function items(...numbers: number[]): SyncItem[] {
  return numbers.map((n) => ({ event: 'news', payload: { n } }));
}

describe.each([
  ['WebSocket', {}],
  ['polling', polling],
])('over %s', (_, link) => {
  test('[RM-1, OB-2] rooms come before the first message that waited; one left meanwhile is not asked for', async () => {
    const server = use(await startServer());
    const desk = keepRooms(server);
    const { connection, away } = await connected(server, { link });
    const rooms = ['a', 'b', 'c'].map((room) => connection.join(room));
    await expect.poll(() => rooms.map(({ state }) => state.state)).toEqual(['joined', 'joined', 'joined']);
    desk.asked.length = 0;
    let waited: Promise<unknown> | undefined;
    await away(() => {
      waited = connection.send('message', 'hello').acknowledged;
      connection.leave('b');
      // Nothing flickers meanwhile.
      expect(rooms.map(({ state }) => state.state)).toEqual(['joined', 'left', 'joined']);
    });
    await waited;
    expect(desk.asked.slice(0, 3)).toEqual(['new', 'join a', 'join c']);
    expect(desk.asked.slice(3, 5).sort()).toEqual(['in a', 'in c']);
    expect(desk.asked.slice(5)).toEqual(['message hello']);
  });

  test('[SY-1, MS-4] after a session that was not recovered, what was missed comes first, marked; then what came meanwhile', async () => {
    const server = use(await startServer());
    keepRooms(server);
    const requests: SyncRequest[] = [];
    const { connection, proxy, heard, away } = await connected(server, {
      link,
      async sync(request) {
        requests.push(request);
        // Something new overtakes the answer.
        const before = proxy.counts.down;
        server.io.emit('news', { n: 4 });
        await expect.poll(() => proxy.counts.down, { interval: 5 }).toBeGreaterThan(before);
        await quiet(20);
        return items(2, 3);
      },
    });
    const room = connection.join('a');
    await expect.poll(() => room.state.state).toBe('joined');
    server.io.emit('news', { n: 1 });
    await expect.poll(() => heard).toEqual(['1']);
    expect(requests).toEqual([]);
    await away(() => {});
    await expect.poll(() => heard).toEqual(['1', '2 replayed', '3 replayed', '4']);
    expect(requests).toMatchObject([{ identity: 'alice', rooms: ['a'] }]);
  });
});

describe('with connection state recovery', () => {
  test('[SY-1] what the server replays comes once, marked, and nobody is asked for it', async () => {
    const server = use(await startServer(recovers));
    keepRooms(server);
    let syncs = 0;
    const { connection, heard, statuses, away } = await connected(server, {
      identify(message) {
        const { n } = message.payload as { n: number };
        return { id: `${n}`, sequence: n };
      },
      sync() {
        syncs += 1;
        return [];
      },
    });
    const room = connection.join('a');
    await expect.poll(() => room.state.state).toBe('joined');
    server.io.to('a').emit('news', { n: 1 });
    await expect.poll(() => heard).toEqual(['1']);
    await away(() => {
      for (const n of [2, 3]) server.io.to('a').emit('news', { n });
    });
    server.io.to('a').emit('news', { n: 4 });
    await expect.poll(() => heard).toEqual(['1', '2 replayed', '3 replayed', '4']);
    expect(statuses.at(-1)).toMatchObject({ state: 'connected', recovered: true });
    expect(syncs).toBe(0);
    expect(connection.stats()).toMatchObject({ duplicatesDropped: 0, gaps: 0 });
  });

  test('[RM-1, RM-3] rooms are asked for all the same, and the server is told of one that was left meanwhile', async () => {
    const server = use(await startServer(recovers));
    const desk = keepRooms(server);
    const { connection, heard, away } = await connected(server);
    const rooms = ['a', 'b'].map((room) => connection.join(room));
    await expect.poll(() => rooms.map(({ state }) => state.state)).toEqual(['joined', 'joined']);
    server.io.emit('news', { n: 1 });
    await expect.poll(() => heard).toEqual(['1']);
    desk.asked.length = 0;
    await away(() => connection.leave('b'));
    await expect.poll(() => desk.asked).toContain('leave b');
    expect(desk.asked.slice().sort()).toEqual(['in a', 'join a', 'leave b', 'recovered']);
    const [socket] = server.io.sockets.sockets.values();
    expect([...(socket?.rooms ?? [])].filter((room) => room !== socket?.id)).toEqual(['a']);
  });

  test('[SY-1] a server that forgot the session, as after a restart: what was missed is asked for', async () => {
    const server = use(await startServer(recovers));
    keepRooms(server);
    let syncs = 0;
    const { heard, statuses, away } = await connected(server, {
      sync() {
        syncs += 1;
        return items(2);
      },
    });
    server.io.emit('news', { n: 1 });
    await expect.poll(() => heard).toEqual(['1']);
    await away(() => {
      (server.io.of('/').adapter as unknown as { sessions: Map<string, unknown> }).sessions.clear();
    });
    expect(statuses.at(-1)).toMatchObject({ state: 'connected', recovered: false });
    expect(heard).toEqual(['1', '2 replayed']);
    expect(syncs).toBe(1);
  });
});

test('[RM-2] a room that the server refuses after an outage: told once with its reason, and not asked again', async () => {
  const server = use(await startServer());
  const desk = keepRooms(server);
  const { connection, away } = await connected(server);
  const room = connection.join('a');
  const seen: string[] = [];
  room.state$.subscribe(({ state }) => seen.push(state));
  await expect.poll(() => seen).toEqual(['joining', 'joined']);
  desk.refuses = () => true;
  await away(() => {});
  await expect.poll(() => seen).toEqual(['joining', 'joined', 'refused']);
  expect((room.state.cause as RoomRefused).answer).toEqual({ code: 'forbidden', room: 'a' });
  await away(() => {});
  // A message goes out after all rooms.
  await connection.send('message', 'hello').acknowledged;
  expect(seen).toEqual(['joining', 'joined', 'refused']);
  expect(desk.asked.filter((asked) => asked === 'join a')).toHaveLength(2);
});

test('[RM-1, SY-1] a link that breaks while rooms are asked for: the next one asks for all of them, and then for what was missed', async () => {
  const server = use(await startServer());
  const desk = keepRooms(server);
  let syncs = 0;
  const { connection, proxy, heard, away } = await connected(server, {
    sync() {
      syncs += 1;
      return items(1);
    },
  });
  const rooms = ['a', 'b'].map((room) => connection.join(room));
  await expect.poll(() => rooms.map(({ state }) => state.state)).toEqual(['joined', 'joined']);
  desk.asked.length = 0;
  await away(() => {
    server.io.once('connection', (socket) => socket.once('room:join', () => proxy.reset()));
  });
  expect(desk.asked.filter((asked) => asked === 'new')).toHaveLength(2);
  const last = desk.asked.slice(desk.asked.lastIndexOf('new'));
  expect(last).toEqual(expect.arrayContaining(['join a', 'join b', 'in a', 'in b']));
  expect(heard).toEqual(['1 replayed']);
  expect(syncs).toBe(1);
});
