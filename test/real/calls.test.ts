import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { LinkCallError } from '../../src/link/link.ts';
import { socketIo } from '../../src/link/socket-io.ts';
import { Secret } from '../../src/secret.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, trial, use } from '../support/trial.ts';

const secret = new Secret({ token: 'a-good-token' });
const keep = { keepSession: true } as const;

describe('emit and call', () => {
  test('emit sends now or never: nothing waits for the next link', async () => {
    const { io, url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    const events: unknown[] = [];
    io.on('connection', (socket) => socket.onAny((...args) => events.push(args)));
    expect(session.emit('too early', [1])).toBe(false);
    session.dial(1);
    expect(session.emit('while dialling', [1])).toBe(false);
    session.authenticate(1, secret);
    await sink.expect('opened');
    expect(session.emit('in time', [1, { a: [2] }, new Uint8Array([3])])).toBe(true);
    await expect.poll(() => events).toEqual([['in time', 1, { a: [2] }, Buffer.from([3])]]);
    session.hangUp(1, keep);
    expect(session.emit('too late', [])).toBe(false);
    attempt(2);
    await sink.expect('opened');
    await quiet();
    expect(events).toHaveLength(1);
  });

  test('emit says false to what Socket.IO cannot send, and the link goes on', async () => {
    const { url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    for (const name of [
      'connect',
      'connect_error',
      'disconnect',
      'disconnecting',
      'newListener',
      'removeListener',
    ]) {
      expect(session.emit(name, [])).toBe(false);
      await expect(session.call(name, [], 1000)).rejects.toBeInstanceOf(LinkCallError);
    }
    expect(session.emit('x', [1n])).toBe(false);
    expect(session.emit('x', [circular])).toBe(false);
    expect(session.emit('x', [() => {}])).toBe(false);
    await expect(session.call('x', [1n], 1000)).rejects.toBeInstanceOf(LinkCallError);
    expect(session.emit('__proto__', [])).toBe(true);
    await quiet();
    expect(sink.unread).toEqual([]);
  });

  test('call gives the first argument of the acknowledgement, whatever it is', async () => {
    const { io, url } = use(await startServer());
    io.on('connection', (socket) => socket.on('echo', (said, answer) => answer(said, 'more')));
    const { session, sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    for (const said of [null, 0, '', 'text', { error: 'no' }, [1], false]) {
      expect(await session.call('echo', [said], 5000)).toEqual(said);
    }
  });

  test('call ends without an answer: not open, in time, with the link, with the session', async () => {
    const { url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    await expect(session.call('x', [], 1000)).rejects.toMatchObject({
      name: 'LinkCallError',
      reason: 'not-open',
    });
    attempt(1);
    await sink.expect('opened');
    for (const timeout of [20, 0, -1, Number.NaN]) {
      await expect(session.call('nobody answers', [], timeout)).rejects.toMatchObject({ reason: 'timeout' });
    }
    const forever = [Number.POSITIVE_INFINITY, 1e12].map((timeout) =>
      session.call('nobody answers', [], timeout),
    );
    const allLost = Promise.all(
      forever.map((call) => expect(call).rejects.toMatchObject({ reason: 'lost' })),
    );
    // Timers of more than 2^31 ms go off at once: a short while, for asserting that these do not.
    await quiet(20);
    session.hangUp(1, keep);
    await allLost;
    attempt(2);
    await sink.expect('opened');
    const closed = expect(session.call('nobody answers', [], 1e9)).rejects.toMatchObject({ reason: 'lost' });
    await session.close();
    await closed;
  });

  test('call ends with the network, and a late answer of the old link changes nothing', async () => {
    const { io, port } = use(await startServer());
    const proxy = use(await FaultProxy.to(port));
    const answers: ((said: string) => void)[] = [];
    io.on('connection', (socket) => socket.on('ask', (answer) => answers.push(answer)));
    const { session, sink, attempt } = trial(socketIo(proxy.url));
    attempt(1);
    await sink.expect('opened');
    const first = session.call('ask', [], 5000);
    await expect.poll(() => answers).toHaveLength(1);
    proxy.reset();
    await expect(first).rejects.toMatchObject({ reason: 'lost' });
    await sink.expect('lost');
    attempt(2);
    await sink.expect('opened');
    const second = session.call('ask', [], 5000);
    await expect.poll(() => answers).toHaveLength(2);
    answers[0]?.('late');
    answers[1]?.('in time');
    expect(await second).toBe('in time');
  });

  test('with an expired ping nothing is kept for later, though Socket.IO still calls itself connected', async () => {
    const { io, url } = use(await startServer({ pingInterval: 60, pingTimeout: 40 }));
    const { session, sink, attempt } = trial(socketIo(url));
    const events: unknown[] = [];
    io.on('connection', (socket) => socket.onAny((event) => events.push(event)));
    attempt(1);
    await sink.expect('opened');
    // The process stalls, as in a laptop that sleeps: timers are overdue when it goes on.
    const until = Date.now() + 250;
    while (Date.now() < until);
    expect(session.emit('into the void', [])).toBe(false);
    await expect(session.call('into the void', [], 1000)).rejects.toMatchObject({ reason: 'not-open' });
    await sink.expect('lost');
    attempt(2);
    await sink.expect('opened');
    await quiet();
    expect(events).toEqual([]);
  });

  test('the server may wait for an answer, and gets it from the link that it asked', async () => {
    const { io, url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    const connection = next(io, 'connection');
    attempt(1);
    await sink.expect('opened');
    const [socket] = await connection;
    const asked = socket.timeout(5000).emitWithAck('sum', 1, 2);
    const { args } = await sink.expect('received');
    expect(args.slice(0, 2)).toEqual([1, 2]);
    const answer = args[2] as (sum: number) => void;
    answer(3);
    expect(await asked).toBe(3);
    void socket.emit('again', () => {});
    const again = (await sink.expect('received')).args[0] as (said: string) => void;
    session.hangUp(1, keep);
    const dialled = next(io.engine as never, 'connection');
    session.dial(2);
    await dialled;
    await quiet(20);
    again('to an engine that has not greeted yet');
    session.authenticate(2, secret);
    await sink.expect('opened');
    again('to another link');
    await quiet();
    expect(sink.unread).toEqual([]);
  });
});
