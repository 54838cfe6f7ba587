import type { Socket } from 'socket.io';
import { io as connectClient } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { steady } from '../../src/index.ts';
import {
  AuthError,
  authenticate,
  type Identity,
  jwt,
  kick,
  type Presented,
  userRoom,
} from '../../src/server/index.ts';
import { guarded } from '../support/guarded.ts';
import { live, until } from '../support/live.ts';
import { bodyOf, rawClient } from '../support/raw-client.ts';
import { next, startServer } from '../support/servers.ts';
import { forged, secret, tokenOf } from '../support/tokens.ts';
import { quiet, use } from '../support/trial.ts';

const seconds = () => Math.floor(Date.now() / 1_000);

/** Whole seconds are all that a token can say: one that is good for between two and three of them. */
const shortToken = () => tokenOf({ exp: seconds() + 3 });

describe('a client of holdfast', () => {
  test('[SV-1] with a good token comes in, and the server knows who it is', async () => {
    const { url, admitted, io, notices } = await guarded();
    const exp = seconds() + 600;
    const run = live(url, { credential: () => tokenOf({ exp, role: 'admin' }) });
    run.connection.connect('alice');
    await run.connection.ready();
    expect(admitted).toEqual([
      {
        user: 'alice',
        expiresAt: exp * 1_000,
        claims: expect.objectContaining({ sub: 'alice', role: 'admin' }),
      },
    ]);
    expect(io.sockets.adapter.rooms.get(userRoom('alice'))?.size).toBe(1);
    expect(notices).toEqual([]);
  });

  test.each<[string, () => string | Promise<string>, string]>([
    ['an expired token', () => tokenOf({ exp: seconds() - 60 }), 'expired'],
    ['a token that is not yet valid', () => tokenOf({ nbf: seconds() + 600 }), 'unauthorized'],
    ['a token of another secret', () => tokenOf({}, { key: 'another' }), 'unauthorized'],
    ['`alg: none`', () => forged({ alg: 'none' }, { sub: 'alice', exp: seconds() + 60 }), 'unauthorized'],
  ])(
    '[SV-1, CR-6] with %s is refused, refreshes once, and comes in with the fresh one',
    async (_, bad, code) => {
      const { url, notices, users } = await guarded();
      const run = live(url, { credential: ({ forceRefresh }) => (forceRefresh ? tokenOf() : bad()) });
      run.connection.connect('alice');
      await run.connection.ready();
      expect(run.asked.map(({ reason }) => reason)).toEqual(['connect', 'refused']);
      expect(notices).toEqual([{ kind: 'refused', code, detail: expect.any(String) }]);
      expect(users()).toEqual(['alice']);
    },
  );

  test('[SV-1, CR-7] who is forbidden is told so for good', async () => {
    const good = jwt({ secret });
    const verify = async (token: string) => {
      const identity = await good(token);
      if (identity?.user === 'mallory') throw new AuthError('forbidden', 'on the list');
      return identity;
    };
    const { url, notices } = await guarded({ verify });
    const run = live(url, { credential: () => tokenOf({ sub: 'mallory' }) });
    run.connection.connect('mallory');
    expect((await until(run, 'auth-failed')).cause).toMatchObject({
      code: 'forbidden',
      message: 'forbidden',
    });
    expect(run.asked).toHaveLength(1);
    expect(notices).toEqual([{ kind: 'refused', code: 'forbidden', detail: 'on the list' }]);
  });

  test.each<[string, () => Promise<never>]>([
    ['throws', () => Promise.reject(new Error('database is down'))],
    ['hangs', () => new Promise(() => {})],
    ['gives nonsense', async () => ({ user: 7 }) as never],
  ])('[SV-1, RE-2] keeps its token while `verify` %s: busy, and no refresh', async (_, verify) => {
    const { url, notices } = await guarded({ verify, timeout: 50 });
    const run = live(url, { credential: () => tokenOf() });
    run.connection.connect('alice');
    const { retryAt, since, cause } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'busy' });
    expect(retryAt).toBeGreaterThanOrEqual(since + 5_000);
    expect(run.asked.map(({ forceRefresh }) => forceRefresh)).toEqual([false]);
    expect(notices.map(({ kind }) => kind)).toEqual(['failed', 'refused']);
  });

  test('[SV-1] the token may be elsewhere: in a cookie or a header', async () => {
    const token = ({ headers }: Presented) => headers.cookie?.match(/session=([^;]+)/)?.[1];
    const { port } = await guarded({ token });
    const withCookie = use(await rawClient(port, { cookie: `a=b; session=${await tokenOf()}` }));
    withCookie.connect({});
    await withCookie.next('0');
    const without = use(await rawClient(port));
    without.connect({ token: await tokenOf() });
    expect(bodyOf(await without.next('4'))).toMatchObject({ data: { code: 'unauthorized' } });
  });
});

describe('when the credential runs out', () => {
  test('[SV-1, RE-7] the link ends with `expired`: one attempt at once with a fresh one, unseen by people', async () => {
    const { url, notices, users } = await guarded();
    let calls = 0;
    const run = live(url, { credential: () => (calls++ === 0 ? shortToken() : tokenOf()) });
    const seen: string[] = [];
    steady(run.connection.status$).subscribe(({ state }) => seen.push(state));
    run.connection.connect('alice');
    await run.connection.ready();
    const { cause, attempt } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'expired' });
    expect(attempt).toBeLessThanOrEqual(2);
    await run.connection.ready();
    expect(run.asked.map(({ reason, forceRefresh }) => [reason, forceRefresh])).toEqual([
      ['connect', false],
      ['expired', true],
    ]);
    expect(new Set(seen)).toEqual(new Set(['idle', 'authenticating', 'connected']));
    expect(seen.filter((state) => state === 'connected')).not.toHaveLength(0);
    expect(notices).toEqual([{ kind: 'bye', code: 'expired', socket: expect.any(String) }]);
    await expect.poll(users).toEqual(['alice']);
  });

  test('[SV-1] no sooner and hardly later than it says', async () => {
    const { port } = await guarded();
    const client = use(await rawClient(port));
    const end = (seconds() + 3) * 1_000;
    client.connect({ token: await tokenOf({ exp: end / 1_000 }) });
    await client.next('0');
    expect(bodyOf(await client.next('2'))).toEqual(['holdfast:bye', { code: 'expired' }]);
    expect(Date.now() - end).toBeGreaterThanOrEqual(0);
    expect(Date.now() - end).toBeLessThan(1_000);
    await client.next('1');
    await client.closed;
  });

  test('[SV-1] a link whose credential has no end stays', async () => {
    const { port, users } = await guarded({ verify: jwt({ secret, withoutExpiry: true }) });
    const client = use(await rawClient(port));
    client.connect({ token: await tokenOf({ exp: undefined }) });
    await client.next('0');
    client.send(`21["holdfast:renew",{"token":"${await tokenOf({ exp: undefined })}"}]`);
    expect(bodyOf(await client.next('31'))).toEqual([{}]);
    expect(users()).toEqual(['alice']);
  });
});

describe('a renewal in place', () => {
  async function connected(token: string, options: Parameters<typeof guarded>[0] = {}) {
    const real = await guarded(options);
    const client = use(await rawClient(real.port));
    client.connect({ token });
    await client.next('0');
    let ids = 0;
    const renew = async (payload: unknown): Promise<unknown> => {
      ids += 1;
      const id = ids;
      client.send(`2${id}${JSON.stringify(['holdfast:renew', payload])}`);
      return (bodyOf(await client.next(`3${id}`)) as unknown[])[0];
    };
    return { ...real, client, renew };
  }

  test('[SV-1, CR-9] makes the link last longer, and says how long', async () => {
    const { renew, io, client, notices, users } = await connected(await shortToken());
    const exp = seconds() + 600;
    const { expiresIn } = (await renew({ token: await tokenOf({ exp, role: 'new' }) })) as {
      expiresIn: number;
    };
    expect(Math.abs(Date.now() + expiresIn - exp * 1_000)).toBeLessThan(1_000);
    const [socket] = [...io.sockets.sockets.values()];
    expect(socket?.data).toMatchObject({ user: 'alice', expiresAt: exp * 1_000, claims: { role: 'new' } });
    expect(notices).toEqual([{ kind: 'renewed', socket: socket?.id }]);
    // Past the end of the first one.
    const end = Date.now() + 3_100;
    await expect.poll(() => Date.now() > end, { timeout: 4_000 }).toBe(true);
    expect(client.packets.join()).not.toContain('bye');
    expect(users()).toEqual(['alice']);
  });

  test('[SV-1, CR-9] with a credential that ends sooner ends the link sooner', async () => {
    const { renew, client } = await connected(await tokenOf());
    await renew({ token: await shortToken() });
    expect(await client.next('2')).toContain('"expired"');
  });

  test('[SV-1, CR-9] with the token of another user is refused, and ends the link', async () => {
    const { renew, client, notices } = await connected(await tokenOf());
    expect(await renew({ token: await tokenOf({ sub: 'bob' }) })).toEqual({ error: { code: 'forbidden' } });
    expect(bodyOf(await client.next('2'))).toEqual(['holdfast:bye', { code: 'forbidden' }]);
    await client.closed;
    expect(notices.map(({ kind }) => kind)).toEqual(['refused', 'bye']);
  });

  test.each<[string, () => unknown, string]>([
    ['no payload', () => undefined, 'unauthorized'],
    ['null', () => null, 'unauthorized'],
    ['a number', () => 7, 'unauthorized'],
    ['a string', () => 'token', 'unauthorized'],
    ['an array', () => [['token']], 'unauthorized'],
    ['a token of a wrong type', () => ({ token: { toString: 'x' } }), 'unauthorized'],
    ['a token of 900 KB', () => ({ token: 'x'.repeat(900_000) }), 'unauthorized'],
    ['an expired token', async () => ({ token: await tokenOf({ exp: seconds() - 60 }) }), 'expired'],
    ['a forged token', () => ({ token: forged({ alg: 'none' }, { sub: 'alice' }) }), 'unauthorized'],
  ])('[SV-1, CR-9] with %s is refused, and the link goes on with what it had', async (_, payload, code) => {
    const { renew, io, users } = await connected(await tokenOf());
    const before = [...io.sockets.sockets.values()][0]?.data.expiresAt;
    expect(await renew(await payload())).toEqual({ error: { code } });
    expect(users()).toEqual(['alice']);
    expect([...io.sockets.sockets.values()][0]?.data.expiresAt).toBe(before);
  });

  test('[SV-1, CR-9] without an acknowledgement is ignored', async () => {
    const asked: string[] = [];
    const good = jwt({ secret });
    const { client, renew } = await connected(await tokenOf(), {
      verify: (token) => {
        asked.push(token);
        return good(token);
      },
    });
    for (const args of ['', ',null', ',{"token":"x"}', ',{"token":"x"},"no function"']) {
      client.send(`2["holdfast:renew"${args}]`);
    }
    expect(await renew({ token: await tokenOf() })).toHaveProperty('expiresIn');
    expect(asked).toHaveLength(2);
  });

  test('[SV-1, CR-9] a flood of them is answered one by one, and verified once a second', async () => {
    let asked = 0;
    const good = jwt({ secret });
    const { client, users } = await connected(await tokenOf(), {
      verify: (token) => {
        asked += 1;
        return good(token);
      },
    });
    const token = await tokenOf();
    const began = performance.now();
    for (let id = 0; id < 1_000; id += 1) client.send(`2${id}["holdfast:renew",{"token":"${token}"}]`);
    const answers: unknown[] = [];
    while (answers.length < 1_000) answers.push((bodyOf(await client.next('3')) as unknown[])[0]);
    const most = 1 + Math.ceil((performance.now() - began) / 1_000);
    expect(answers.filter((answer) => 'expiresIn' in (answer as object)).length).toBeLessThanOrEqual(most);
    expect(answers).toContainEqual({ error: { code: 'busy', retryAfter: expect.any(Number) } });
    expect(asked).toBeLessThanOrEqual(1 + most);
    expect(users()).toEqual(['alice']);
  });

  test('[SV-1, CR-9] right after another is told when to come back, and then is good', async () => {
    const { renew } = await connected(await tokenOf());
    await renew({ token: await tokenOf() });
    const { error } = (await renew({ token: await tokenOf() })) as {
      error: { code: string; retryAfter: number };
    };
    expect(error).toEqual({ code: 'busy', retryAfter: expect.any(Number) });
    expect(error.retryAfter).toBeLessThanOrEqual(1_000);
    await new Promise((resolve) => setTimeout(resolve, error.retryAfter));
    expect(await renew({ token: await tokenOf() })).toHaveProperty('expiresIn');
  });

  test('[SV-1, CR-9] that outlives its link changes nothing', async () => {
    let decide = (_: Identity) => {};
    const verdict = new Promise<Identity>((resolve) => {
      decide = resolve;
    });
    let asked = 0;
    const { client, io, notices } = await connected(await tokenOf(), {
      verify: (token) => {
        asked += 1;
        return asked === 1 ? jwt({ secret })(token) : verdict;
      },
    });
    const [socket] = [...io.sockets.sockets.values()] as [Socket];
    client.send(`21["holdfast:renew",{"token":"x"}]`);
    await expect.poll(() => asked).toBe(2);
    const gone = next(socket, 'disconnect');
    await client.drop();
    await gone;
    const before = { ...socket.data };
    decide({ user: 'alice', expiresAt: Date.now() + 60_000, claims: {} });
    await quiet();
    expect(socket.data).toEqual(before);
    expect(notices).toEqual([]);
  });
});

describe('kick', () => {
  test.each([
    ['forbidden', 'auth-failed'],
    ['superseded', 'idle'],
    ['expired', 'connected'],
  ] as const)(
    '[SV-1, RE-7] ends every link of the user with %s, and nobody else notices',
    async (code, state) => {
      const { url, io, notices, users } = await guarded();
      const sign = (sub: string) => live(url, { credential: () => tokenOf({ sub }) });
      const [one, two, bob] = [sign('alice'), sign('alice'), sign('bob')];
      for (const run of [one, two, bob]) run.connection.connect();
      await Promise.all([one, two, bob].map((run) => run.connection.ready()));
      kick(io, 'alice', code);
      if (code === 'expired') {
        for (const run of [one, two])
          await until(run, 'reconnecting', ({ cause }) => cause.code === 'expired');
      }
      await Promise.all([until(one, state), until(two, state)]);
      expect(notices).toEqual([1, 2].map(() => ({ kind: 'bye', code, socket: expect.any(String) })));
      await expect.poll(users).toEqual(code === 'expired' ? ['alice', 'alice', 'bob'] : ['bob']);
      expect(bob.story()).toHaveLength(4);
      expect(bob.connection.stats().losses).toEqual({});
    },
  );

  test.each([
    ['nobody', '', undefined],
    ['what is no user', undefined, undefined],
    ['a code that it does not know', 'alice', 'because'],
  ])('[ER-1] is not for %s', async (_, user, code) => {
    const { io } = await guarded();
    expect(() => kick(io, user as string, code as 'expired')).toThrow(
      expect.objectContaining({ code: 'bad-argument' }),
    );
  });
});

describe('[ER-1] at its start', () => {
  test('[SV-1] authenticate() says that the secret is missing, and serves once it is there', async () => {
    const { io, url } = use(await startServer());
    let current: string | undefined;
    const verify = jwt({ secret: () => current });
    expect(() => authenticate(io, { verify })).toThrow(expect.objectContaining({ code: 'secret-missing' }));
    current = secret;
    authenticate(io, { verify });
    const run = live(url, { credential: () => tokenOf() });
    run.connection.connect();
    await run.connection.ready();
  });

  test.each<[string, unknown, string]>([
    ['no options', undefined, 'bad-option'],
    ['no `verify`', {}, 'bad-option'],
    ['a `verify` that is none', { verify: { secret } }, 'bad-option'],
    ['a `token` that is none', { verify: () => null, token: 'cookie' }, 'bad-option'],
    ['a timeout of nothing', { verify: () => null, timeout: 0 }, 'bad-option'],
    ['a slip of the hand', { verify: () => null, tokn: () => '' }, 'unknown-option'],
  ])('authenticate() refuses %s', async (_, options, code) => {
    const { io } = use(await startServer());
    expect(() => authenticate(io, options as never)).toThrow(expect.objectContaining({ code }));
  });

  test('authenticate() serves a namespace once, and no pattern of them', async () => {
    const { io } = await guarded();
    const verify = jwt({ secret });
    expect(() => authenticate(io.of('/'), { verify })).toThrow(/before/);
    expect(() => authenticate(io.of(/^\/x/), { verify })).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/new_namespace/) }),
    );
  });

  test('[SV-1] each namespace of a pattern can be served as it comes', async () => {
    const { io, url } = use(await startServer());
    io.of(/^\/tenant-\d+$/);
    io.on('new_namespace', (namespace) => authenticate(namespace, { verify: jwt({ secret }) }));
    for (const [token, event] of [
      [await tokenOf(), 'connect'],
      ['bad', 'connect_error'],
    ] as const) {
      const client = connectClient(`${url}/tenant-7`, {
        auth: { token },
        forceNew: true,
        reconnection: false,
      });
      onTestFinished(() => void client.disconnect());
      const [error] = await next(client, event);
      expect(error?.data).toEqual(event === 'connect' ? undefined : { code: 'unauthorized' });
    }
  });
});
