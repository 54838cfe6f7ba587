import type { Server } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { live, until } from '../support/live.ts';
import { answersHttp } from '../support/odd-peers.ts';
import { startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

/** A server that answers attempt after attempt as the list says, and lets everybody in after it. */
async function refusing(
  ...answers: (Error | null)[]
): Promise<{ io: Server; url: string; presented: unknown[] }> {
  const { io, url } = use(await startServer());
  const presented: unknown[] = [];
  io.use((socket, proceed) => {
    presented.push(socket.handshake.auth['token']);
    const answer = answers.shift();
    if (answer) proceed(answer);
    else proceed();
  });
  return { io, url, presented };
}

function refusal(data: object, message = 'no'): Error {
  return Object.assign(new Error(message), { data });
}

describe('the server refuses', () => {
  test.each([
    ['with data', refusal({ code: 'unauthorized' })],
    ['with data that says expired', refusal({ code: 'expired' })],
    ['in words alone', new Error('Authentication error: jwt expired')],
  ])('[CR-6] the credential, %s: one refresh at once, and nobody sees it', async (_, error) => {
    const { url, presented } = await refusing(error);
    const run = live(url, { credential: ({ forceRefresh }) => (forceRefresh ? 'fresh' : 'stale') });
    run.connection.connect('alice');
    await run.connection.ready();
    expect(presented).toEqual(['stale', 'fresh']);
    expect(run.asked.map(({ reason, attempt }) => [reason, attempt])).toEqual([
      ['connect', 1],
      ['refused', 1],
    ]);
    expect(run.story()).toEqual([
      'idle initial',
      'authenticating.credential',
      'authenticating.handshake',
      'authenticating.credential',
      'authenticating.handshake',
      'connected.live',
    ]);
  });

  test('[CR-6, LC-9] the fresh credential too: auth-failed, until the user acts', async () => {
    const no = refusal({ code: 'unauthorized' });
    const { url, presented } = await refusing(no, no);
    const run = live(url, { credential: ({ reason }) => `token-${reason}` });
    run.connection.connect('alice');
    expect((await until(run, 'auth-failed')).cause).toMatchObject({ code: 'unauthorized' });
    expect(presented).toEqual(['token-connect', 'token-refused']);
    run.connection.credentialChanged();
    await run.connection.ready();
    expect(presented).toEqual(['token-connect', 'token-refused', 'token-changed']);
  });

  test('[CR-6] and the refresh brings the same token: auth-failed without another handshake', async () => {
    const { url, presented } = await refusing(refusal({ code: 'unauthorized' }));
    const run = live(url, { credential: () => 'always-the-same' });
    run.connection.connect('alice');
    await until(run, 'auth-failed');
    expect(presented).toEqual(['always-the-same']);
    expect(run.asked.map(({ forceRefresh }) => forceRefresh)).toEqual([false, true]);
  });

  test.each([
    ['with data', refusal({ code: 'forbidden' })],
    ['in words alone', new Error('you are banned')],
  ])('[CR-7] the user for good, %s: auth-failed at once', async (_, error) => {
    const { url, presented } = await refusing(error);
    const run = live(url);
    run.connection.connect('alice');
    expect((await until(run, 'auth-failed')).cause).toMatchObject({ code: 'forbidden' });
    expect(presented).toHaveLength(1);
    expect(run.asked).toHaveLength(1);
  });

  test('[RE-2] for now: its `retryAfter` is a floor, and no refresh is asked for', async () => {
    const { url } = await refusing(refusal({ code: 'busy', retryAfter: 300 }));
    const run = live(url);
    run.connection.connect('alice');
    const { retryAt, since, cause } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'busy' });
    expect(retryAt).toBeGreaterThanOrEqual(since + 300);
    await run.connection.ready();
    expect(run.asked.map(({ forceRefresh }) => forceRefresh)).toEqual([false, false]);
  });

  test.each([
    ['a code that nobody knows', refusal({ code: 'quota' })],
    ['words that say nothing', new Error('database is down')],
  ])('[RE-9] with %s: a transient failure', async (_, error) => {
    const { url } = await refusing(error);
    const run = live(url);
    run.connection.connect('alice');
    const status = await until(run, 'reconnecting');
    expect(status).toMatchObject({
      phase: 'waiting',
      attempt: 2,
      cause: { code: 'refused', message: error.message },
    });
    await run.connection.ready();
    expect(run.asked.map(({ forceRefresh }) => forceRefresh)).toEqual([false, false]);
  });

  test('[LK-5] because there is no such namespace', async () => {
    const { url } = use(await startServer());
    const run = live(`${url}/nowhere`, { reconnect: { maxAttempts: 2 } });
    run.connection.connect('alice');
    const { cause, attempts } = await until(run, 'exhausted');
    expect(cause).toMatchObject({ code: 'invalid-namespace' });
    expect(attempts).toBe(2);
  });
});

describe('something on the way answers with HTTP', () => {
  const polling = { transports: ['polling'] } as const;

  test('[LK-5] 400 is no word about the credential: a transient failure', async () => {
    const { url } = use(await answersHttp(400));
    const run = live(url, { link: polling });
    run.connection.connect('alice');
    const { cause } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'http-status' });
    expect(cause.message).toContain('400');
  });

  test.each([401, 403])('[CR-6, LK-5] %i is one: a refresh, then auth-failed', async (status) => {
    const { url } = use(await answersHttp(status));
    const run = live(url, { link: polling });
    run.connection.connect('alice');
    expect((await until(run, 'auth-failed')).cause).toMatchObject({ code: 'unauthorized' });
    expect(run.asked.map(({ forceRefresh }) => forceRefresh)).toEqual([false, true]);
  });

  test('[RE-2, LK-5] 503 with Retry-After: the wait is honoured', async () => {
    const { url } = use(await answersHttp(503, { 'Retry-After': '7' }));
    const run = live(url, { link: polling });
    run.connection.connect('alice');
    const { cause, retryAt, since } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'busy' });
    expect(retryAt).toBeGreaterThanOrEqual(since + 7_000);
    run.connection.disconnect();
    expect(run.asked).toHaveLength(1);
  });
});
