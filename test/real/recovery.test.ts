import type { Server, Socket } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { socketIo } from '../../src/link/socket-io.ts';
import type { Heard } from '../support/recording-sink.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, type Trial, trial, use } from '../support/trial.ts';

/** A server that recovers sessions, a proxy to break the link with, and an open link that has had one event. */
async function recoverable(): Promise<
  Trial & { io: Server; proxy: FaultProxy; socket: Socket; url: string }
> {
  const { io, port, url } = use(await startServer({ connectionStateRecovery: {} }));
  const proxy = use(await FaultProxy.to(port));
  const party = trial(socketIo(proxy.url));
  const connection = next(io, 'connection');
  party.attempt(1);
  await party.sink.expect('opened');
  const [socket] = (await connection) as [Socket];
  // A session without a single event cannot be recovered.
  socket.emit('first', { n: 0 });
  expect(await party.sink.expect('received')).toMatchObject({
    event: 'first',
    args: [{ n: 0 }],
    replayed: false,
  });
  return { ...party, io, proxy, socket, url };
}

async function breakAndMiss(
  party: Awaited<ReturnType<typeof recoverable>>,
  miss: (socket: Socket) => void,
): Promise<void> {
  const gone = next(party.socket, 'disconnect');
  party.proxy.reset();
  await party.sink.expect('lost');
  await gone;
  miss(party.socket);
}

describe('connection state recovery', () => {
  test('[LK-1] [LK-7] a lost link is recovered: what was missed comes before `opened`, marked, in order, bare', async () => {
    const party = await recoverable();
    party.socket.join('room');
    await breakAndMiss(party, () => {
      for (let n = 1; n <= 3; n++) party.io.to('room').emit('missed', { n });
      party.io.emit('nothing to say');
    });
    const again = next(party.io, 'connection');
    party.attempt(2);
    for (let n = 1; n <= 3; n++) {
      expect(await party.sink.next()).toEqual({
        kind: 'received',
        epoch: 2,
        event: 'missed',
        args: [{ n }],
        replayed: true,
      });
    }
    expect(await party.sink.next()).toMatchObject({ event: 'nothing to say', args: [], replayed: true });
    expect(await party.sink.next()).toEqual({ kind: 'opened', epoch: 2, recovered: true });
    const [socket] = (await again) as [Socket];
    expect(socket.id).toBe(party.socket.id);
    socket.emit('live');
    expect(await party.sink.next()).toEqual({
      kind: 'received',
      epoch: 2,
      event: 'live',
      args: [],
      replayed: false,
    });
  });

  test('hanging up with `keepSession` is recovered', async () => {
    const { session, sink, socket, attempt } = await recoverable();
    const lost = next(socket, 'disconnect');
    session.hangUp(1, { keepSession: true });
    await lost;
    attempt(2);
    expect(await sink.expect('opened')).toMatchObject({ recovered: true });
  });

  test('what ended with a goodbye is never recovered, though the server would: ours, and the server’s', async () => {
    const party = await recoverable();
    const { io, session, sink, attempt } = party;
    // Once recovered, a session stays in the memory of the default adapter.
    await breakAndMiss(party, () => {});
    attempt(2);
    expect(await sink.expect('opened')).toMatchObject({ recovered: true });
    session.hangUp(2, { keepSession: false });
    attempt(3);
    expect(await sink.expect('opened')).toMatchObject({ epoch: 3, recovered: false });

    io.emit('an offset', {});
    await sink.expect('received');
    const lost = next([...io.sockets.sockets.values()][0] as Socket, 'disconnect');
    session.hangUp(3, { keepSession: true });
    await lost;
    attempt(4);
    expect(await sink.expect('opened')).toMatchObject({ recovered: true });
    io.disconnectSockets(true);
    await sink.expect('lost');
    attempt(5);
    expect(await sink.expect('opened')).toMatchObject({ epoch: 5, recovered: false });
  });

  test('a recovered link that went silent is not recovered again: the server may still hold it, and would make a ghost', async () => {
    const { io, port } = use(
      await startServer({ connectionStateRecovery: {}, pingInterval: 100, pingTimeout: 100 }),
    );
    const proxy = use(await FaultProxy.to(port));
    const { sink, attempt } = trial(socketIo(proxy.url));
    io.on('connection', (socket) => socket.join('room'));
    attempt(1);
    await sink.expect('opened');
    io.emit('first', {});
    await sink.expect('received');
    proxy.reset();
    await sink.expect('lost');
    await expect.poll(() => io.sockets.sockets.size).toBe(0);
    attempt(2);
    expect(await sink.expect('opened')).toMatchObject({ recovered: true });
    // Only the client is cut off: the server goes on hearing pongs late, or not at all, on a clock of its own.
    proxy.dropServerToClient();
    expect((await sink.expect('lost')).observed.reason).toBe('ping timeout');
    await proxy.heal();
    attempt(3);
    expect(await sink.expect('opened')).toMatchObject({ epoch: 3, recovered: false });
    await expect.poll(() => io.sockets.sockets.size).toBe(1);
    io.to('room').emit('to the room', {});
    expect(await sink.next()).toMatchObject({ kind: 'received', epoch: 3, event: 'to the room' });
  });

  test('an offset of an older session replays nothing into a newer one', async () => {
    const party = await recoverable();
    const { io, session, sink, attempt } = party;
    io.emit('known', { n: 1 });
    await sink.expect('received');
    session.hangUp(1, { keepSession: false });
    io.emit('between the sessions', {});
    attempt(2);
    expect(await sink.expect('opened')).toMatchObject({ recovered: false });
    // Nothing was received on this link, so that Socket.IO still holds the offset of the first one.
    const lost = next([...io.sockets.sockets.values()][0] as Socket, 'disconnect');
    party.proxy.reset();
    await sink.expect('lost');
    await lost;
    attempt(3);
    expect(await sink.next()).toMatchObject({ kind: 'opened', epoch: 3, recovered: false });
  });

  test('hanging up with `keepSession` while messages are still on their way out delivers them first', async () => {
    const { session, sink, socket, attempt } = await recoverable();
    const seen: unknown[] = [];
    socket.on('out', (n: number) => seen.push(n));
    const lost = next(socket, 'disconnect');
    for (let n = 0; n < 50; n++) session.emit('out', [n]);
    session.hangUp(1, { keepSession: true });
    attempt(2);
    await lost;
    expect(seen).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(await sink.expect('opened')).toMatchObject({ epoch: 2 });
  });

  test('[ID-1] a session of another identity never recovers this one’s', async () => {
    const { io, proxy, sink, attempt, session } = await recoverable();
    const link = socketIo(proxy.url);
    proxy.reset();
    await sink.expect('lost');
    const bob = trial(link, 'bob');
    const connection = next(io, 'connection');
    bob.attempt(1, { token: 'of bob' });
    expect(await bob.sink.expect('opened')).toMatchObject({ recovered: false });
    const [socket] = (await connection) as [Socket];
    expect(socket.handshake.auth).toEqual({ token: 'of bob' });
    expect(bob.sink.unread).toEqual([]);
    await session.close();
    attempt(2);
    await quiet();
    expect(sink.unread).toEqual([]);
  });

  test('what was replayed to an attempt that is then refused is told to nobody, not even later', async () => {
    const { io, port } = use(
      await startServer({
        connectionStateRecovery: { skipMiddlewares: false, maxDisconnectionDuration: 60_000 },
      }),
    );
    let welcome = true;
    io.use((_, proceed) => proceed(welcome ? undefined : new Error('unauthorized')));
    const proxy = use(await FaultProxy.to(port));
    const { sink, attempt } = trial(socketIo(proxy.url));
    const connection = next(io, 'connection');
    attempt(1);
    await sink.expect('opened');
    const [socket] = (await connection) as [Socket];
    socket.emit('first');
    await sink.expect('received');
    const gone = next(socket, 'disconnect');
    proxy.reset();
    await sink.expect('lost');
    await gone;
    io.emit('secret', 'text');
    welcome = false;
    attempt(2);
    expect(await sink.next()).toMatchObject({ kind: 'refused', epoch: 2 });
    welcome = true;
    attempt(3);
    const heard: Heard[] = [await sink.next(), await sink.next()];
    // The session is still there: the server replays once more, and once is what is told.
    expect(heard.map(({ kind }) => kind)).toEqual(['received', 'opened']);
    await quiet();
    expect(sink.unread).toEqual([]);
  });
});

describe('[LK-7] the offset', () => {
  test('strings of the app survive: volatile events have no offset, and some strings look like one', async () => {
    const { socket, sink } = await recoverable();
    for (const said of [
      'private',
      'Welcome',
      'a.b',
      '1234567',
      'QWERTYU',
      '2026-1',
      '65f1c0ffee65f1c0ffee65f1',
    ]) {
      socket.volatile.emit('said', said);
      expect((await sink.expect('received')).args).toEqual([said]);
      socket.emit('said', said);
      expect((await sink.expect('received')).args).toEqual([said]);
      socket.emit('said', { more: 1 }, said);
      expect((await sink.expect('received')).args).toEqual([{ more: 1 }, said]);
    }
  });

  test('many events within one millisecond have offsets with a suffix, and those go too', async () => {
    const { socket, sink } = await recoverable();
    for (let n = 0; n < 200; n++) socket.emit('zero');
    for (let n = 0; n < 200; n++) expect((await sink.expect('received')).args).toEqual([]);
  });

  test('a server without recovery appends nothing, so nothing is taken away', async () => {
    const { io, url } = use(await startServer());
    const connection = next(io, 'connection');
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    const [socket] = (await connection) as [Socket];
    const alike = `${Date.now()}-0`;
    socket.emit('said', alike);
    expect((await sink.expect('received')).args).toEqual([alike]);
  });
});
