import type { Socket } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { holdfast } from '../../src/index.ts';
import { exactlyOnce, memoryDedupe, memoryHistory } from '../../src/server/index.ts';
import { type Live, type LiveOptions, live, until } from '../support/live.ts';
import { type RoomsServer, roomsServer } from '../support/rooms-server.ts';
import { next } from '../support/servers.ts';
import { use } from '../support/trial.ts';

interface Engine {
  on(event: 'packet' | 'packetCreate', listener: (packet: { type: string; data?: unknown }) => void): void;
}

/** Every Socket.IO packet on the wire, as `< 0{…}` from the client and `> 2[…]` to it; pings are none. */
function wiretap({ io }: RoomsServer): string[] {
  const packets: string[] = [];
  io.engine.on('connection', (engine: Engine) => {
    for (const [event, sign] of [
      ['packet', '<'],
      ['packetCreate', '>'],
    ] as const)
      engine.on(event, ({ type, data }) => type === 'message' && packets.push(`${sign} ${String(data)}`));
  });
  return packets;
}

async function party(server: RoomsServer, rooms: readonly string[], options: LiveOptions = {}) {
  const proxy = use(await FaultProxy.to(server.port));
  const alice = live(proxy.url, { credential: () => 'alice', dialect: holdfast(), ...options });
  const heard: unknown[] = [];
  const gaps: unknown[] = [];
  alice.connection.on('said').subscribe((payload) => heard.push(payload));
  alice.connection.gaps$.subscribe((gap) => gaps.push(gap));
  for (const room of rooms) alice.connection.join(room);
  alice.connection.connect('alice');
  await alice.connection.ready();
  return { ...alice, proxy, heard, gaps, away: (act: () => unknown) => goAway(server, alice, proxy, act) };
}

/** Does something while there is no link, known on both sides; resolves when live again. */
async function goAway(
  server: RoomsServer,
  alice: Live,
  proxy: FaultProxy,
  act: () => unknown,
): Promise<void> {
  const [socket] = server.io.sockets.sockets.values();
  const gone = next(socket as Socket, 'disconnect');
  proxy.refuse();
  proxy.reset();
  await Promise.all([until(alice, 'reconnecting'), gone]);
  await act();
  await proxy.heal();
  await alice.connection.ready();
}

describe('a client with holdfast() and a server with rooms() and a history', () => {
  test('[RM-4] [SV-8] 20 rooms and 100 missed messages come back with one handshake, and not a packet more', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    const rooms = Array.from({ length: 20 }, (_, index) => `conversation:${index}`);
    const alice = await party(server, rooms);
    const packets = wiretap(server);
    const said = Array.from({ length: 100 }, (_, index) => `message ${index}`);
    await alice.away(() =>
      Promise.all(said.map((text, index) => server.broadcast(rooms[index % 20] as string, 'said', text))),
    );
    // Nothing follows that was under way: another round trip comes after whatever the client would have sent.
    await alice.connection.request('holdfast:probe', null);
    expect(packets.slice(0, -2).map((packet) => packet.slice(0, 3))).toEqual(['< 0', '> 0', '> 2']);
    expect([...alice.heard].sort()).toEqual([...said].sort());
    expect(alice.gaps).toEqual([]);
    expect(server.occupied().sort()).toEqual([...rooms].sort());
    expect(alice.connection.stats()).toMatchObject({ connections: 2, duplicatesDropped: 0 });
  });

  test('[SV-8] [SV-2] users who were excepted miss nothing by it, live or later', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    const alice = await party(server, ['a']);
    const packets = wiretap(server);
    await server.broadcast('a', 'said', 1);
    await server.broadcast('a', 'said', 'not for alice', { exceptUsers: ['alice'] });
    await server.broadcast('a', 'said', 2);
    await alice.away(async () => {
      await server.broadcast('a', 'said', 'not for alice', { exceptUsers: ['alice'] });
      await server.broadcast('a', 'said', 3);
    });
    await server.broadcast('a', 'said', 4);
    await alice.connection.request('holdfast:probe', null);
    expect(alice.heard).toEqual([1, 2, 3, 4]);
    expect(alice.gaps).toEqual([]);
    expect(packets.filter((packet) => packet.includes('holdfast:join'))).toEqual([]);
  });

  test('[SV-8] more than a packet holds comes page by page', async () => {
    const server = await roomsServer({ history: memoryHistory({ messages: 5_000 }) });
    const alice = await party(server, ['a']);
    const said = Array.from({ length: 2_000 }, (_, index) => index);
    await alice.away(() => Promise.all(said.map((each) => server.broadcast('a', 'said', each))));
    expect(alice.heard).toEqual(said);
    expect(alice.gaps).toEqual([]);
  });

  test('[SY-3] [SV-8] what the history has let go of is told as a reload, once', async () => {
    const server = await roomsServer({ history: memoryHistory({ messages: 10 }) });
    const alice = await party(server, ['a', 'b']);
    await alice.away(async () => {
      for (let index = 0; index < 50; index += 1) await server.broadcast('a', 'said', index);
      await server.broadcast('b', 'said', 'b');
    });
    expect(alice.gaps).toMatchObject([{ reason: 'cursor-unknown', stream: 'a', reload: true }]);
    expect(alice.heard).toEqual(['b']);
    await server.broadcast('a', 'said', 'from here on');
    await alice.connection.request('holdfast:probe', null);
    expect(alice.heard).toEqual(['b', 'from here on']);
  });

  test('[SV-8] access is checked again: who lost it meanwhile gets nothing of what was said', async () => {
    const allowed = new Set(['a', 'b']);
    const server = await roomsServer({
      history: memoryHistory(),
      mayJoin: ({ room }) => allowed.has(room),
    });
    const alice = await party(server, ['a', 'b']);
    await alice.away(async () => {
      allowed.delete('a');
      await server.broadcast('a', 'said', 'secret');
      await server.broadcast('b', 'said', 'b');
    });
    expect(alice.heard).toEqual(['b']);
    expect(server.occupied()).toEqual(['b']);
  });

  test('[RM-2] [SV-2] who is removed while connected is told, and is out', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    const alice = await party(server, ['a']);
    const membership = alice.connection.join('a');
    const refused = new Promise<void>((resolve) => {
      membership.state$.subscribe(({ state }) => state === 'refused' && resolve());
    });
    server.remove('alice', 'a', 'left the team');
    await refused;
    expect(membership.state).toMatchObject({
      cause: { answer: { code: 'removed', reason: 'left the team' } },
    });
  });

  test('[EN-2] [RM-3] a session that the server lost out of its rooms is found by a probe, and misses nothing', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    let signal: (signal: 'visible') => void = () => {};
    const alice = await party(server, ['a'], {
      signals: {
        subscribe: (listener) => {
          signal = listener;
          return () => {};
        },
      },
    });
    server.io.socketsLeave('a');
    await server.broadcast('a', 'said', 'unheard');
    signal('visible');
    await until(alice, 'reconnecting');
    await alice.connection.ready();
    expect(alice.heard).toEqual(['unheard']);
  });

  test('[SV-8] an app that kept a cursor goes on after it in another process', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    const first = await party(server, ['a']);
    const cursors: (string | undefined)[] = [];
    first.connection.messages$.subscribe(({ cursor }) => cursors.push(cursor));
    await server.broadcast('a', 'said', 1);
    await first.connection.request('holdfast:probe', null);
    await first.connection.dispose();
    await server.broadcast('a', 'said', 2);
    const again = live(server.url, { credential: () => 'alice', dialect: holdfast() });
    const heard: unknown[] = [];
    again.connection.on('said').subscribe((payload) => heard.push(payload));
    again.connection.join('a', { after: cursors[0] as string });
    again.connection.connect('alice');
    await again.connection.ready();
    expect(heard).toEqual([2]);
  });

  test('[OB-3] [SV-4] the id of a message travels beside the payload: the effect is one, and the handler sees what was sent', async () => {
    const server = await roomsServer({ history: memoryHistory() });
    const handled: unknown[] = [];
    exactlyOnce(server.io, { store: memoryDedupe() }).onMessage('message:send', (payload, { id }) => {
      handled.push([payload, typeof id]);
      return { stored: true };
    });
    const alice = await party(server, []);
    const payload = { id: 'the conversation', text: 'hello' };
    await alice.connection.send('message:send', payload).acknowledged;
    expect(handled).toEqual([[payload, 'string']]);
  });

  test('[SV-8] [RM-4] without a history rooms come back all the same, by the first packet', async () => {
    const server = await roomsServer();
    const alice = await party(server, ['a']);
    const packets = wiretap(server);
    await alice.away(() => server.broadcast('a', 'said', 'unheard'));
    await server.broadcast('a', 'said', 'heard');
    await alice.connection.request('holdfast:probe', null);
    expect(alice.heard).toEqual(['heard']);
    expect(packets.slice(0, 3).map((packet) => packet.slice(0, 3))).toEqual(['< 0', '> 0', '> 2']);
  });
});
