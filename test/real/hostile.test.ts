import type { Socket } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { socketIo } from '../../src/link/socket-io.ts';
import { answersHttp, says, speaksEngine } from '../support/odd-peers.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, trial, use } from '../support/trial.ts';

/** Event names that mean something to EventEmitters, to objects, or to Socket.IO itself. */
const names = ['error', 'open', 'close', 'packet', 'ping', 'reconnect', 'message', '__proto__', 'constructor', 'toString', 'hasOwnProperty', '', ' ', '*', 'any', '\u0000', '𝕏'];

describe('a server that says strange things', () => {
  test('event names are names, whatever they are', async () => {
    const { io, url } = use(await startServer());
    const connection = next(io, 'connection');
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    const [socket] = (await connection) as [Socket];
    for (const name of names) {
      socket.emit(name, 1);
      expect(await sink.next()).toEqual({ kind: 'received', epoch: 1, event: name, args: [1], replayed: false });
    }
  });

  test('arguments are what they are', async () => {
    const args = [null, 0, '', [], {}, [[[]]], { toJSON: 'no' }, 'x'.repeat(100_000), { ['__proto__']: { polluted: 1 } }];
    const { io, url } = use(await startServer());
    const connection = next(io, 'connection');
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    const [socket] = (await connection) as [Socket];
    socket.emit('all', ...args);
    expect((await sink.expect('received')).args).toEqual(args);
    socket.emit('binary', Buffer.from([1, 2]), { deep: Buffer.from([3]) });
    expect((await sink.expect('received')).args).toEqual([Buffer.from([1, 2]), { deep: Buffer.from([3]) }]);
    expect('polluted' in {}).toBe(false);
  });

  test.each([
    ['its reserved names as events', '2["connect"]'],
    ['a disconnect as an event', '2["disconnect","io server disconnect"]'],
    ['a refusal as an event', '2["connect_error",{}]'],
    ['no name at all', '2[]'],
    ['a name that is an object', '2[{}]'],
    ['what is no JSON', '2["'],
    ['attachments that never come', '51-["x",{"_placeholder":true,"num":9}]'],
    ['a packet of no type', '9'],
    ['an acknowledgement of no list', '31{}'],
    ['an acceptance of no session', '0{}'],
    ['a version complaint', '0'],
    ['a refusal of what is accepted', '4{"message":"unauthorized"}'],
    ['a goodbye with words', '1["x"]'],
  ])('%s: the link goes on or is lost, and an attempt after it works', async (_, packet) => {
    const { io, url } = use(await startServer());
    const connection = next(io, 'connection');
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    const [socket] = (await connection) as [Socket];
    socket.conn.write(packet);
    socket.emit('after');
    const { kind } = await sink.next();
    expect(['lost', 'received']).toContain(kind);
    await quiet(20);
    expect(sink.unread.filter((heard) => heard.kind === 'lost').length).toBeLessThanOrEqual(kind === 'lost' ? 0 : 1);
    attempt(2);
    await expect.poll(() => sink.settlements(2)).toMatchObject([{ kind: 'opened' }]);
    expect(sink.settlements(1)).toHaveLength(1);
  });

  test.each(['0', '0{', '0null', '0{}', '0[]', '0"x"', '0{"sid":1}', '0{"sid":"a","upgrades":{},"pingInterval":1,"pingTimeout":1}', '0{"sid":"a","upgrades":[]}'])(
    '[LC-13] a handshake of %j is a failed attempt, where Engine.IO by itself would throw past everybody',
    async (text) => {
      const peer = use(await says(text));
      const { sink, attempt } = trial(socketIo(peer.url));
      attempt(1);
      expect(await sink.next()).toMatchObject({ kind: 'failed', observed: { reason: 'parse error' } });
      const page = use(await answersHttp(200, {}, text));
      const polling = trial(socketIo(page.url, { transports: ['polling'] }));
      polling.attempt(1);
      expect(await polling.sink.next()).toMatchObject({ kind: 'failed', observed: { reason: 'parse error' } });
      await quiet(20);
      expect([...sink.unread, ...polling.sink.unread]).toEqual([]);
    },
  );

  test('[LC-13] a second handshake, and a wrong one, on an open link', async () => {
    const { io, url } = use(await startServer());
    const connection = next(io, 'connection');
    const { sink, attempt } = trial(socketIo(url));
    attempt(1);
    await sink.expect('opened');
    const [socket] = (await connection) as [Socket];
    (socket.conn as unknown as { sendPacket(type: string, data: string): void }).sendPacket('open', 'null');
    expect(await sink.next()).toMatchObject({ kind: 'lost', observed: { reason: 'parse error' } });
    await quiet(20);
    expect(sink.unread).toEqual([]);
  });

  test('a name that is a number is told as text', async () => {
    const peer = use(await speaksEngine({ afterConnect: ['40{"sid":"a"}', '42[7,"x"]'] }));
    const { sink, attempt } = trial(socketIo(peer.url));
    attempt(1);
    await sink.expect('opened');
    expect(await sink.next()).toMatchObject({ event: '7', args: ['x'] });
  });

  test('[LC-5] a CONNECT that nobody asked for is no acceptance', async () => {
    const peer = use(await speaksEngine({ atOnce: ['40{"sid":"a"}'] }));
    const { session, sink } = trial(socketIo(peer.url));
    session.dial(1);
    expect(await sink.next()).toMatchObject({ kind: 'failed', observed: { reason: 'parse error' } });
    await quiet();
    expect(sink.unread).toEqual([]);
  });

  test('[LK-2] a second CONNECT, a refusal or a version complaint on an open link change nothing', async () => {
    const rest = ['40{"sid":"b","pid":"p"}', '40', '42["still here"]'];
    const peer = use(await speaksEngine({ afterConnect: ['40{"sid":"a"}', ...rest] }));
    const { sink, attempt } = trial(socketIo(peer.url));
    attempt(1);
    await sink.expect('opened');
    expect(await sink.next()).toMatchObject({ kind: 'received', event: 'still here' });
  });

  test('an acceptance and a goodbye in one breath are both told, in order', async () => {
    const peer = use(await speaksEngine({ afterConnect: ['40{"sid":"a"}', '41'] }));
    const { sink, attempt } = trial(socketIo(peer.url));
    attempt(1);
    expect((await sink.next()).kind).toBe('opened');
    expect((await sink.next()).kind).toBe('lost');
    await quiet();
    expect(sink.unread).toEqual([]);
  });

  test.each([
    ['words that are no object', '44"go away"'],
    ['nothing', '44{}'],
    ['words that are no text', '44{"message":{"a":1},"data":0}'],
  ])('a refusal with %s is a refusal', async (_, packet) => {
    const peer = use(await speaksEngine({ afterConnect: [packet] }));
    const { sink, attempt } = trial(socketIo(peer.url));
    attempt(1);
    const { observed } = await sink.expect('refused');
    expect(typeof observed.message).toBe('string');
    expect(observed.message).not.toBe('');
  });
});

describe('[CR-12] a server that echoes the credential', () => {
  const token = 'eyJhbGciOi.secret-part.sig';

  test('in a refusal: neither message nor data show it', async () => {
    const { io, url } = use(await startServer());
    io.use((socket, proceed) => {
      const said = socket.handshake.auth['token'];
      proceed(Object.assign(new Error(`invalid token ${said}`), { data: { code: 'unauthorized', token: said, deep: [{ [said]: said }] } }));
    });
    const { sink, attempt } = trial(socketIo(url));
    attempt(1, { token, device: 'device-4711' });
    const { observed } = await sink.expect('refused');
    expect(JSON.stringify(observed)).not.toContain('secret-part');
    expect(observed).toMatchObject({ message: 'invalid token [redacted]', data: { code: 'unauthorized', token: '[redacted]' } });
  });

  test('in the reason of a close', async () => {
    const { io, url } = use(await startServer());
    const connection = next(io, 'connection');
    const { sink, attempt } = trial(socketIo(url));
    attempt(1, { token });
    await sink.expect('opened');
    const [socket] = (await connection) as [Socket];
    const { transport } = socket.conn as unknown as { transport: { socket: { close(code: number, reason: string): void } } };
    transport.socket.close(4001, `bad ${token}`);
    const { observed } = await sink.expect('lost');
    expect(observed).toMatchObject({ closeCode: 4001, message: 'transport close (4001, bad [redacted])' });
  });

  test('and nothing that can be printed of the session holds it', async () => {
    const { inspect } = await import('node:util');
    const { url } = use(await startServer());
    const { session, sink, attempt } = trial(socketIo(url));
    attempt(1, { token });
    await sink.expect('opened');
    expect(inspect(session, { depth: 20, showHidden: true })).not.toContain('secret-part');
  });
});
