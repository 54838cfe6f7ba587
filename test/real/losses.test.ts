import type { Socket } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../support/fault-proxy.ts';
import { type Live, live, until, untilProven } from '../support/live.ts';
import { forkServer, next, startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

/** A live connection of alice, and her socket at the server. */
async function connected(
  options: Parameters<typeof live>[1] = {},
): Promise<{ run: Live; socket: Socket; url: string }> {
  const { io, url } = use(await startServer());
  const arrival = next(io, 'connection');
  const run = live(url, options);
  run.connection.connect('alice');
  const [socket] = await arrival;
  await run.connection.ready();
  return { run, socket: socket as Socket, url };
}

function say(socket: Socket, word: object): void {
  socket.emit('holdfast:bye', word);
  socket.disconnect(true);
}

describe('the server closes the link itself', () => {
  test('[RE-7, LC-3] superseded: idle, and it stays so until it is taken back', async () => {
    const { run, socket } = await connected();
    say(socket, { code: 'superseded' });
    expect(await until(run, 'idle', ({ reason }) => reason === 'superseded')).toBeDefined();
    expect(run.asked).toHaveLength(1);
    run.connection.retry();
    await run.connection.ready();
  });

  test('[RE-7] expired: one attempt at once, with a fresh credential', async () => {
    const { run, socket } = await connected();
    say(socket, { code: 'expired' });
    await until(run, 'reconnecting');
    await run.connection.ready();
    expect(run.asked.map(({ reason, forceRefresh }) => [reason, forceRefresh])).toEqual([
      ['connect', false],
      ['expired', true],
    ]);
    expect(run.story().slice(4)).toEqual([
      'reconnecting.credential 2',
      'reconnecting.handshake 2',
      'connected.live',
    ]);
  });

  test('[RE-7, CR-7] forbidden: auth-failed', async () => {
    const { run, socket } = await connected();
    say(socket, { code: 'forbidden' });
    expect((await until(run, 'auth-failed')).cause).toMatchObject({ code: 'forbidden' });
    expect(run.asked).toHaveLength(1);
  });

  test('[RE-7, RE-2] draining: its `retryAfter` is a floor, and no refresh is asked for', async () => {
    const { run, socket } = await connected();
    say(socket, { code: 'draining', retryAfter: 200 });
    const { cause, retryAt, since } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'draining' });
    expect(retryAt).toBeGreaterThanOrEqual(since + 200);
    await run.connection.ready();
    expect(run.asked[1]).toMatchObject({ reason: 'reconnect', forceRefresh: false });
  });

  test('[RE-7] without a word: a fresh credential, under backoff', async () => {
    const { run, socket } = await connected();
    socket.disconnect(true);
    expect(await until(run, 'reconnecting')).toMatchObject({ phase: 'waiting', cause: { code: 'kicked' } });
    await run.connection.ready();
    expect(run.asked[1]).toMatchObject({ reason: 'kicked', forceRefresh: true });
  });

  test('[LC-7, LC-8] whoever is accepted and thrown out again and again is not let off the count', async () => {
    const { io, url } = use(await startServer());
    io.on('connection', (socket) => socket.disconnect(true));
    const run = live(url, { reconnect: { maxAttempts: 4 } });
    run.connection.connect('alice');
    const { attempts, cause } = await until(run, 'exhausted');
    expect(attempts).toBe(4);
    expect(cause).toMatchObject({ code: 'kicked' });
    expect(run.connection.stats()).toMatchObject({ connections: 4, losses: { kicked: 4 } });
  });
});

describe('the network breaks', () => {
  test.each(['reset', 'cut'] as const)('[LC-6] %s: one outage, and back', async (fault) => {
    const { port } = use(await startServer());
    const proxy = use(await FaultProxy.to(port));
    const run = live(proxy.url, { reconnect: { stableAfter: 1 } });
    run.connection.connect('alice');
    await run.connection.ready();
    await untilProven(run);
    proxy[fault]();
    expect(await until(run, 'reconnecting')).toMatchObject({
      attempt: 1,
      cause: { code: 'transport-closed' },
    });
    await run.connection.ready();
    expect(run.connection.stats()).toMatchObject({ connections: 2, losses: { 'transport-closed': 1 } });
  });

  test.each(['blackhole', 'dropServerToClient'] as const)(
    '[LC-6, LK-5] %s: a ping timeout',
    async (fault) => {
      const { port } = use(await startServer({ pingInterval: 100, pingTimeout: 100 }));
      const proxy = use(await FaultProxy.to(port));
      const run = live(proxy.url, { handshakeTimeout: 100 });
      run.connection.connect('alice');
      await run.connection.ready();
      proxy[fault]();
      expect((await until(run, 'reconnecting')).cause).toMatchObject({ code: 'ping-timeout' });
      // Whoever dials into the hole hears nothing either, until it is healed.
      await until(run, 'reconnecting', ({ cause }) => cause.code === 'handshake-timeout');
      await proxy.heal();
      await run.connection.ready();
    },
  );

  test('[RE-8] a middleware that hangs: a deadline, and what it says later changes nothing', async () => {
    const { io, url } = use(await startServer());
    const hanging: (() => void)[] = [];
    io.use((_, proceed) => {
      if (hanging.length === 0) hanging.push(proceed);
      else proceed();
    });
    const run = live(url, { handshakeTimeout: 100 });
    run.connection.connect('alice');
    expect((await until(run, 'reconnecting')).cause).toMatchObject({ code: 'handshake-timeout' });
    await run.connection.ready();
    hanging[0]?.();
    io.on('connection', (socket) => socket.on('here', (_, answer) => answer(io.engine.clientsCount)));
    await expect(run.connection.request('here', 1, { timeout: 50 })).rejects.toMatchObject({
      code: 'no-answer',
    });
    expect(io.sockets.sockets.size).toBe(1);
    expect(run.connection.stats().connections).toBe(1);
  });

  test('[LC-6, RE-1] kill -9 and back: one outage with a `since` of its own, whatever fails inside it', async () => {
    const first = use(await forkServer());
    const run = live(first.url, { reconnect: { stableAfter: 1 } });
    run.connection.connect('alice');
    await run.connection.ready();
    await untilProven(run);
    await first.kill();
    await until(run, 'reconnecting', ({ attempt }) => attempt === 3);
    const second = use(await forkServer(first.port));
    expect(second.port).toBe(first.port);
    await run.connection.ready();
    const outage = run.statuses.filter((status) => status.state === 'reconnecting');
    expect(new Set(outage.map(({ since }) => since)).size).toBe(1);
    const waits = outage.filter(({ phase }) => phase === 'waiting');
    expect(waits.map(({ attempt }) => attempt)).toEqual(waits.map((_, index) => index + 1));
    expect(new Set(waits.map(({ cause }) => cause.code))).toEqual(new Set(['transport-closed', 'network']));
  });

  test('[LC-8] nobody there: exhausted after `maxAttempts`, with the reason, and retry starts afresh', async () => {
    const first = use(await forkServer());
    await first.kill();
    const run = live(first.url, { reconnect: { maxAttempts: 3 } });
    run.connection.connect('alice');
    const { attempts, cause } = await until(run, 'exhausted');
    expect(attempts).toBe(3);
    expect(cause).toMatchObject({ code: 'network' });
    expect(cause.message).toContain('ECONNREFUSED');
    use(await forkServer(first.port));
    run.connection.retry();
    await run.connection.ready();
    expect(run.asked.at(-1)).toMatchObject({ reason: 'retry', attempt: 1 });
  });

  test('[LK-5] a message larger than the server takes ends the link, with a code that says so', async () => {
    const { io, url } = use(await startServer({ maxHttpBufferSize: 10_000 }));
    const run = live(url);
    run.connection.connect('alice');
    await run.connection.ready();
    run.connection.volatile('essay', 'x'.repeat(50_000));
    expect((await until(run, 'reconnecting')).cause).toMatchObject({ code: 'message-too-big' });
    await run.connection.ready();
    expect(io.sockets.sockets.size).toBe(1);
  });
});

test('[ST-1, MS-1] with recovery at the server the session survives, and what was missed is marked', async () => {
  const { io, port } = use(await startServer({ connectionStateRecovery: {} }));
  const proxy = use(await FaultProxy.to(port));
  const run = live(proxy.url);
  const received: unknown[] = [];
  run.connection.messages$.subscribe(({ event, args, replayed }) => received.push([event, args, replayed]));
  const hello = new Promise<void>((resolve) => run.connection.on('hello').subscribe(() => resolve()));
  const arrival = next(io, 'connection');
  run.connection.connect('alice');
  const [socket] = await arrival;
  // Without an event there is no offset to recover from.
  socket.emit('hello', 1);
  await hello;
  expect(run.connection.getStatus()).toMatchObject({ state: 'connected', recovered: false });
  const gone = next(socket, 'disconnect');
  proxy.refuse();
  proxy.reset();
  await Promise.all([gone, until(run, 'reconnecting')]);
  io.emit('missed', { text: 'while you were away' });
  await proxy.heal();
  expect(await until(run, 'connected')).toMatchObject({ recovered: true, phase: 'live' });
  expect(received).toEqual([
    ['hello', [1], false],
    ['missed', [{ text: 'while you were away' }], true],
  ]);
});
