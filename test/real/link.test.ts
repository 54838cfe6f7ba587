import { EventEmitter } from 'node:events';
import { describe, expect, test } from 'vitest';
import { classifySocketIo } from '../../machines/verdict.ts';
import { socketIo } from '../../src/link/socket-io.ts';
import { Secret } from '../../src/secret.ts';
import { next, type RealServer, startServer } from '../support/servers.ts';
import { quiet, trial, use } from '../support/trial.ts';

async function server(options?: Parameters<typeof startServer>[0]): Promise<RealServer> {
  return use(await startServer(options));
}

describe('an attempt that succeeds', () => {
  test.each(['websocket', 'polling'] as const)(
    '[LK-1] [LC-5] is opened once the server accepted it, over %s',
    async (transport) => {
      const { io, url } = await server();
      const { sink, attempt } = trial(socketIo(url, { transports: [transport] }));
      const connection = next(io, 'connection');
      attempt(1, { token: 'of alice', device: 7 });
      expect(await sink.expect('opened')).toEqual({ kind: 'opened', epoch: 1, recovered: false });
      const [socket] = await connection;
      expect(socket.handshake.auth).toEqual({ token: 'of alice', device: 7 });
      expect(socket.conn.transport.name).toBe(transport);
    },
  );

  test('[CR-11] the engine is dialled while the provider works; the handshake waits for the credential', async () => {
    const { io, url } = await server();
    const { session, sink } = trial(socketIo(url));
    const engineOpen = next(io.engine as never, 'connection');
    session.dial(1);
    await engineOpen;
    // A short while, for asserting that nothing comes without a credential.
    await quiet();
    expect(sink.heard).toEqual([]);
    expect(io.sockets.sockets.size).toBe(0);
    session.authenticate(1, new Secret({ token: 'late' }));
    expect(await sink.expect('opened')).toMatchObject({ epoch: 1 });
    expect([...io.sockets.sockets.values()].map((socket) => socket.handshake.auth)).toEqual([
      { token: 'late' },
    ]);
  });

  test('[CR-11] a credential that comes before the engine opens is sent once, and a second one is not', async () => {
    const { io, url } = await server();
    const { session, sink, attempt } = trial(socketIo(url));
    attempt(1, { token: 'first' });
    session.authenticate(1, new Secret({ token: 'second' }));
    await sink.expect('opened');
    session.authenticate(1, new Secret({ token: 'third' }));
    await quiet();
    expect([...io.sockets.sockets.values()].map((socket) => socket.handshake.auth)).toEqual([
      { token: 'first' },
    ]);
    expect(sink.unread).toEqual([]);
  });

  test('no credential is an empty `auth`', async () => {
    const { io, url } = await server();
    const { sink, attempt } = trial(socketIo(url));
    attempt(1, null);
    await sink.expect('opened');
    expect([...io.sockets.sockets.values()].map((socket) => socket.handshake.auth)).toEqual([{}]);
  });

  test('the path of the URL is the namespace, its query goes along, and `path` is where the server is mounted', async () => {
    const { io, url } = await server({ path: '/realtime' });
    const connection = next(io.of('/admin'), 'connection');
    const { sink, attempt } = trial(
      socketIo(`${url}/admin?tenant=7`, { path: '/realtime', query: { v: '2' } }),
    );
    attempt(1);
    await sink.expect('opened');
    const [socket] = await connection;
    expect(socket.handshake.query).toMatchObject({ tenant: '7', v: '2' });
  });
});

describe('what the transport is given', () => {
  test('[ID-1] cookies of one session are not shown to another, though headers are shared by both', async () => {
    const cookies: unknown[] = [];
    const { io, url } = await server({ cookie: { name: 'lb' } });
    io.engine.on('initial_headers', (_: unknown, request: { headers: { cookie?: string } }) =>
      cookies.push(request.headers.cookie),
    );
    const extraHeaders = { 'x-tenant': '7' };
    const link = socketIo(url, { transports: ['polling', 'websocket'], withCredentials: true, extraHeaders });
    const upgraded = new Promise((resolve) => {
      io.engine.on('connection', (engine: NodeJS.EventEmitter) => engine.once('upgrade', resolve));
    });
    const alice = trial(link, 'alice');
    alice.attempt(1);
    await alice.sink.expect('opened');
    await upgraded;
    const bob = trial(link, 'bob');
    bob.attempt(1);
    await bob.sink.expect('opened');
    alice.attempt(2);
    await alice.sink.expect('opened');
    expect(cookies).toEqual([undefined, undefined, undefined]);
    expect(extraHeaders).toEqual({ 'x-tenant': '7' });
  });

  test('another parser, which the server has too; and with one that lets every name pass, names are still only names', async () => {
    const { io, url } = await server({ parser: laxParser });
    const connection = next(io, 'connection');
    const { session, sink, attempt } = trial(socketIo(url, { parser: laxParser }));
    attempt(1);
    await sink.expect('opened');
    const [socket] = await connection;
    for (const name of ['connect', 'disconnect', 'connect_error']) {
      socket.conn.write(JSON.stringify({ type: 2, nsp: '/', data: [name, 'transport close'] }));
      expect(await sink.next()).toMatchObject({ kind: 'received', event: name });
    }
    expect(session.emit('still open', [])).toBe(true);
    expect(sink.unread).toEqual([]);
  });
});

/** Plain JSON, and no look at what it says. */
const laxParser = {
  Encoder: class {
    encode(packet: object): string[] {
      return [JSON.stringify(packet)];
    }
  },
  Decoder: class extends EventEmitter {
    add(text: string): void {
      this.emit('decoded', JSON.parse(text));
    }
    destroy(): void {}
  },
};

describe('an attempt that does not', () => {
  test('[LK-2] [LK-5] is refused by middleware, with data', async () => {
    const { io, url } = await server();
    io.use((_, proceed) =>
      proceed(Object.assign(new Error('come back'), { data: { code: 'busy', retryAfter: 1500 } })),
    );
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    const { observed } = await sink.expect('refused');
    expect(observed).toEqual({
      during: 'refused',
      message: 'come back',
      data: { code: 'busy', retryAfter: 1500 },
    });
    expect(classifySocketIo(observed)).toMatchObject({ kind: 'busy', retryAfter: 1500 });
    await quiet();
    expect(sink.unread).toEqual([]);
  });

  test('[LK-5] is refused by middleware, with words alone', async () => {
    const { io, url } = await server();
    io.use((_, proceed) => proceed(new Error('not authorized')));
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    const { observed } = await sink.expect('refused');
    expect(observed).toEqual({ during: 'refused', message: 'not authorized' });
    expect(classifySocketIo(observed)).toMatchObject({ kind: 'credential', code: 'unauthorized' });
  });

  test('[LK-5] is refused because there is no such namespace', async () => {
    const { url } = await server();
    const { sink, attempt } = trial(socketIo(`${url}/nowhere`));
    attempt(1);
    const { observed } = await sink.expect('refused');
    expect(classifySocketIo(observed).code).toBe('invalid-namespace');
  });

  test('[LK-2] a refused one can be followed by one that is accepted, on the same session', async () => {
    const { io, url } = await server();
    io.use((socket, proceed) =>
      proceed(socket.handshake.auth['token'] === 'good' ? undefined : new Error('unauthorized')),
    );
    const { sink, attempt } = trial(socketIo(url));
    attempt(1, { token: 'bad-token' });
    await sink.expect('refused');
    attempt(2, { token: 'good' });
    expect(await sink.expect('opened')).toMatchObject({ epoch: 2 });
    expect(io.engine.clientsCount).toBe(1);
  });

  test('[RE-8] hangs in a middleware until the machine hangs up, and what the middleware says later is not heard', async () => {
    const { io, url } = await server();
    const held = new Promise<() => void>((resolve) => io.use((_, proceed) => resolve(proceed)));
    const { session, sink, attempt } = trial(socketIo(url));
    attempt(1);
    const proceed = await held;
    expect(sink.heard).toEqual([]);
    session.hangUp(1, { keepSession: false });
    proceed();
    await quiet();
    expect(sink.heard).toEqual([]);
    expect(io.sockets.sockets.size).toBe(0);
    expect(io.engine.clientsCount).toBe(0);
  });

  test('[LK-5] closes while the server makes up its mind: the server shuts down', async () => {
    const { io, url } = await server();
    const held = new Promise<void>((resolve) => io.use(() => resolve()));
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    await held;
    io.engine.close();
    const { observed } = await sink.expect('failed');
    expect(observed).toMatchObject({ during: 'failed', reason: 'transport close' });
    expect(classifySocketIo(observed).code).toBe('closed-during-handshake');
  });

  test('[LK-5] finds nobody there', async () => {
    const { port, close } = await startServer();
    await close();
    const { sink, attempt } = trial(socketIo(`http://localhost:${port}`));
    attempt(1);
    const { observed } = await sink.expect('failed');
    expect(observed.systemCode).toBe('ECONNREFUSED');
    expect(classifySocketIo(observed)).toMatchObject({ kind: 'network', code: 'network', retry: 'backoff' });
  });

  test('[LK-2] a throw within Socket.IO is a failed attempt, told after the dial', async () => {
    const { url } = await server();
    const broken = Object.defineProperty({}, 'websocket', {
      get() {
        throw new Error('broken options');
      },
    });
    const { session, sink } = trial(socketIo(url, { transportOptions: broken }));
    session.dial(1);
    expect(sink.heard).toEqual([]);
    const message = 'broken options';
    expect(await sink.expect('failed')).toMatchObject({ epoch: 1, observed: { message } });
    session.dial(2);
    expect(await sink.expect('failed')).toMatchObject({ epoch: 2, observed: { message } });
  });

  test('a credential that cannot be written down is a failed attempt', async () => {
    const { url } = await server();
    const { sink, attempt } = trial(socketIo(url));
    attempt(1, { token: 1n });
    expect(await sink.expect('failed')).toMatchObject({ epoch: 1 });
    attempt(2, { token: 'better' });
    expect(await sink.expect('opened')).toMatchObject({ epoch: 2 });
  });
});
