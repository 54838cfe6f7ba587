import { describe, expect, test } from 'vitest';
import { socketIo } from '../../src/link/socket-io.ts';
import { Secret } from '../../src/secret.ts';
import { speaksEngine } from '../support/odd-peers.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, trial, use } from '../support/trial.ts';

const secret = new Secret({ token: 'a-good-token' });
const keep = { keepSession: true } as const;
const leave = { keepSession: false } as const;

describe('[LK-2] one attempt at a time', () => {
  test('two dials in one tick make one connection, with the later credential', async () => {
    const { io, url } = use(await startServer());
    const { sink, attempt } = trial(socketIo(url));
    let engines = 0;
    io.engine.on('connection', () => (engines += 1));
    attempt(1, { token: 'the first one' });
    attempt(2, { token: 'the second one' });
    expect(await sink.expect('opened')).toMatchObject({ epoch: 2 });
    await quiet();
    expect(engines).toBe(1);
    expect([...io.sockets.sockets.values()].map((socket) => socket.handshake.auth['token'])).toEqual([
      'the second one',
    ]);
    expect(sink.unread).toEqual([]);
  });

  test('disconnect and connect in one tick leaves exactly one link', async () => {
    const { io, url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    for (let epoch = 2; epoch <= 10; epoch++) {
      session.hangUp(epoch - 1, leave);
      attempt(epoch);
    }
    expect(await sink.expect('opened')).toMatchObject({ epoch: 10 });
    await quiet();
    expect(io.sockets.sockets.size).toBe(1);
    expect(io.engine.clientsCount).toBe(1);
  });

  test('a dial while the handshake of another is pending sends no second CONNECT over the first engine', async () => {
    const { io, url } = use(await startServer());
    const held: (() => void)[] = [];
    io.use((_, proceed) => void held.push(proceed));
    const { sink, attempt } = trial(socketIo(url));
    const connects: unknown[] = [];
    io.engine.on('connection', (engine: { on(event: string, listener: (data: unknown) => void): void }) => {
      engine.on('data', (data) => connects.push(data));
    });
    attempt(1, { token: 'first' });
    await expect.poll(() => held.length).toBe(1);
    attempt(2, { token: 'second' });
    await expect.poll(() => held.length).toBe(2);
    for (const proceed of held) proceed();
    expect(await sink.expect('opened')).toMatchObject({ epoch: 2 });
    await quiet();
    expect(sink.unread).toEqual([]);
    expect(io.sockets.sockets.size).toBe(1);
    expect(connects.filter((data) => String(data).startsWith('0'))).toEqual([
      '0{"token":"first"}',
      '0{"token":"second"}',
    ]);
  });

  test('[CR-11] a credential that comes after the hang-up, or for an older attempt, goes nowhere', async () => {
    const { io, url } = use(await startServer());
    const { session, sink } = trial(socketIo(url));
    const tokens: unknown[] = [];
    io.use((socket, proceed) => {
      tokens.push(socket.handshake.auth['token']);
      proceed();
    });
    const dialled = next(io.engine as never, 'connection');
    session.dial(1);
    await dialled;
    await quiet(20);
    session.hangUp(1, leave);
    session.authenticate(1, new Secret({ token: 'after the hang-up' }));
    session.dial(2);
    session.authenticate(1, new Secret({ token: 'of an older attempt' }));
    session.authenticate(2, new Secret({ token: 'of this one' }));
    expect(await sink.expect('opened')).toMatchObject({ epoch: 2 });
    await quiet();
    expect(tokens).toEqual(['of this one']);
  });

  test('calls with an epoch that is not the current one do nothing', async () => {
    const { io, url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    attempt(5);
    await sink.expect('opened');
    session.dial(5);
    session.dial(4);
    session.dial(Number.NaN);
    session.hangUp(4, leave);
    session.hangUp(6, leave);
    await quiet();
    expect(sink.unread).toEqual([]);
    expect(io.sockets.sockets.size).toBe(1);
    expect(session.emit('still', [])).toBe(true);
  });

  test('what the old link said already, and was not handed out yet, is not taken for an answer to the next attempt', async () => {
    // Both packets arrive in one piece: the event is told, and the goodbye is decoded behind it.
    const peer = use(await speaksEngine({ afterConnect: ['40{"sid":"a"}', '42["bye"]', '41'] }));
    const { session, sink, attempt } = trial(socketIo(peer.url));
    sink.react = (heard) => {
      if (heard.kind !== 'received' || heard.epoch > 5) return;
      session.hangUp(heard.epoch, leave);
      attempt(heard.epoch + 1);
    };
    attempt(1);
    for (let epoch = 1; epoch <= 6; epoch++) {
      expect(await sink.expect('opened')).toMatchObject({ epoch });
      expect(await sink.expect('received')).toMatchObject({ epoch, event: 'bye' });
    }
    expect(await sink.expect('lost')).toMatchObject({
      epoch: 6,
      observed: { reason: 'io server disconnect' },
    });
    await quiet();
    expect(sink.unread).toEqual([]);
  });

  test.each(['opened', 'lost', 'received'] as const)(
    'the sink may dial anew while it is told: %s',
    async (kind) => {
      const { io, url } = use(await startServer());
      const { sink, attempt } = trial(socketIo(url));
      let first = true;
      io.on('connection', (socket) => {
        socket.emit('hello');
        if (kind === 'lost' && first) socket.disconnect(true);
        first = false;
      });
      sink.react = (heard) => {
        if (heard.kind === kind && heard.epoch === 1) attempt(2);
      };
      attempt(1);
      await expect.poll(() => sink.settlements(2)).toHaveLength(1);
      await expect.poll(() => io.sockets.sockets.size).toBe(1);
      expect(io.engine.clientsCount).toBe(1);
      expect(sink.settlements(1)).toHaveLength(1);
    },
  );

  test('a sink that throws, against the contract, leaves the session in order', async () => {
    const { url } = use(await startServer());
    const { sink, attempt } = trial(socketIo(url));
    sink.react = () => {
      throw new Error('defect in the sink');
    };
    attempt(1);
    await sink.expect('opened');
    attempt(2);
    expect(await sink.expect('opened')).toMatchObject({ epoch: 2 });
  });
});

describe('hanging up', () => {
  test.each([leave, keep])('nothing more is heard: %j', async (how) => {
    const { io, url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    const connection = next(io, 'connection');
    attempt(1);
    await sink.expect('opened');
    const [socket] = await connection;
    const seen = next(socket, 'disconnect');
    socket.emit('on its way');
    session.hangUp(1, how);
    const [reason] = await seen;
    expect(reason).toBe(how.keepSession ? 'transport close' : 'client namespace disconnect');
    await quiet();
    expect(sink.unread).toEqual([]);
    expect(session.emit('x', [])).toBe(false);
  });

  test('during the dial, at every moment of it', async () => {
    const { io, url } = use(await startServer());
    const { session, sink } = trial(socketIo(url));
    for (let epoch = 1; epoch <= 40; epoch++) {
      session.dial(epoch);
      if (epoch % 2 === 0) session.authenticate(epoch, secret);
      for (let turn = 0; turn < epoch / 2; turn++) await new Promise(setImmediate);
      if (sink.settlements(epoch).length > 0) break;
      session.hangUp(epoch, epoch % 3 === 0 ? keep : leave);
    }
    const told = sink.heard.length;
    await expect.poll(() => io.engine.clientsCount).toBeLessThanOrEqual(1);
    await quiet();
    expect(sink.heard.length).toBe(told);
    session.dial(100);
    session.authenticate(100, secret);
    await expect.poll(() => sink.settlements(100)).toHaveLength(1);
  });
});

describe('after close()', () => {
  test('nothing dials, sends or tells any more, and closing again is fine', async () => {
    const { io, url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    await Promise.all([session.close(), session.close()]);
    await session.close();
    attempt(2);
    session.hangUp(1, leave);
    expect(session.emit('x', [])).toBe(false);
    await expect(session.call('x', [], 100)).rejects.toMatchObject({ reason: 'not-open' });
    await expect.poll(() => io.engine.clientsCount).toBe(0);
    await quiet();
    expect(sink.unread).toEqual([]);
  });
});
