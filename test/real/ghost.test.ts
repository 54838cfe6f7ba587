import type { Server, Socket } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { plain } from '../../src/index.ts';
import { type Live, live, until } from '../support/live.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, use } from '../support/trial.ts';
import { createWorld, type World } from '../support/world.ts';

interface Haunted extends Live {
  readonly io: Server;
  readonly page: World;
  /** What was heard in the room. */
  readonly heard: unknown[];
}

/**
 * A ghost session as the default adapter makes it (socketio/socket.io#4880): a session that was recovered once stays
 * in its memory. A half-open link recovers it again under the id that the server still holds, and the end of the old
 * one takes the new one out of everything. The client is connected, has its calls answered, and is in no room.
 */
async function haunted(dialect = plain({ probe: 'probe' })): Promise<Haunted> {
  const { io, port } = use(
    // A machine that has much else to do answers a ping late.
    await startServer({ connectionStateRecovery: {}, pingInterval: 300, pingTimeout: 1_000 }),
  );
  io.on('connection', (socket) => {
    socket.on('room:join', (room, answer) => {
      socket.join(room);
      answer({ ok: true });
    });
    socket.on('probe', (answer) => answer({ rooms: [...socket.rooms] }));
  });
  const proxy = use(await FaultProxy.to(port));
  const page = createWorld();
  const party = live(proxy.url, { signals: page.signals, dialect });
  const heard: unknown[] = [];
  party.connection.on('news').subscribe((said) => heard.push(said));
  party.connection.join('room');

  const connection = next(io, 'connection');
  party.connection.connect('alice');
  await until(party, 'connected', ({ phase }) => phase === 'live');
  const [socket] = (await connection) as [Socket];
  io.to('room').emit('news', { n: 1 });
  await expect.poll(() => heard).toEqual([{ n: 1 }]);

  const dropped = next(socket, 'disconnect');
  const back = Promise.all([dropped, next(io, 'connection')]);
  // Broken off on both sides, so that the server knows before the client is back.
  proxy.reset();
  const [, [once]] = (await back) as [unknown, [Socket]];
  await until(party, 'connected', ({ phase, recovered }) => phase === 'live' && recovered);

  const twice = next(io, 'connection');
  const end = next(once, 'disconnect');
  proxy.abandon();
  const [ghost] = (await twice) as [Socket];
  expect([once.id, ghost.id, ghost.recovered]).toEqual([socket.id, socket.id, true]);
  await until(party, 'connected', ({ phase, recovered }) => phase === 'live' && recovered);
  expect((await end)[0]).toBe('ping timeout');
  expect([io.sockets.sockets.size, ghost.connected, ghost.rooms.size]).toEqual([0, true, 0]);
  return { ...party, io, page, heard };
}

describe('a ghost session', () => {
  test('[RM-3, EN-2] is found by the rooms in the answer, and replaced by a fresh one that is in them', async () => {
    const { io, page, heard, ...party } = await haunted();
    io.to('room').emit('news', { n: 2 });
    await quiet();
    expect(heard).toEqual([{ n: 1 }]);
    expect(party.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });

    const before = party.statuses.length;
    page.say('visible');
    const { cause } = await until(party, 'reconnecting');
    expect(cause?.code).toBe('ghost-session');
    await until(party, 'connected', ({ phase }) => phase === 'live');
    expect(party.statuses.slice(before).some((status) => 'recovered' in status && status.recovered)).toBe(
      false,
    );
    expect(io.sockets.sockets.size).toBe(1);
    io.to('room').emit('news', { n: 3 });
    await expect.poll(() => heard).toEqual([{ n: 1 }, { n: 3 }]);

    page.say('resumed');
    await quiet();
    expect(party.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
  });

  test('[EN-2] lives, as far as an answer without rooms can tell', async () => {
    const party = await haunted(plain());
    const before = party.story().length;
    party.page.say('visible');
    await quiet();
    expect(party.story().slice(before)).toEqual([]);
  });
});
