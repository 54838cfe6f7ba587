import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Namespace, Server, Socket } from 'socket.io';
import { Manager } from 'socket.io-client';
import { describe, expect, test, vi } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { socketIo } from '../../src/link/socket-io.ts';
import { live, until } from '../support/live.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, type Trial, trial, use } from '../support/trial.ts';
import { createWorld } from '../support/world.ts';

type LinkOptions = Parameters<typeof socketIo>[1];

/** An open link through a proxy, and the Socket that the server has for it. */
async function opened(
  prepare: (io: Server) => void = () => {},
  { at = '', options }: { at?: string; options?: LinkOptions } = {},
): Promise<Trial & { io: Server; proxy: FaultProxy; socket: Socket }> {
  const { io, port } = use(await startServer({ connectionStateRecovery: {} }));
  const namespace = io.of(at.replace(/\?.*/, '') || '/');
  prepare(io);
  const proxy = use(await FaultProxy.to(port));
  const party = trial(socketIo(`${proxy.url}${at}`, options));
  const connection = next(namespace, 'connection');
  party.attempt(1);
  await party.sink.expect('opened');
  const [socket] = (await connection) as [Socket];
  return { ...party, io, proxy, socket };
}

/** Resolves with the sign of life. */
function signOf({ session }: Trial): Promise<string> {
  return new Promise((resolve) => session.probe?.(() => resolve('alive')));
}

/** Everything that the server was asked for by the name of a namespace, once for each CONNECT. */
function accepting(io: Server, connected: (socket: Socket) => void = () => {}): Namespace[] {
  const asked: Namespace[] = [];
  io.of(/^\/.+$/).on('connection', (socket) => {
    asked.push(socket.nsp);
    connected(socket);
  });
  return asked;
}

describe('[EN-2] a sign of life', () => {
  test.each<[string, LinkOptions]>([
    ['WebSocket', {}],
    ['polling', { transports: ['polling'], upgrade: false }],
    ['polling that is being upgraded', { transports: ['polling', 'websocket'] }],
  ])('is given over %s, again and again, and nothing else is heard of it', async (_, options) => {
    const party = await opened(() => {}, { options });
    for (let n = 0; n < 5; n += 1) expect(await signOf(party)).toBe('alive');
    expect(party.session.emit('still', ['here'])).toBe(true);
    expect(await next(party.socket, 'still')).toEqual(['here']);
    expect(party.sink.unread).toEqual([]);
  });

  test('has no effect on the server: no Socket, no middleware, no event', async () => {
    let presented = 0;
    let connections = 0;
    const party = await opened((io) => {
      io.use((_, proceed) => {
        presented += 1;
        proceed();
      });
      io.on('connection', () => {
        connections += 1;
      });
      io.on('new_namespace', () => {
        connections += 1;
      });
    });
    const said: unknown[] = [];
    party.socket.onAny((event) => said.push(event));
    for (let n = 0; n < 10; n += 1) await signOf(party);
    expect([presented, connections, party.io.engine.clientsCount]).toEqual([1, 1, 1]);
    expect([...party.io.sockets.sockets.keys()]).toEqual([party.socket.id]);
    expect(said).toEqual([]);
  });

  test.each(['/x', '/x?tenant=7', '/holdfast-probe', '/holdfast-probe-2'])(
    'is given where the app has the namespace %s',
    async (at) => {
      const party = await opened(() => {}, { at });
      for (let n = 0; n < 3; n += 1) expect(await signOf(party)).toBe('alive');
      expect(party.socket.connected).toBe(true);
      expect(party.sink.unread).toEqual([]);
    },
  );

  test('is given by a server that knows no namespace of the kind and refuses in its own words', async () => {
    const party = await opened((io) => {
      io.of(/^\/.+$/).use((_, proceed) => proceed(new Error('who are you?')));
    });
    for (let n = 0; n < 3; n += 1) expect(await signOf(party)).toBe('alive');
    expect(party.sink.unread).toEqual([]);
  });

  test('is not asked for where nothing is open', async () => {
    const { io, url } = use(await startServer());
    const held = new Promise<void>((resolve) => io.use(() => resolve()));
    const { session, attempt } = trial(socketIo(url));
    const answered = vi.fn();
    session.probe?.(answered);
    attempt(1);
    session.probe?.(answered);
    await held;
    session.probe?.(answered);
    session.hangUp(1, { keepSession: false });
    session.probe?.(answered);
    await session.close();
    session.probe?.(answered);
    await expect.poll(() => io.engine.clientsCount).toBe(0);
    expect(answered).not.toHaveBeenCalled();
  });

  test('is told once, and to who asked last', async () => {
    const party = await opened();
    const [first, second] = [vi.fn(), vi.fn()];
    party.session.probe?.(first);
    party.session.probe?.(second);
    await expect.poll(() => second.mock.calls.length).toBe(1);
    await signOf(party);
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([0, 1]);
  });

  test('may be asked for by whoever is told of one, and a throw there breaks nothing', async () => {
    const party = await opened();
    const told = await new Promise((resolve) => {
      party.session.probe?.(() => {
        party.session.probe?.(() => resolve('again'));
        throw new Error('a defect');
      });
    });
    expect(told).toBe('again');
    expect(await signOf(party)).toBe('alive');
  });

  test('a thousand of them leave no listener and no second Socket', async () => {
    const made = vi.spyOn(Manager.prototype, 'socket');
    const party = await opened();
    const manager = made.mock.contexts[0] as Manager;
    const listeners = () =>
      (['open', 'packet', 'error', 'close'] as const).map((of) => manager.listeners(of));
    const before = listeners();
    for (let n = 0; n < 1_000; n += 1) await signOf(party);
    expect(listeners()).toEqual(before);
    const sockets = new Set(made.mock.results.map(({ value }) => value));
    made.mockRestore();
    expect(sockets.size).toBe(2);
    for (const socket of sockets) {
      expect([socket.listeners('connect').length, socket.listeners('connect_error').length]).toEqual([1, 1]);
    }
  });
});

describe('[EN-2] a server that takes any namespace', () => {
  test('gives a sign of life as well, sees no credential, and is left at once', async () => {
    let asked: Namespace[] = [];
    const auths: unknown[] = [];
    const left: unknown[] = [];
    const party = await opened((io) => {
      asked = accepting(io, (socket) => {
        auths.push(socket.handshake.auth);
        socket.on('disconnect', (reason) => left.push(reason));
      });
    });
    expect(await signOf(party)).toBe('alive');
    await expect.poll(() => left).toEqual(['client namespace disconnect']);
    expect(asked.map(({ name }) => name)).toEqual(['/holdfast-probe']);
    expect(auths).toEqual([{}]);
    expect([asked[0]?.sockets.size, party.io.engine.clientsCount]).toEqual([0, 1]);
  });

  test('keeps the link, however fast it is asked', async () => {
    let asked: Namespace[] = [];
    const party = await opened((io) => {
      asked = accepting(io);
    });
    // The next question goes out together with the goodbye.
    let told = 0;
    await new Promise<void>((resolve) => {
      const again = () => {
        told += 1;
        if (told === 200) resolve();
        else party.session.probe?.(again);
      };
      party.session.probe?.(again);
    });
    expect(party.socket.connected).toBe(true);
    expect(new Set(asked.map(({ name }) => name)).size).toBe(2);
    await expect.poll(() => asked.every(({ sockets }) => sockets.size === 0)).toBe(true);
    expect(party.sink.unread).toEqual([]);
  });

  test('and throws it out again at once keeps the link: the goodbyes do not cross', async () => {
    const party = await opened((io) => {
      accepting(io, (socket) => socket.disconnect());
    });
    for (let n = 0; n < 20; n += 1) expect(await signOf(party)).toBe('alive');
    await quiet();
    expect(party.socket.connected).toBe(true);
    expect(party.sink.unread).toEqual([]);
  });

  test('and forgets to answer is silent, is asked no second time, and holds nothing back', async () => {
    let asked = 0;
    const party = await opened((io) => {
      io.of(/^\/.+$/).use(() => {
        asked += 1;
      });
    });
    const answered = vi.fn();
    party.session.probe?.(answered);
    party.session.probe?.(answered);
    await expect.poll(() => asked).toBe(1);
    await quiet();
    expect([asked, answered.mock.calls.length]).toEqual([1, 0]);
    party.session.hangUp(1, { keepSession: false });
    await expect.poll(() => party.io.engine.clientsCount).toBe(0);
  });
});

describe('[EN-2] a link that ends while it is asked', () => {
  /** Asked, and the answer is held back. */
  async function asked(): Promise<
    Awaited<ReturnType<typeof opened>> & { answered: ReturnType<typeof vi.fn> }
  > {
    const party = await opened();
    party.socket.emit('first', {});
    await party.sink.expect('received');
    party.proxy.dropServerToClient();
    const answered = vi.fn();
    party.session.probe?.(answered);
    return { ...party, answered };
  }

  test.each(['hung up', 'hung up for a while', 'dialled', 'closed'])(
    'is %s, and tells nothing',
    async (how) => {
      const party = await asked();
      const gone = next(party.socket, 'disconnect');
      if (how === 'dialled') party.session.dial(2);
      else if (how === 'closed') void party.session.close();
      else party.session.hangUp(1, { keepSession: how !== 'hung up' });
      await party.proxy.heal();
      const [reason] = await gone;
      expect(reason).toBe(how === 'hung up for a while' ? 'transport close' : 'client namespace disconnect');
      if (how !== 'dialled') await expect.poll(() => party.io.engine.clientsCount).toBe(0);
      await quiet();
      expect([party.answered.mock.calls, party.sink.unread]).toEqual([[], []]);
    },
  );

  test('and is dialled again hears the answers to its own questions alone', async () => {
    const party = await asked();
    party.session.hangUp(1, { keepSession: true });
    await party.proxy.heal();
    await expect.poll(() => party.io.engine.clientsCount).toBe(0);
    party.attempt(2);
    expect(await party.sink.expect('opened')).toMatchObject({ epoch: 2, recovered: true });
    expect(await signOf(party)).toBe('alive');
    await quiet();
    expect([party.answered.mock.calls, party.sink.unread]).toEqual([[], []]);
  });

  test.each<[string, LinkOptions]>([
    ['kick', {}],
    ['reset', {}],
    ['close', {}],
    ['reset over polling', { transports: ['polling'], upgrade: false }],
  ])('by a %s is lost once, told of no sign, and leaves no engine', async (how, options) => {
    // The question stays open, and with it a namespace that the Manager believes to be in use.
    const asked = vi.fn();
    const party = await opened((io) => io.of(/^\/.+$/).use(asked), { options });
    const answered = vi.fn();
    party.session.probe?.(answered);
    await expect.poll(() => asked.mock.calls.length).toBe(1);
    if (how === 'kick') party.socket.disconnect();
    else if (how === 'close') party.socket.conn.close();
    else party.proxy.reset();
    await party.sink.expect('lost');
    // Sooner than what carried the link would be cut off.
    if (options?.upgrade !== false) {
      await expect.poll(() => party.io.engine.clientsCount, { timeout: 400, interval: 10 }).toBe(0);
    }
    party.attempt(2);
    await party.sink.expect('opened');
    expect([answered.mock.calls, party.sink.unread]).toEqual([[], []]);
  });

  test('[LC-10] in a black hole is silent, and a hang-up leaves nothing: the process ends by itself', async () => {
    const { port } = use(await startServer());
    const proxy = use(await FaultProxy.to(port));
    const script = fileURLToPath(new URL('../support/leave-child.ts', import.meta.url));
    const child = fork(script, [proxy.url], { execArgv: ['--import', 'tsx'] });
    use({ close: async () => void child.kill('SIGKILL') });
    const said: string[] = [];
    child.on('message', ({ word }: { word: string }) => said.push(word));
    await expect.poll(() => said, { timeout: 20_000 }).toContain('opened');
    child.send('probe');
    await expect.poll(() => said).toContain('answered');
    proxy.blackhole();
    child.send('probe');
    await expect.poll(() => said.filter((word) => word === 'asked').length).toBe(2);
    await quiet();
    const exit = once(child, 'exit');
    const at = performance.now();
    child.send('suspend');
    expect(await exit).toEqual([0, null]);
    expect(performance.now() - at).toBeLessThan(2_000);
    expect(said).toEqual(['dialled', 'opened', 'asked', 'answered', 'asked']);
  });
});

describe('[EN-2] a connection whose page is back', () => {
  test('keeps a link that lives, and shows nothing of the question', async () => {
    const { io, url } = use(await startServer());
    const page = createWorld();
    const party = live(url, { signals: page.signals, probe: { timeout: 300 } });
    party.connection.connect('alice');
    await until(party, 'connected', ({ phase }) => phase === 'live');
    const before = party.story().length;
    const sockets = [...io.sockets.sockets.keys()];
    page.say('visible');
    // As long as it takes to give a dead one up.
    await quiet(600);
    expect(party.story().slice(before)).toEqual([]);
    expect([...io.sockets.sockets.keys()]).toEqual(sockets);
    expect(party.problems).toEqual([]);
  });

  test('gives a dead one up long before its pings would, and has its session and what it missed back', async () => {
    let open = () => {};
    let gate = Promise.resolve();
    const { io, port } = use(
      await startServer({
        connectionStateRecovery: {},
        allowRequest: (_, decide) => void gate.then(() => decide(null, true)),
      }),
    );
    const proxy = use(await FaultProxy.to(port));
    const page = createWorld();
    const party = live(proxy.url, { signals: page.signals, probe: { timeout: 300 } });
    const heard: unknown[] = [];
    party.connection.on('news').subscribe((said) => heard.push(said));
    const connection = next(io, 'connection');
    party.connection.connect('alice');
    await until(party, 'connected', ({ phase }) => phase === 'live');
    const [socket] = (await connection) as [Socket];
    io.emit('news', { n: 1 });
    await expect.poll(() => heard.length).toBe(1);

    proxy.blackhole();
    const at = performance.now();
    page.say('resumed');
    const { cause } = await until(party, 'reconnecting');
    expect(cause?.code).toBe('ping-timeout');
    expect(performance.now() - at).toBeLessThan(1_300);

    // The server hears of it when the network is back, and of nobody before it has.
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const gone = next(socket, 'disconnect');
    await proxy.heal();
    await gone;
    io.emit('news', { n: 2 });
    const again = next(io, 'connection');
    open();
    await until(party, 'connected', ({ phase }) => phase === 'live');
    const [recovered] = (await again) as [Socket];
    expect([recovered.id, recovered.recovered]).toEqual([socket.id, true]);
    await expect.poll(() => heard).toEqual([{ n: 1 }, { n: 2 }]);
    expect(party.problems).toEqual([]);
  });
});
