import { describe, expect, test } from 'vitest';
import { classifySocketIo, type Observed } from '../../machines/verdict.ts';
import { socketIo } from '../../src/link/socket-io.ts';
import type { SocketIoOptions } from '../../src/link/socket-io-options.ts';
import * as peers from '../support/odd-peers.ts';
import { selfSigned } from '../support/self-signed.ts';
import { startServer, startTlsServer } from '../support/servers.ts';
import { quiet, trial, use } from '../support/trial.ts';

/** How one attempt at this address fails. It must fail by itself, once, and leave the session fit for another. */
async function failureAt(url: string, options?: SocketIoOptions): Promise<Observed> {
  const { sink, attempt } = trial(socketIo(url, options));
  attempt(1);
  const { observed } = await sink.expect('failed');
  expect(observed.during).toBe('failed');
  attempt(2);
  await sink.expect('failed');
  expect(sink.unread).toEqual([]);
  return observed;
}

const polling: SocketIoOptions = { transports: ['polling'] };

describe('[LK-5] something on the way answers with HTTP', () => {
  test.each([
    [401, 'unauthorized'],
    [403, 'unauthorized'],
    [400, 'http-status'],
    [404, 'http-status'],
    [502, 'http-status'],
    [503, 'busy'],
    [429, 'busy'],
  ])('%i is %s, over either transport', async (status, code) => {
    const peer = use(await peers.answersHttp(status, { 'retry-after': '7' }, '<h1>no</h1>'));
    const overPolling = await failureAt(peer.url, polling);
    expect(overPolling).toMatchObject({
      status,
      retryAfter: 7000,
      message: `the server answered with HTTP ${status}`,
    });
    expect(classifySocketIo(overPolling).code).toBe(code);
    const overWebSocket = await failureAt(peer.url);
    expect(overWebSocket).toMatchObject({ status, message: `the server answered with HTTP ${status}` });
    // An upgrade that is refused shows its status alone.
    expect(overWebSocket.retryAfter).toBeUndefined();
    expect(classifySocketIo(overWebSocket).code).toBe(code);
  });

  test('[RE-2] Retry-After may be a date, which counts from the date of the answer, not from our clock', async () => {
    const headers = { date: 'Tue, 01 Jan 2030 00:00:00 GMT', 'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT' };
    const peer = use(await peers.answersHttp(503, headers));
    expect((await failureAt(peer.url, polling)).retryAfter).toBe(30_000);
  });

  test('the page of a single-page app', async () => {
    const peer = use(
      await peers.answersHttp(200, { 'content-type': 'text/html' }, '<!doctype html><title>App</title>'),
    );
    const overPolling = await failureAt(peer.url, polling);
    expect(overPolling.message).toBe('what answered does not speak Engine.IO');
    expect(classifySocketIo(overPolling)).toMatchObject({ kind: 'protocol', code: 'parse-error' });
    const overWebSocket = await failureAt(peer.url);
    expect(overWebSocket.status).toBe(200);
    expect(classifySocketIo(overWebSocket).code).toBe('http-status');
  });

  test('an empty page', async () => {
    const peer = use(await peers.answersHttp(200));
    expect(classifySocketIo(await failureAt(peer.url, polling)).kind).toBe('protocol');
  });

  test('a server that is mounted elsewhere', async () => {
    const { url } = use(await startServer({ path: '/elsewhere', destroyUpgradeTimeout: 50 }));
    expect((await failureAt(url, polling)).status).toBe(404);
    expect(classifySocketIo(await failureAt(url)).kind).toBe('network');
  });

  test('a server that turns the request down: 403 with its own words over polling, 400 over WebSocket', async () => {
    const { url } = use(await startServer({ allowRequest: (_, answer) => answer('not from here', false) }));
    const overPolling = await failureAt(url, polling);
    expect(overPolling).toMatchObject({ status: 403, engineCode: 4 });
    expect(overPolling.message).toBe('the server answered with HTTP 403: not from here');
    expect(classifySocketIo(overPolling).code).toBe('unauthorized');
    const overWebSocket = await failureAt(url);
    expect(overWebSocket.status).toBe(400);
    expect(classifySocketIo(overWebSocket).code).toBe('http-status');
  });

  test('a balancer without sticky sessions: the next request ends at a server that knows no such session', async () => {
    const { io, url } = use(await startServer());
    const { session, sink } = trial(socketIo(url, { transports: ['polling'], upgrade: false }));
    session.dial(1);
    io.engine.once(
      'connection',
      (engine: { id: string }) =>
        delete (io.engine as never as { clients: Record<string, unknown> }).clients[engine.id],
    );
    const { observed } = await sink.expect('failed');
    expect(observed).toMatchObject({ status: 400, engineCode: 1 });
    expect(classifySocketIo(observed)).toMatchObject({ kind: 'protocol', code: 'engine-protocol' });
  });
});

describe('[LK-5] something else listens there', () => {
  test('a server of Socket.IO 2, which greets without being greeted', async () => {
    const peer = use(await peers.speaksVersion2());
    const observed = await failureAt(peer.url);
    expect(classifySocketIo(observed)).toMatchObject({ kind: 'protocol', code: 'server-version' });
  });

  test('a plain WebSocket server', async () => {
    const peer = use(await peers.speaksPlainWebSocket());
    expect(classifySocketIo(await failureAt(peer.url))).toMatchObject({
      kind: 'protocol',
      code: 'parse-error',
    });
  });

  test('a peer that upgrades and closes: told at once, though Socket.IO itself would never say so', async () => {
    const peer = use(await peers.upgradesThenCloses(1013, 'draining'));
    const observed = await failureAt(peer.url);
    expect(observed).toMatchObject({ reason: 'transport close', closeCode: 1013 });
    expect(observed.message).toBe('transport close (1013, draining)');
    expect(classifySocketIo(observed).code).toBe('closed-during-handshake');
  });

  test('a peer that breaks the connection off, and one that talks garbage', async () => {
    const breaker = use(await peers.resets());
    expect(await failureAt(breaker.url)).toMatchObject({ systemCode: 'ECONNRESET' });
    expect(await failureAt(breaker.url, polling)).toMatchObject({ systemCode: 'ECONNRESET' });
    const talker = use(await peers.talksGarbage());
    expect(classifySocketIo(await failureAt(talker.url)).kind).toBe('network');
  });

  test('[RE-8] silence: nothing until the machine hangs up, and the next dial is a new one', async () => {
    const peer = use(await peers.staysSilent());
    const { session, sink, attempt } = trial(socketIo(peer.url));
    attempt(1);
    // A short while, for asserting that nothing comes.
    await quiet();
    session.hangUp(1, { keepSession: false });
    attempt(2);
    await quiet();
    expect(sink.heard).toEqual([]);
    expect(peer.accepted()).toBe(2);
  });
});

describe('[LK-5] TLS', () => {
  test('a certificate that nobody vouches for', async () => {
    const { url } = use(await startTlsServer());
    const observed = await failureAt(url);
    expect(observed.systemCode).toBe('DEPTH_ZERO_SELF_SIGNED_CERT');
    expect(classifySocketIo(observed).code).toBe('tls');
    expect(classifySocketIo(await failureAt(url, polling)).code).toBe('tls');
  });

  test('a server that does not speak TLS', async () => {
    const { port } = use(await startServer());
    expect(classifySocketIo(await failureAt(`https://127.0.0.1:${port}`)).code).toBe('tls');
  });

  test.each<[string, SocketIoOptions]>([
    ['the authority is given', { ca: selfSigned.cert }],
    ['nobody looks', { rejectUnauthorized: false }],
  ])('is open when %s', async (_, options) => {
    const { url } = use(await startTlsServer());
    const { sink, attempt } = trial(socketIo(url.replace('127.0.0.1', 'localhost'), options));
    attempt(1);
    await sink.expect('opened');
  });
});
