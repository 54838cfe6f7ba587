import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { classifySocketIo } from '../../machines/verdict.ts';
import { socketIo } from '../../src/link/socket-io.ts';
import { forkServer, next, type RealServer, startServer } from '../support/servers.ts';
import { quiet, trial, use } from '../support/trial.ts';

async function server(options?: Parameters<typeof startServer>[0]): Promise<RealServer> {
  return use(await startServer(options));
}

describe('a link that is lost', () => {
  test('[LK-3] is lost once, by a server that says goodbye, after the event that came right before', async () => {
    const { io, url } = await server();
    const connection = next(io, 'connection');
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    const [socket] = await connection;
    socket.emit('holdfast:bye', { code: 'superseded' });
    socket.disconnect(true);
    expect(await sink.expect('received')).toMatchObject({
      event: 'holdfast:bye',
      args: [{ code: 'superseded' }],
    });
    const { observed } = await sink.expect('lost');
    expect(observed).toMatchObject({ during: 'lost', reason: 'io server disconnect' });
    await quiet();
    expect(sink.unread).toEqual([]);
  });

  test('[LK-3] by a server that shuts down', async () => {
    const { io, url } = await server();
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    io.engine.close();
    const { observed } = await sink.expect('lost');
    expect(observed).toMatchObject({ reason: 'transport close', closeCode: 1005 });
    expect(classifySocketIo(observed).code).toBe('transport-closed');
  });

  test('[LK-3] by a server that was killed', async () => {
    const child = use(await forkServer());
    const { sink, attempt } = trial(socketIo(child.url));
    attempt(1);
    await sink.expect('opened');
    await child.kill();
    expect((await sink.expect('lost')).observed).toMatchObject({
      reason: 'transport close',
      closeCode: 1006,
    });
    attempt(2);
    expect((await sink.expect('failed')).observed.systemCode).toBe('ECONNREFUSED');
  });

  test.each(['cut', 'reset'] as const)('[LK-3] by a network that breaks: %s', async (fault) => {
    const { io, port } = await server();
    const proxy = use(await FaultProxy.to(port));
    const { sink, attempt } = trial(socketIo(proxy.url));
    const connection = next(io, 'connection');
    attempt(1);
    await sink.expect('opened');
    const [socket] = await connection;
    const seenByServer = next(socket, 'disconnect');
    proxy[fault]();
    expect((await sink.expect('lost')).observed).toMatchObject({
      reason: 'transport close',
      closeCode: 1006,
    });
    await seenByServer;
    attempt(2);
    await sink.expect('opened');
    expect(sink.unread).toEqual([]);
  });

  test.each(['blackhole', 'dropServerToClient'] as const)(
    '[LK-5] by silence, after the ping timeout: %s',
    async (fault) => {
      const { port } = await server({ pingInterval: 100, pingTimeout: 100 });
      const proxy = use(await FaultProxy.to(port));
      const { sink, attempt } = trial(socketIo(proxy.url));
      attempt(1);
      await sink.expect('opened');
      proxy[fault]();
      const { observed } = await sink.expect('lost');
      expect(observed).toMatchObject({ reason: 'ping timeout' });
      expect(classifySocketIo(observed).code).toBe('ping-timeout');
    },
  );

  test.each(['websocket', 'polling'] as const)(
    '[LK-5] by a message that is too big, over %s',
    async (transport) => {
      const { url } = await server({ maxHttpBufferSize: 1000 });
      const { session, sink, attempt } = trial(socketIo(url, { transports: [transport], upgrade: false }));
      attempt(1);
      await sink.expect('opened');
      expect(session.emit('big', ['x'.repeat(2000)])).toBe(true);
      const { observed } = await sink.expect('lost');
      if (transport === 'websocket') {
        expect(observed).toMatchObject({ reason: 'transport close', closeCode: 1009 });
      } else {
        expect(observed).toMatchObject({ reason: 'transport error', status: 413 });
      }
      expect(classifySocketIo(observed).code).toBe('message-too-big');
    },
  );

  test('[LK-5] by a server that says what is not Socket.IO', async () => {
    const { io, url } = await server();
    const { sink, attempt } = trial(socketIo(url));
    const connection = next(io, 'connection');
    attempt(1);
    await sink.expect('opened');
    const [socket] = await connection;
    socket.conn.write('9nonsense');
    const { observed } = await sink.expect('lost');
    expect(classifySocketIo(observed)).toMatchObject({ kind: 'protocol', code: 'parse-error' });
  });
});
