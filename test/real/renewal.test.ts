import { describe, expect, test } from 'vitest';
import { type Credential, holdfast, plain } from '../../src/index.ts';
import { guarded } from '../support/guarded.ts';
import { type Live, type LiveOptions, live, until } from '../support/live.ts';
import { forkServer, startServer } from '../support/servers.ts';
import { tokenOf } from '../support/tokens.ts';
import { use } from '../support/trial.ts';

/** A real token that lasts for three to four seconds, since whole seconds are all that it can say. */
async function shortLived(claims: Record<string, unknown> = {}): Promise<Credential> {
  const exp = Math.floor(Date.now() / 1_000) + 4;
  return { token: await tokenOf({ exp, ...claims }), expiresIn: exp * 1_000 - Date.now() };
}

/** A client of holdfast that is live, and its statuses from there on. */
async function connected(url: string, options: LiveOptions = {}): Promise<Live & { seen: string[] }> {
  const run = live(url, { dialect: holdfast(), renew: { leadTime: 1_500 }, ...options });
  run.connection.connect('alice');
  await run.connection.ready();
  const seen: string[] = [];
  run.connection.subscribe(() => seen.push(run.connection.getStatus().state));
  return { ...run, seen };
}

/** Waits for so many problems of this code. */
function problemsOf({ problems }: Live, code: string, count = 1) {
  return expect
    .poll(() => problems.filter((problem) => problem.code === code).length, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(count);
}

describe('a client of holdfast, and a server that ends what runs out', () => {
  test('[CR-9, SV-1] stays connected past several expiries, and nobody sees anything', async () => {
    const { url, notices, io, users } = await guarded();
    const run = await connected(url, { credential: () => shortLived() });
    const status = run.connection.getStatus();
    const [socket] = [...io.sockets.sockets.values()];
    const firstEnd = socket?.data.expiresAt as number;
    const renewed = () => notices.filter(({ kind }) => kind === 'renewed').length;
    await expect.poll(renewed, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(5);

    expect(Date.now()).toBeGreaterThan(firstEnd + 4_000);
    expect(run.connection.getStatus()).toBe(status);
    expect([run.seen, run.problems]).toEqual([[], []]);
    expect(new Set(notices.map(({ kind }) => kind))).toEqual(new Set(['renewed']));
    expect([...io.sockets.sockets.keys()]).toEqual([socket?.id]);
    expect(users()).toEqual(['alice']);
    expect(run.asked.map(({ reason, forceRefresh }) => [reason, forceRefresh])).toEqual([
      ['connect', false],
      ...run.asked.slice(1).map(() => ['renewal', true]),
    ]);
    expect(run.connection.stats()).toMatchObject({
      attempts: 1,
      connections: 1,
      losses: {},
      renewals: expect.any(Number),
    });
    await expect(run.connection.request('echo', 'still here')).resolves.toBe('still here');
  }, 30_000);

  test('[CR-9, CR-7] is signed out by a renewal with the credential of another user', async () => {
    const { url, users } = await guarded();
    const run = await connected(url, {
      credential: ({ reason }) => shortLived(reason === 'renewal' ? { sub: 'bob' } : {}),
    });
    expect((await until(run, 'auth-failed')).cause).toMatchObject({ code: 'forbidden' });
    expect(run.seen).toEqual(['auth-failed']);
    await expect.poll(users).toEqual([]);
  });

  test('[CR-9, CR-6] is signed out by a fresh credential that the server does not take', async () => {
    const { url, users, notices } = await guarded();
    const run = await connected(url, {
      credential: ({ reason }) =>
        reason === 'renewal' ? { token: 'no-token-at-all', expiresIn: 60_000 } : shortLived(),
    });
    expect((await until(run, 'auth-failed')).cause).toMatchObject({ code: 'unauthorized' });
    await expect.poll(users).toEqual([]);
    expect(run.asked).toHaveLength(2);
    expect(notices.map(({ kind }) => kind)).toEqual(['refused']);
  });

  test('[CR-9, RE-7] that hears no answer to a renewal is back at once when the server says `expired`', async () => {
    const { url, io, notices } = await guarded();
    io.use((socket, proceed) => {
      socket.use(([event], next) => {
        if (event !== 'holdfast:renew') next();
      });
      proceed();
    });
    const run = await connected(url, { credential: () => shortLived(), handshakeTimeout: 300 });
    await problemsOf(run, 'renewal-unanswered', 2);
    expect(run.connection.getStatus()).toMatchObject({ state: 'connected' });
    await until(run, 'reconnecting', ({ cause }) => cause.code === 'expired');
    await run.connection.ready();
    expect(run.asked.at(-1)).toMatchObject({ reason: 'expired', forceRefresh: true });
    // One fresh credential, however often it was handed over.
    expect(run.asked.filter(({ reason }) => reason === 'renewal')).toHaveLength(1);
    expect(notices.map(({ kind }) => kind)).toEqual(['bye']);
  }, 20_000);

  test('[CR-9, CR-3] whose provider is away for a while is renewed when it is back', async () => {
    const { url, notices } = await guarded();
    let isAway = true;
    const run = await connected(url, {
      async credential({ reason }) {
        if (reason === 'renewal' && isAway) throw new Error('the token endpoint is away');
        return shortLived();
      },
    });
    await problemsOf(run, 'credential-unavailable', 2);
    isAway = false;
    await expect.poll(() => notices.map(({ kind }) => kind), { timeout: 5_000 }).toContain('renewed');
    expect(run.seen).toEqual([]);
  });

  test('[CR-9, CR-10] with credentials too short for the lead time is told so, and renews once', async () => {
    const { url, notices } = await guarded();
    const run = await connected(url, { credential: () => shortLived(), renew: { leadTime: 10_000 } });
    await problemsOf(run, 'renewal-in-vain');
    await until(run, 'reconnecting', ({ cause }) => cause.code === 'expired');
    expect(notices.map(({ kind }) => kind)).toEqual(['renewed', 'bye']);
  }, 15_000);
});

describe('any other server', () => {
  test('[CR-9] takes a fresh credential by the event that is named, and is asked again when it is busy', async () => {
    const server = use(await startServer());
    const said: unknown[] = [];
    const answers = [{ error: { code: 'busy', retryAfter: 50 } }, 'thank you'];
    server.io.on('connection', (socket) =>
      socket.on('fresh', (payload, answer) => {
        said.push(payload);
        answer(answers.shift() ?? {});
      }),
    );
    let n = 0;
    const run = await connected(server.url, {
      dialect: plain({ renew: 'fresh' }),
      credential: () => {
        n += 1;
        return { token: `token-${n}`, device: 'd1', expiresIn: 500 };
      },
      renew: { leadTime: 400 },
    });
    await expect.poll(() => said.length).toBeGreaterThanOrEqual(3);
    expect(said.slice(0, 3)).toEqual([
      { token: 'token-2', device: 'd1' },
      { token: 'token-2', device: 'd1' },
      { token: 'token-3', device: 'd1' },
    ]);
    expect(run.seen).toEqual([]);
  });

  test('[CR-9, CR-5] that dies in the middle of a renewal is met by an attempt like any other', async () => {
    const server = use(await forkServer());
    const run = await connected(server.url, {
      dialect: plain({ renew: 'swallow' }),
      credential: ({ reason }) => ({ token: reason, expiresIn: reason === 'connect' ? 300 : 60_000 }),
    });
    await server.swallows();
    await server.kill();
    await until(run, 'reconnecting');
    const again = use(await forkServer(server.port));
    await run.connection.ready();
    expect(again.port).toBe(server.port);
    expect(run.connection.getStatus()).toMatchObject({ state: 'connected' });
    expect(run.asked.slice(0, 3).map(({ reason }) => reason)).toEqual(['connect', 'renewal', 'reconnect']);
    expect(run.connection.stats()).toMatchObject({ renewals: 0, losses: { 'transport-closed': 1 } });
    expect(run.connection.actor.getSnapshot().value).toMatchObject({ connected: { renewal: 'scheduled' } });
  }, 20_000);
});
