import { describe, expect, test } from 'vitest';
import { type CredentialProvider, CredentialRefused, type Status } from '../../../src/index.ts';
import { createHarness, type Harness, shortly } from '../../support/harness.ts';
import { activePlaces, placeOf, places, standAt } from '../../support/places.ts';
import { timersOn } from '../../support/world.ts';

const unauthorized = { code: 'unauthorized' };

async function refuse(h: Harness, data: unknown = unauthorized): Promise<void> {
  h.dial.refuse(data);
  await h.settle();
}

/** A connection whose provider is this function; `told` are its requests. */
function withProvider(provider: CredentialProvider, options = {}) {
  const told: Parameters<CredentialProvider>[0][] = [];
  const h = createHarness({
    credential: (request) => {
      told.push(request);
      return provider(request);
    },
    ...options,
  });
  return Object.assign(h, { told });
}

describe('the provider', () => {
  test('[CR-1] is called for every attempt, and told whose, why, which and whether afresh', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant('one');
    h.dial.fail();
    await h.pass(1_000);
    await h.grant('one');
    h.dial.open();
    await h.pass(5_000);
    h.dial.lose();
    await h.pass(1_000);
    expect(h.provider.calls).toEqual([
      expect.objectContaining({ identity: 'alice', reason: 'connect', attempt: 1, forceRefresh: false }),
      expect.objectContaining({ identity: 'alice', reason: 'reconnect', attempt: 2, forceRefresh: false }),
      expect.objectContaining({ identity: 'alice', reason: 'reconnect', attempt: 1, forceRefresh: false }),
    ]);
    for (const { signal } of h.provider.calls) expect(signal).toBeInstanceOf(AbortSignal);
  });

  test('[CR-1, CR-12] is told nothing else', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    const { resolve: _, reject: __, ...request } = h.provider.call;
    expect(Object.keys(request).sort()).toEqual(['attempt', 'forceRefresh', 'identity', 'reason', 'signal']);
  });

  test.each(places)('[CR-2] has at most one call outstanding, whatever is called in %s', async (place) => {
    const h = await standAt(place);
    const before = h.provider.calls.length - (place.endsWith('.credential') ? 1 : 0);
    for (const method of [
      'retry',
      'credentialChanged',
      'connect',
      'disconnect',
      'retry',
      'connect',
    ] as const) {
      h.connection[method]();
      await h.settle();
      const outstanding = h.provider.calls.slice(before).filter(({ signal }) => !signal.aborted);
      expect(outstanding.length, method).toBeLessThanOrEqual(1);
    }
    expect(h.provider.calls.length).toBeGreaterThan(before);
  });

  test('[CR-2] is called again only after the call before it was aborted', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    for (let n = 0; n < 3; n += 1) h.connection.credentialChanged();
    h.connection.connect('bob');
    expect(h.provider.calls.map(({ signal }) => signal.aborted)).toEqual([true, true, true, true, false]);
  });

  test('[CR-4] that hangs is aborted at the deadline, and called afresh for the next attempt', async () => {
    const h = createHarness({ credentialTimeout: 3_000 });
    h.connection.connect('alice');
    await h.pass(2_999);
    expect(h.provider.call.signal.aborted).toBe(false);
    await h.pass(1);
    expect(h.provider.call.signal.aborted).toBe(true);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      phase: 'waiting',
      attempt: 2,
      cause: { code: 'credential-timeout' },
    });
    expect(h.dial.isOver).toBe(true);
    await h.pass(1_000);
    expect(h.provider.calls).toHaveLength(2);
    expect(h.provider.call.signal.aborted).toBe(false);
  });

  test('[CR-4] has 10 s by default', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.pass(9_999);
    expect(placeOf(h)).toBe('authenticating.credential');
    await h.pass(1);
    expect(placeOf(h)).toBe('reconnecting.waiting');
  });

  test('[CR-5] that settles after its deadline changes nothing', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    const late = h.provider.call;
    await h.pass(10_000);
    await h.pass(1_000);
    late.resolve('late');
    await h.settle();
    expect(placeOf(h)).toBe('reconnecting.credential');
    expect(h.dials.map(({ auth }) => auth)).toEqual([undefined, undefined]);
  });

  test('[CR-5, ID-1] that settles for an identity that is gone changes nothing', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    const late = h.provider.call;
    h.connection.connect('bob');
    late.resolve('of alice');
    late.resolve(null);
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({
      state: 'authenticating',
      identity: 'bob',
      phase: 'credential',
    });
    expect(h.dial.auth).toBeUndefined();
  });

  test('[CR-11] works while the link is being dialled', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    expect({ dials: h.dials.length, calls: h.provider.calls.length }).toEqual({ dials: 1, calls: 1 });
    expect(h.dial.auth).toBeUndefined();
    await h.grant('t');
    expect(h.dials).toHaveLength(1);
    expect(h.dial.auth).toEqual({ token: 't' });
  });

  test('[CR-11] may finish when the dial fails first; then the attempt ends with the cause of the dial', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.dial.fail({ systemCode: 'ECONNREFUSED' });
    await h.pass(1_000);
    expect(placeOf(h)).toBe('authenticating.credential');
    expect(h.provider.call.signal.aborted).toBe(false);
    await h.grant('t');
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      attempt: 2,
      cause: { code: 'network' },
    });
    expect(h.dial.auth).toBeUndefined();
    expect(h.statuses.map(shortly)).not.toContain('authenticating.handshake');
  });

  test('[CR-4, CR-11] that hangs after the dial has failed is bounded by its deadline', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.dial.fail({ systemCode: 'ECONNREFUSED' });
    await h.pass(10_000);
    expect(h.provider.call.signal.aborted).toBe(true);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      attempt: 2,
      cause: { code: 'network' },
    });
  });

  test('[CR-4, CR-11] that hangs is not excused by the failed dial of an attempt before', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.dial.fail({ systemCode: 'ECONNREFUSED' });
    await h.grant();
    await h.pass(1_000);
    await h.pass(10_000);
    expect(h.connection.getStatus()).toMatchObject({ attempt: 3, cause: { code: 'credential-timeout' } });
  });

  test('[CR-11] may return nothing usable after the dial has failed', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.dial.fail();
    await h.grant(null);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'auth-failed',
      cause: { code: 'credential-refused' },
    });
  });

  test('[RE-2, CR-11] that fails after the dial was told when to come back does not shorten that wait', async () => {
    for (const end of [
      (h: Harness) => h.provider.call.reject(new Error('down')),
      (h: Harness) => h.provider.call.reject(Object.assign(new Error('down'), { retryAfter: 10 })),
      (h: Harness) => h.clock.increment(10_000),
    ]) {
      const h = createHarness();
      h.connection.connect('alice');
      h.dial.fail({ status: 503, retryAfter: 60_000 });
      end(h);
      await h.settle();
      const { retryAt } = h.connection.getStatus() as Extract<Status, { state: 'reconnecting' }>;
      expect((retryAt ?? 0) - h.clock.now()).toBe(60_500);
    }
  });
});

describe('what the provider comes to', () => {
  test.each<[string, unknown, unknown]>([
    ['a string', 't', { token: 't' }],
    ['an object', { token: 't' }, { token: 't' }],
    ['an object with more', { token: 't', tenant: 7, expiresIn: 9_000 }, { token: 't', tenant: 7 }],
    ['a lifetime without end', { token: 't', expiresIn: Number.POSITIVE_INFINITY }, { token: 't' }],
    ['64 KiB exactly', 'x'.repeat(65_536), { token: 'x'.repeat(65_536) }],
  ])('[CR-3] %s is granted', async (_, given, auth) => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant(given);
    expect(placeOf(h)).toBe('authenticating.handshake');
    expect(h.dial.auth).toEqual(auth);
  });

  test('[CR-3] a string returned without a promise is granted', async () => {
    const h = withProvider(() => 't');
    h.connection.connect('alice');
    await h.settle();
    expect(h.dial.auth).toEqual({ token: 't' });
  });

  test('[CR-3] null is refused: nobody is signed in', async () => {
    const h = withProvider(() => null);
    h.connection.connect('alice');
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({
      state: 'auth-failed',
      identity: 'alice',
      cause: { code: 'credential-refused', hint: expect.stringContaining('connect()') },
    });
    await h.pass(3_600_000);
    expect(h.told).toHaveLength(1);
  });

  test.each<[string, CredentialProvider]>([
    [
      'thrown',
      () => {
        throw new CredentialRefused('signed out');
      },
    ],
    ['rejected', () => Promise.reject(new CredentialRefused('signed out'))],
  ])('[CR-3] CredentialRefused %s is refused, with its words', async (_, provider) => {
    const h = withProvider(provider);
    h.connection.connect('alice');
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({
      state: 'auth-failed',
      cause: { code: 'credential-refused', message: expect.stringContaining('signed out') },
    });
  });

  const boom = () => {
    throw new Error('boom');
  };
  const trap = new Proxy(new Error('x'), { get: boom, has: boom, getPrototypeOf: boom, ownKeys: boom });
  const cyclic: Record<string, unknown> = { token: 't' };
  cyclic['self'] = cyclic;

  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'credential-invalid'],
    ['an empty string', '', 'credential-invalid'],
    ['an empty object', {}, 'credential-invalid'],
    ['an empty token', { token: '' }, 'credential-invalid'],
    ['a token that is no string', { token: 7 }, 'credential-invalid'],
    ['a number', 7, 'credential-invalid'],
    ['false', false, 'credential-invalid'],
    ['an array', ['t'], 'credential-invalid'],
    ['a function', () => 't', 'credential-invalid'],
    ['70 KiB', 'x'.repeat(70 * 1024), 'credential-invalid'],
    ['a little over 64 KiB', 'x'.repeat(65_537), 'credential-invalid'],
    ['over 64 KiB in letters of three bytes', '€'.repeat(30_000), 'credential-invalid'],
    ['over 64 KiB beside the token', { token: 't', more: 'x'.repeat(70_000) }, 'credential-invalid'],
    [
      'getters that throw',
      Object.defineProperty({}, 'token', { get: boom, enumerable: true }),
      'credential-invalid',
    ],
    ['a proxy that throws', { credential: trap }, 'credential-invalid'],
    ['a circle', cyclic, 'credential-invalid'],
    ['a bigint beside the token', { token: 't', n: 1n }, 'credential-invalid'],
    ['a lifetime of NaN', { token: 't', expiresIn: Number.NaN }, 'credential-invalid'],
    ['a negative lifetime', { token: 't', expiresIn: -1 }, 'credential-invalid'],
    ['a lifetime in words', { token: 't', expiresIn: '1h' }, 'credential-invalid'],
    ['a key that Socket.IO needs', { token: 't', pid: 'p' }, 'reserved-auth-key'],
    ['another key that Socket.IO needs', { token: 't', offset: 'o' }, 'reserved-auth-key'],
  ])('[CR-3, LC-13] %s is unavailable: a failed attempt, tried again', async (_, given, code) => {
    const h = createHarness();
    h.connection.connect('alice');
    h.provider.call.resolve(given);
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', attempt: 2, cause: { code } });
    expect(h.dial.auth).toBeUndefined();
    await h.pass(1_000);
    await h.grant('t');
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
  });

  test('[LK-7] a reserved key is named by the error', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant({ token: 't', pid: 'p' });
    expect(h.connection.getStatus()).toMatchObject({ cause: { hint: expect.stringContaining('`pid`') } });
  });

  test.each<[string, CredentialProvider]>([
    ['throws', boom],
    ['throws a string', () => Promise.reject('boom')],
    ['rejects with nothing', () => Promise.reject()],
    ['rejects with a proxy that throws', () => Promise.reject(trap)],
    [
      'throws a proxy that throws',
      () => {
        throw trap;
      },
    ],
    // biome-ignore lint/suspicious/noThenProperty: a hostile thenable
    ['returns a thenable whose then throws', () => ({ then: boom }) as never],
    [
      'returns an object whose then getter throws',
      () => Object.defineProperty({}, 'then', { get: boom }) as never,
    ],
  ])('[CR-3, LC-13] a provider that %s is unavailable, and nothing goes unhandled', async (_, provider) => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const h = withProvider(provider);
    h.connection.connect('alice');
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      attempt: 2,
      cause: { code: 'credential-unavailable' },
    });
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('[CR-3, LC-13] a thenable that settles twice, both ways, counts once', async () => {
    const hostile = {
      // biome-ignore lint/suspicious/noThenProperty: a hostile thenable
      then(resolve: (value: unknown) => void, reject: (thrown: unknown) => void) {
        resolve('first');
        resolve('second');
        reject(new Error('third'));
        throw new Error('fourth');
      },
    };
    const h = withProvider(() => hostile as never);
    h.connection.connect('alice');
    await h.settle();
    expect(placeOf(h)).toBe('authenticating.handshake');
    expect(h.dial.auth).toEqual({ token: 'first' });
  });

  test('[CR-3, CR-5] a rejection after the abort is inert and not unhandled', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const h = createHarness();
    h.connection.connect('alice');
    h.connection.disconnect();
    h.provider.call.reject(new Error('aborted'));
    await h.settle();
    await new Promise(setImmediate);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle' });
  });

  test('[CR-3, RE-2] a time that an unavailable provider asks for is honoured', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.provider.call.reject(Object.assign(new Error('slow down'), { retryAfter: 30_000 }));
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', retryAt: 30_500 });
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '9', null])(
    '[CR-3, CR-10] a time that is none is not waited for: %s',
    async (retryAfter) => {
      const h = createHarness();
      h.connection.connect('alice');
      h.provider.call.reject(Object.assign(new Error('x'), { retryAfter }));
      await h.settle();
      expect(h.connection.getStatus()).toMatchObject({ retryAt: 500 });
    },
  );

  test('[CR-3, CR-4] a time asked for once does not lengthen the wait after a later deadline', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.provider.call.reject(Object.assign(new Error('slow down'), { retryAfter: 30_000 }));
    await h.settle();
    await h.pass(30_500);
    await h.pass(10_000);
    expect(h.connection.getStatus()).toMatchObject({
      cause: { code: 'credential-timeout' },
      retryAt: 40_500 + 2_000,
    });
  });

  test('[CR-3] no credential is asked for where the server has none', async () => {
    const h = createHarness({ credential: false });
    h.connection.connect();
    await h.settle();
    expect(h.dial.auth).toBeNull();
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
  });

  test('[CR-6] where the server has none, a refused credential fails at once', async () => {
    const h = createHarness({ credential: false });
    h.connection.connect();
    await h.settle();
    await refuse(h);
    expect(placeOf(h)).toBe('auth-failed');
    expect(h.dials).toHaveLength(1);
  });
});

describe('a refused credential', () => {
  async function refused(options = {}): Promise<Harness> {
    const h = createHarness(options);
    h.connection.connect('alice');
    await h.grant('old');
    await refuse(h);
    return h;
  }

  test('[CR-6] is followed at once by one attempt with a forced refresh', async () => {
    const h = await refused();
    expect(placeOf(h)).toBe('authenticating.credential');
    expect(h.provider.calls).toHaveLength(2);
    expect(h.provider.call).toMatchObject({ forceRefresh: true, reason: 'refused', attempt: 1 });
    expect(h.dials).toHaveLength(2);
    await h.grant('new');
    h.dial.open();
    expect(h.statuses.map(shortly)).toEqual([
      'idle initial',
      'authenticating.credential',
      'authenticating.handshake',
      'authenticating.credential',
      'authenticating.handshake',
      'connected.live',
    ]);
  });

  test('[CR-6] repaired in an outage is no attempt of its own', async () => {
    const h = await standAt('reconnecting.handshake', { reconnect: { maxAttempts: 2 } });
    await refuse(h);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      phase: 'credential',
      attempt: 2,
    });
    await h.grant('new');
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
  });

  test('[CR-6] refused again fails for good', async () => {
    const h = await refused();
    await h.grant('new');
    await refuse(h);
    expect(h.connection.getStatus()).toMatchObject({ state: 'auth-failed', cause: { code: 'unauthorized' } });
    await h.pass(3_600_000);
    expect(h.provider.calls).toHaveLength(2);
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[CR-6] brought back by the forced refresh fails without a handshake', async () => {
    const h = await refused();
    await h.grant({ token: 'old', more: 1 });
    expect(h.connection.getStatus()).toMatchObject({ state: 'auth-failed', cause: { code: 'unauthorized' } });
    expect(h.dial.auth).toBeUndefined();
  });

  test('[CR-6] is never presented twice: an old cache that brings it back later is asked for a fresh one', async () => {
    const h = await refused();
    await h.grant('new');
    h.dial.open();
    await h.pass(5_000);
    h.dial.lose();
    await h.pass(1_000);
    expect(h.provider.call.forceRefresh).toBe(false);
    await h.grant('old');
    expect(h.provider.call).toMatchObject({ forceRefresh: true, reason: 'refused' });
    await h.grant('newer');
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
    expect(h.dials.map(({ auth }) => auth?.['token'])).toEqual(['old', 'new', undefined, 'newer']);
  });

  test('[CR-6] that an old cache brings back even when forced fails without a handshake', async () => {
    const h = await refused();
    await h.grant('new');
    h.dial.open();
    h.dial.lose();
    await h.pass(2_000);
    await h.grant('old');
    await h.grant('old');
    expect(placeOf(h)).toBe('auth-failed');
    expect(h.dials.map(({ auth }) => auth?.['token'])).toEqual(['old', 'new', undefined, undefined]);
  });

  test('[CR-6] whose refresh is unavailable is repaired later, still with force and still once', async () => {
    const h = await refused();
    h.provider.call.reject(new Error('down'));
    await h.settle();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', phase: 'waiting', attempt: 2 });
    await h.pass(1_000);
    expect(h.provider.call).toMatchObject({ forceRefresh: true, reason: 'refused', attempt: 2 });
    await h.grant('new');
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
  });

  test('[CR-6] whose refresh is unavailable and then refused fails for good', async () => {
    const h = await refused();
    await h.pass(10_000);
    await h.pass(1_000);
    expect(h.provider.call.forceRefresh).toBe(true);
    await h.grant('new');
    await refuse(h);
    expect(placeOf(h)).toBe('auth-failed');
    expect(h.dials.map(({ auth }) => auth?.['token'])).toEqual(['old', undefined, 'new']);
  });

  test.each(['connect', 'retry', 'credentialChanged'] as const)(
    '[CR-6] may be presented again once the user acts with %s',
    async (method) => {
      const h = await refused();
      await h.grant('old');
      expect(placeOf(h)).toBe('auth-failed');
      h.connection[method]();
      await h.grant('old');
      expect(h.dial.auth).toEqual({ token: 'old' });
    },
  );

  test.each([false, true])(
    '[CR-6, RE-4] may be presented again once the user retries while it waits, offline: %s',
    async (isOffline) => {
      const h = await standAt('authenticating.handshake');
      const { token } = h.dial.auth ?? {};
      await refuse(h);
      h.provider.call.reject(new Error('down'));
      await h.settle();
      if (isOffline) h.world.say('offline');
      h.connection.retry();
      await h.grant(token);
      expect(h.dial.auth).toEqual({ token });
    },
  );

  test('[CR-6] of one identity may be presented for another', async () => {
    const h = await refused();
    h.connection.connect('bob');
    await h.grant('old');
    expect(h.dial).toMatchObject({ identity: 'bob', auth: { token: 'old' } });
  });

  test('[CR-6, LC-8] is not presented again because a signal came', async () => {
    const h = await standAt('idle', { reconnect: { maxAttempts: 1 } });
    h.connection.connect('alice');
    await h.grant('old');
    await refuse(h);
    h.provider.call.reject(new Error('down'));
    await h.settle();
    expect(placeOf(h)).toBe('exhausted');
    h.world.say('online');
    await h.grant('old');
    expect(h.dial.auth).toBeUndefined();
    expect(h.provider.call.forceRefresh).toBe(true);
  });

  test.each([401, 403])('[CR-6] by HTTP %i is repaired the same way', async (status) => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant('old');
    h.dial.fail({ status });
    expect(h.provider.call).toMatchObject({ forceRefresh: true, reason: 'refused', attempt: 1 });
  });

  test('[CR-6] expired by its refusal is repaired the same way', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant('old');
    await refuse(h, { code: 'expired' });
    expect(h.provider.call).toMatchObject({ forceRefresh: true, reason: 'refused' });
  });

  test('[CR-7] as forbidden fails at once, without a refresh', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant();
    await refuse(h, { code: 'forbidden' });
    expect(h.connection.getStatus()).toMatchObject({ state: 'auth-failed', cause: { code: 'forbidden' } });
    expect(h.provider.calls).toHaveLength(1);
  });

  test('[CR-7] as forbidden in an outage fails at once as well', async () => {
    const h = await standAt('reconnecting.handshake');
    await refuse(h, { code: 'forbidden' });
    expect(placeOf(h)).toBe('auth-failed');
  });

  test('[RE-2, CR-6] for now, with a time to come back, never triggers a refresh', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant();
    await refuse(h, { code: 'busy', retryAfter: 8_000 });
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      phase: 'waiting',
      retryAt: 8_500,
    });
    await h.pass(8_500);
    expect(h.provider.call.forceRefresh).toBe(false);
  });
});

describe('credentialChanged', () => {
  test('[CR-8] in connected is invisible: no status, no dial, no call', async () => {
    const h = await standAt('connected.live');
    const before = h.connection.getStatus();
    for (let n = 0; n < 10; n += 1) h.connection.credentialChanged();
    await h.pass(10_000);
    expect(h.connection.getStatus()).toBe(before);
    expect(h.statuses.at(-1)).toBe(before);
    expect({ dials: h.dials.length, calls: h.provider.calls.length }).toEqual({ dials: 1, calls: 1 });
  });

  test.each(activePlaces.filter((place) => /credential|handshake/.test(place)))(
    '[CR-8] in %s starts that attempt again with the new one',
    async (place) => {
      const h = await standAt(place);
      const { call, dial } = { call: h.provider.call, dial: h.dial };
      h.connection.credentialChanged();
      expect(h.provider.calls.at(-2)).toBe(call);
      expect(h.provider.call).toMatchObject({
        reason: 'changed',
        attempt: call.attempt,
        forceRefresh: false,
      });
      dial.open();
      expect(placeOf(h)).toBe(place.replace('handshake', 'credential'));
      await h.grant('newest');
      expect(h.dial.auth).toEqual({ token: 'newest' });
      h.dial.open();
      expect(placeOf(h)).toBe('connected.live');
    },
  );

  test.each<[string, (h: Harness) => unknown]>([
    ['an unavailable provider', (h) => h.provider.call.reject(new Error('down'))],
    ['a provider out of time', (h) => h.clock.increment(10_000)],
    ['a useless value', (h) => h.provider.call.resolve('')],
  ])('[CR-8] while waiting because of %s attempts at once', async (_, end) => {
    const h = createHarness();
    h.connection.connect('alice');
    end(h);
    await h.settle();
    expect(placeOf(h)).toBe('reconnecting.waiting');
    h.connection.credentialChanged();
    expect(placeOf(h)).toBe('reconnecting.credential');
    expect(h.provider.call).toMatchObject({ reason: 'changed', attempt: 2 });
  });

  test('[CR-8] while waiting because of the network goes on waiting', async () => {
    const h = await standAt('reconnecting.waiting');
    const before = h.connection.getStatus();
    h.connection.credentialChanged();
    expect(h.connection.getStatus()).toBe(before);
  });

  test.each(['idle', 'exhausted', 'reconnecting.offline'] as const)(
    '[CR-8] in %s starts nothing',
    async (place) => {
      const h = await standAt(place);
      const before = h.connection.getStatus();
      const calls = h.provider.calls.length;
      h.connection.credentialChanged();
      await h.settle();
      expect(h.connection.getStatus()).toBe(before);
      expect(h.provider.calls).toHaveLength(calls);
    },
  );

  test('[CR-8] may start each attempt again five times', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const before = h.provider.calls.length;
      for (let n = 0; n < 5; n += 1) h.connection.credentialChanged();
      expect(h.provider.calls).toHaveLength(before + 5);
      await h.grant();
      h.dial.fail();
      await h.pass(1_000);
    }
    expect(h.problems).toEqual([]);
  });

  test('[CR-8, LC-13, ER-2] called by the provider itself, each time it is called, comes to an end and is reported', async () => {
    const h = withProvider(() => {
      h.connection.credentialChanged();
      return 't';
    });
    h.connection.connect('alice');
    await h.settle();
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
    expect(h.told.length).toBeLessThanOrEqual(6);
    expect(h.problems.map(({ code }) => code)).toEqual(['credential-storm']);
  });

  test('[CR-8, LC-13] called by what the provider triggers later comes to an end as well', async () => {
    const h = withProvider(async () => {
      await Promise.resolve();
      h.connection.credentialChanged();
      return 't';
    });
    h.connection.connect('alice');
    await h.settle();
    await h.settle();
    await h.settle();
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
    expect(h.problems.map(({ code }) => code)).toContain('credential-storm');
  });
});

describe('lifetimes', () => {
  test('[CR-10] a clock that jumps by years neither ends nor renews a connection', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant({ token: 't', expiresIn: 60_000 });
    h.dial.open();
    await h.pass(10 * 365 * 24 * 3_600_000);
    expect(placeOf(h)).toBe('connected.live');
    expect(h.provider.calls).toHaveLength(1);
  });

  test('[CR-10] deadlines beyond what timers hold do not fire at once', async () => {
    const asked: number[] = [];
    const h = createHarness({
      credentialTimeout: 1e15,
      handshakeTimeout: Number.MAX_VALUE,
      reconnect: { stableAfter: 1e300 },
    });
    const { setTimeout } = h.clock;
    h.clock.setTimeout = function (callback, ms) {
      asked.push(ms);
      return setTimeout.call(this, callback, ms);
    };
    await h.goLive();
    expect(asked).toEqual([2 ** 31 - 1, 2 ** 31 - 1, 2 ** 31 - 1]);
  });
});
