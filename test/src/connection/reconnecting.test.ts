import { describe, expect, test } from 'vitest';
import type { BackoffRequest, ConnectionOptions, Status } from '../../../src/index.ts';
import { createHarness, type Harness, shortly } from '../../support/harness.ts';
import { placeOf, standAt } from '../../support/places.ts';
import { createWorld, timersOn } from '../../support/world.ts';

/** Ms until the next attempt that the status tells of. */
function waitOf(h: Harness): number {
  const status = h.connection.getStatus() as Extract<Status, { state: 'reconnecting' }>;
  expect(status.phase).toBe('waiting');
  return Math.round((status.retryAt ?? Number.NaN) - h.clock.now());
}

async function proven(options: Partial<ConnectionOptions> = {}): Promise<Harness> {
  const h = createHarness(options);
  await h.goLive();
  await h.pass(5_000);
  return h;
}

async function failNext(h: Harness): Promise<void> {
  await h.pass(waitOf(h));
  await h.grant();
  h.dial.fail();
}

describe('the wait', () => {
  test('[RE-1] is drawn below 1 s, then below 4 s, then from the upper half of what grows up to 8 s', async () => {
    const h = await proven({ random: () => 0.5 });
    h.dial.lose();
    const waits = [waitOf(h)];
    for (let n = 0; n < 4; n += 1) {
      await failNext(h);
      waits.push(waitOf(h));
    }
    expect(waits).toEqual([500, 2_000, 4_500, 6_000, 6_000]);
  });

  test('[RE-1] draws each time from the injected random', async () => {
    const draws = [0, 0.999, 0.25];
    const h = await proven({ random: () => draws.shift() ?? 0 });
    h.dial.lose();
    const waits = [waitOf(h)];
    await failNext(h);
    waits.push(waitOf(h));
    await failNext(h);
    waits.push(waitOf(h));
    expect(waits).toEqual([0, 3_996, 3_750]);
  });

  test('[RE-1] obeys options of one millisecond and of nothing', async () => {
    const h = await proven({ random: () => 0.999, reconnect: { first: 1, base: 0, factor: 0, cap: 0 } });
    h.dial.lose();
    expect(h.connection.getStatus()).toMatchObject({ retryAt: h.clock.now() + 0.999 });
    await h.pass(1);
    await h.grant();
    h.dial.fail();
    expect(waitOf(h)).toBe(0);
  });

  test('[RE-1, LC-7] begins anew in the outage after a proven link', async () => {
    const h = await proven();
    h.dial.lose();
    await failNext(h);
    await failNext(h);
    await h.pass(waitOf(h));
    await h.grant();
    h.dial.open();
    await h.pass(5_000);
    h.dial.lose();
    expect(waitOf(h)).toBe(500);
  });

  test('[RE-1, ST-1] ends exactly when the status said', async () => {
    const h = await proven();
    h.dial.lose();
    await h.pass(499);
    expect(placeOf(h)).toBe('reconnecting.waiting');
    await h.pass(1);
    expect(placeOf(h)).toBe('reconnecting.credential');
  });

  test('[CR-10] longer than timers hold is cut to what they hold', async () => {
    const h = await proven({ reconnect: { first: 1e300, giveUpAfter: Number.POSITIVE_INFINITY } });
    h.dial.lose();
    expect(waitOf(h)).toBe(2 ** 31 - 1);
    expect(timersOn(h.clock)).toBe(1);
  });
});

describe('a time that the server asked for', () => {
  test.each<[string, (h: Harness) => void]>([
    ['in a refusal', (h) => h.dial.refuse({ code: 'busy', retryAfter: 30_000 })],
    ['in milliseconds by another name', (h) => h.dial.refuse({ code: 'draining', retryAfterMs: 30_000 })],
    ['in an HTTP answer', (h) => h.dial.fail({ status: 503, retryAfter: 30_000 })],
  ])('[RE-2] %s is a floor with the draw on top, and asks for no refresh', async (_, end) => {
    const h = await standAt('authenticating.handshake', { reconnect: { maxAttempts: 9 } });
    end(h);
    expect(waitOf(h)).toBe(30_500);
    await h.pass(30_499);
    expect(placeOf(h)).toBe('reconnecting.waiting');
    await h.pass(1);
    expect(h.provider.call).toMatchObject({ forceRefresh: false, reason: 'reconnect' });
  });

  test('[RE-2, SV-5] that is a slot of its own is kept exactly, over a restart of the network too', async () => {
    const h = await standAt('authenticating.handshake', { reconnect: { maxAttempts: 9 } });
    h.dial.refuse({ code: 'busy', retryAfter: 30_000, exact: true });
    expect(waitOf(h)).toBe(30_000);
    h.world.say('offline');
    await h.pass(10_000);
    h.world.say('online');
    expect(waitOf(h)).toBe(20_000);
    await h.pass(20_000);
    h.provider.call.reject(new Error('down'));
    await h.settle();
    expect(waitOf(h)).toBe(2_000);
  });

  test('[RE-2, RE-7] in its last word is a floor', async () => {
    const h = await proven();
    h.dial.say('holdfast:bye', { code: 'draining', retryAfter: 30_000 });
    h.dial.lose({ reason: 'io server disconnect' });
    expect(waitOf(h)).toBe(30_500);
    await h.pass(30_500);
    expect(h.provider.call.forceRefresh).toBe(false);
  });

  test('[RE-2] is forgotten after the attempt that it delayed', async () => {
    const h = await standAt('authenticating.handshake', { reconnect: { maxAttempts: 9 } });
    h.dial.refuse({ code: 'busy', retryAfter: 30_000 });
    await failNext(h);
    expect(waitOf(h)).toBe(2_000);
  });

  test('[RE-2, RE-5] holds over an absence of the network, which counts towards it', async () => {
    const h = await standAt('authenticating.handshake', { reconnect: { maxAttempts: 9 } });
    h.dial.refuse({ code: 'busy', retryAfter: 30_000 });
    h.world.say('offline');
    await h.pass(10_000);
    h.world.say('online');
    expect(waitOf(h)).toBe(20_000);
  });

  test('[RE-2] does not hold back a user who asks for an attempt', async () => {
    const h = await standAt('authenticating.handshake', { reconnect: { maxAttempts: 9 } });
    h.dial.refuse({ code: 'busy', retryAfter: 30_000 });
    h.connection.retry();
    expect(placeOf(h)).toBe('reconnecting.credential');
  });

  test('[RE-2, RE-9] is honoured from a classifier of the user, Infinity included', async () => {
    const verdict = {
      kind: 'busy',
      retry: 'backoff',
      forceRefresh: false,
      code: 'busy',
      message: 'm',
      hint: 'h',
    } as const;
    const h = await proven({
      classify: () => ({ ...verdict, retryAfter: Number.POSITIVE_INFINITY }),
      reconnect: { giveUpAfter: Number.POSITIVE_INFINITY },
    });
    h.dial.lose();
    expect(waitOf(h)).toBe(2 ** 31 - 1);
  });
});

describe('a backoff of the user', () => {
  test('[RE-3] decides the wait, told the attempt it delays, the time of trying and the cause', async () => {
    const told: BackoffRequest[] = [];
    const h = await proven({
      reconnect: {
        backoff: (request: BackoffRequest) => {
          told.push(request);
          return 700;
        },
      },
    });
    h.dial.lose();
    expect(waitOf(h)).toBe(700);
    await h.pass(700);
    await h.grant();
    await h.pass(300);
    h.dial.fail();
    expect(waitOf(h)).toBe(700);
    expect(told).toEqual([
      { attempt: 1, elapsed: 0, cause: expect.objectContaining({ code: 'transport-closed' }) },
      { attempt: 2, elapsed: 1_000, cause: expect.objectContaining({ code: 'network' }) },
    ]);
  });

  test('[RE-3, LC-8] may give up: exhausted, with the cause', async () => {
    const h = createHarness({ reconnect: { backoff: ({ attempt }) => (attempt > 2 ? 'give-up' : 10) } });
    h.connection.connect('alice');
    await h.grant();
    h.dial.fail();
    await h.pass(10);
    await h.grant();
    h.dial.fail();
    expect(h.connection.getStatus()).toMatchObject({
      state: 'exhausted',
      attempts: 2,
      cause: { code: 'network' },
    });
    expect(timersOn(h.clock)).toBe(0);
  });

  const boom = () => {
    throw new Error('boom');
  };
  test.each<[string, () => unknown]>([
    ['throws', boom],
    ['gives NaN', () => Number.NaN],
    ['gives a negative time', () => -1],
    ['gives a string', () => '500'],
    ['gives nothing', () => undefined],
    ['gives null', () => null],
    ['gives a promise', async () => 500],
  ])('[RE-3, LC-13] that %s leaves it to the default, and is reported', async (_, backoff) => {
    const h = await proven({ reconnect: { backoff: backoff as never } });
    h.dial.lose();
    expect(waitOf(h)).toBe(500);
    expect(h.problems.map(({ code }) => code)).toEqual(['backoff-invalid']);
  });

  test('[RE-3, CR-10] that gives Infinity waits as long as timers hold', async () => {
    const h = await proven({
      reconnect: { backoff: () => Number.POSITIVE_INFINITY, giveUpAfter: Number.POSITIVE_INFINITY },
    });
    h.dial.lose();
    expect(waitOf(h)).toBe(2 ** 31 - 1);
  });
});

describe('retry', () => {
  test.each(['reconnecting.waiting', 'reconnecting.offline'] as const)(
    '[RE-4] in %s attempts now',
    async (place) => {
      const h = await standAt(place);
      h.connection.retry();
      expect(placeOf(h)).toBe('reconnecting.credential');
      expect(h.provider.call).toMatchObject({ reason: 'retry', attempt: 2 });
      expect(h.dials).toHaveLength(2);
    },
  );

  test.each([
    'authenticating.credential',
    'authenticating.handshake',
    'connected.live',
    'reconnecting.credential',
    'reconnecting.handshake',
    'idle',
  ] as const)('[RE-4] in %s changes nothing', async (place) => {
    const h = await standAt(place);
    const before = {
      status: h.connection.getStatus(),
      dials: h.dials.length,
      calls: h.provider.calls.length,
    };
    h.connection.retry();
    expect({
      status: h.connection.getStatus(),
      dials: h.dials.length,
      calls: h.provider.calls.length,
    }).toEqual(before);
    expect(h.connection.getStatus()).toBe(before.status);
  });
});

describe('without a network', () => {
  test('[RE-5] waits without a timer and without burning attempts', async () => {
    const h = await standAt('reconnecting.waiting', { reconnect: { maxAttempts: 9 } });
    h.world.say('offline');
    expect(h.connection.getStatus()).toMatchObject({ phase: 'offline', attempt: 2, retryAt: null });
    expect(timersOn(h.clock)).toBe(0);
    await h.pass(24 * 3_600_000);
    expect(h.connection.getStatus()).toMatchObject({ phase: 'offline', attempt: 2 });
    expect(h.dials).toHaveLength(1);
  });

  test('[RE-5] makes one attempt within 250 ms of its return', async () => {
    for (const draw of [0, 0.5, 0.999]) {
      const h = await standAt('reconnecting.waiting', { reconnect: { maxAttempts: 9 }, random: () => draw });
      h.world.say('offline');
      h.world.say('online');
      expect(waitOf(h)).toBe(Math.round(draw * 250));
      await h.pass(250);
      expect(placeOf(h)).toBe('reconnecting.credential');
      expect(h.provider.call.attempt).toBe(2);
      expect(h.dials).toHaveLength(2);
    }
  });

  test('[RE-5] an attempt that fails leads to offline, not to a wait', async () => {
    const h = await standAt('reconnecting.handshake', { reconnect: { maxAttempts: 9 } });
    h.world.say('offline');
    expect(placeOf(h)).toBe('reconnecting.handshake');
    h.dial.fail();
    expect(h.connection.getStatus()).toMatchObject({ phase: 'offline', attempt: 3 });
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[RE-5] a lost link leads to offline', async () => {
    const h = await standAt('connected.live');
    h.world.say('offline');
    expect(placeOf(h)).toBe('connected.live');
    h.dial.lose();
    expect(placeOf(h)).toBe('reconnecting.offline');
  });

  test('[RE-5, RE-7] a last word that asks for an attempt at once waits for the network', async () => {
    const h = await standAt('connected.live');
    h.world.say('offline');
    h.dial.say('holdfast:bye', { code: 'expired' });
    h.dial.lose({ reason: 'io server disconnect' });
    expect(placeOf(h)).toBe('reconnecting.offline');
    h.world.say('online');
    await h.pass(250);
    expect(h.provider.call.forceRefresh).toBe(true);
  });

  test('[RE-5] that flickers burns no attempts and does not spin', async () => {
    const h = await standAt('reconnecting.waiting', { reconnect: { maxAttempts: 9 } });
    for (let n = 0; n < 100; n += 1) {
      h.world.say('offline');
      h.world.say('online');
    }
    expect(h.connection.getStatus()).toMatchObject({ phase: 'waiting', attempt: 2 });
    expect(h.dials).toHaveLength(1);
    expect(timersOn(h.clock)).toBe(1);
  });

  test('[RE-5, EN-1] from the start is known by the port', async () => {
    const world = createWorld({ isOnline: false });
    const h = createHarness({ signals: world.signals });
    h.connection.connect('alice');
    await h.grant();
    h.dial.fail();
    expect(placeOf(h)).toBe('reconnecting.offline');
  });

  test('[RE-5] online while nobody was offline changes nothing', async () => {
    const h = await standAt('reconnecting.waiting');
    const before = h.connection.getStatus();
    h.world.say('online');
    expect(h.connection.getStatus()).toBe(before);
  });
});

describe('sleep and freeze', () => {
  test('[RE-6] an overdue wait is one attempt at once when the page resumes', async () => {
    for (const signal of ['resumed', 'visible'] as const) {
      const h = await standAt('reconnecting.waiting');
      h.world.say('frozen');
      // Timers stand still while the page is frozen, and the clock does not.
      h.clock.now = () => 3_600_000;
      h.world.say(signal);
      expect(placeOf(h), signal).toBe('reconnecting.credential');
      expect(h.dials).toHaveLength(2);
      await h.pass(1_000);
      expect(h.dials).toHaveLength(2);
    }
  });

  test('[RE-6] a wait that is not over goes on when the page resumes', async () => {
    const h = await standAt('reconnecting.waiting');
    h.world.say('frozen');
    await h.pass(100);
    h.world.say('resumed');
    h.world.say('visible');
    expect(placeOf(h)).toBe('reconnecting.waiting');
    await h.pass(400);
    expect(placeOf(h)).toBe('reconnecting.credential');
  });

  test('[RE-6] a timer that fires late after sleep makes one attempt', async () => {
    const h = await standAt('reconnecting.waiting');
    await h.pass(8 * 3_600_000);
    expect(placeOf(h)).toBe('reconnecting.credential');
    expect(h.dials).toHaveLength(2);
    expect(h.provider.calls).toHaveLength(2);
  });

  test('[RE-6, LC-8] a wait cut to the trying time goes on to its end when nobody watched', async () => {
    const world = createWorld();
    const h = createHarness({ signals: world.signals, reconnect: { giveUpAfter: 1_000, first: 10_000 } });
    await h.goLive();
    await h.pass(5_000);
    h.dial.lose();
    expect(h.connection.getStatus()).toMatchObject({ phase: 'waiting', retryAt: null });
    world.say('hidden');
    await h.pass(1_000);
    expect(h.connection.getStatus()).toMatchObject({ phase: 'waiting' });
    for (let n = 0; n < 4; n += 1) await h.pass(1_000);
    expect(placeOf(h)).toBe('reconnecting.credential');
  });
});

describe('deadlines', () => {
  test('[RE-8] the handshake has its time from the moment the credential is there', async () => {
    const h = createHarness({ handshakeTimeout: 2_000, credentialTimeout: 8_000 });
    h.connection.connect('alice');
    await h.pass(7_999);
    await h.grant();
    await h.pass(1_999);
    expect(placeOf(h)).toBe('authenticating.handshake');
    await h.pass(1);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      phase: 'waiting',
      cause: { code: 'handshake-timeout', message: expect.stringContaining('2000 ms') },
    });
    expect(h.dial.isOver).toBe(true);
    expect(timersOn(h.clock)).toBe(1);
  });

  test('[RE-8] are 10 s for the credential and 20 s for the handshake by default', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant();
    await h.pass(19_999);
    expect(placeOf(h)).toBe('authenticating.handshake');
    await h.pass(1);
    expect(placeOf(h)).toBe('reconnecting.waiting');
  });

  test('[RE-8] of nothing end the attempt, and do not wedge', async () => {
    const h = createHarness({ handshakeTimeout: 0, reconnect: { maxAttempts: 1 } });
    h.connection.connect('alice');
    await h.grant();
    await h.pass(0);
    expect(placeOf(h)).toBe('exhausted');
  });
});

describe('a server that closes the link', () => {
  function bye(h: Harness, word: unknown): void {
    h.dial.say('holdfast:bye', word);
    h.dial.lose({ reason: 'io server disconnect' });
  }

  test('[RE-7] as superseded is left alone: two tabs never fight', async () => {
    const h = await standAt('connected.live');
    bye(h, { code: 'superseded' });
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'superseded' });
    h.world.say('online');
    h.world.say('visible');
    await h.pass(3_600_000);
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'superseded' });
    expect(h.dials).toHaveLength(1);
    expect(timersOn(h.clock)).toBe(0);
  });

  test.each(['retry', 'connect'] as const)(
    '[RE-7, LC-2] as superseded is taken back by %s',
    async (method) => {
      const h = await standAt('connected.live');
      bye(h, { code: 'superseded' });
      h.connection[method]();
      expect(h.connection.getStatus()).toMatchObject({ state: 'authenticating', identity: 'alice' });
      await h.grant();
      h.dial.open();
      expect(placeOf(h)).toBe('connected.live');
    },
  );

  test('[RE-7] as expired is answered by one attempt at once with a fresh credential', async () => {
    const h = await proven();
    bye(h, { code: 'expired' });
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      phase: 'credential',
      attempt: 1,
      cause: { code: 'expired' },
    });
    expect(h.provider.call).toMatchObject({ forceRefresh: true, reason: 'expired', attempt: 1 });
  });

  test('[RE-7, LC-7] as expired each time does not make it spin', async () => {
    const h = await proven();
    const waits: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      bye(h, { code: 'expired' });
      waits.push(placeOf(h) === 'reconnecting.waiting' ? waitOf(h) : 0);
      await h.pass(waits.at(-1) ?? 0);
      expect(h.provider.call.forceRefresh).toBe(true);
      await h.grant();
      h.dial.open();
    }
    expect(waits).toEqual([0, 500, 2_000, 4_500, 6_000, 6_000]);
  });

  test('[RE-7, LC-7] as expired again after a proven link is answered at once again', async () => {
    const h = await proven();
    for (let n = 0; n < 3; n += 1) {
      bye(h, { code: 'expired' });
      expect(placeOf(h)).toBe('reconnecting.credential');
      await h.grant();
      h.dial.open();
      await h.pass(5_000);
    }
  });

  test('[RE-7, LC-7] as expired in turn with drops does not make it spin', async () => {
    const h = await proven();
    const waits: number[] = [];
    for (let n = 0; n < 6; n += 1) {
      if (n % 2 === 0) bye(h, { code: 'expired' });
      else h.dial.lose();
      waits.push(placeOf(h) === 'reconnecting.waiting' ? waitOf(h) : 0);
      await h.pass(waits.at(-1) ?? 0);
      await h.grant();
      h.dial.open();
    }
    expect(waits).toEqual([0, 500, 2_000, 4_500, 6_000, 6_000]);
  });

  test('[RE-7, LC-7] as expired each time does not make a connection without a credential spin', async () => {
    const h = createHarness({ credential: false });
    h.connection.connect();
    await h.settle();
    h.dial.open();
    let atOnce = 0;
    for (let n = 0; n < 5; n += 1) {
      bye(h, { code: 'expired' });
      if (placeOf(h) !== 'reconnecting.waiting') atOnce += 1;
      await h.pass(20_000);
      h.dial.open();
    }
    expect(atOnce).toBe(1);
  });

  test('[RE-9, LC-7] and a classifier that says `now` each time do not make it spin', async () => {
    const verdict = { kind: 'network', retry: 'now', forceRefresh: false, retryAfter: null } as const;
    const h = await proven({ classify: () => ({ ...verdict, code: 'network', message: 'm', hint: 'h' }) });
    let atOnce = 0;
    for (let n = 0; n < 5; n += 1) {
      h.dial.lose();
      if (placeOf(h) !== 'reconnecting.waiting') atOnce += 1;
      await h.pass(20_000);
      await h.grant();
      h.dial.open();
    }
    expect(atOnce).toBe(1);
  });

  test('[RE-7, LC-8] as expired when the attempts are used up is exhausted', async () => {
    const h = await standAt('connected.live', { reconnect: { maxAttempts: 1 } });
    bye(h, { code: 'expired' });
    expect(placeOf(h)).toBe('exhausted');
  });

  test('[RE-7, CR-7] as forbidden fails for good', async () => {
    const h = await standAt('connected.live');
    bye(h, { code: 'forbidden' });
    expect(h.connection.getStatus()).toMatchObject({ state: 'auth-failed', cause: { code: 'forbidden' } });
    expect(h.provider.calls).toHaveLength(1);
  });

  test('[RE-7] without a word is met with a fresh credential under normal backoff', async () => {
    const h = await proven();
    h.dial.lose({ reason: 'io server disconnect' });
    expect(h.connection.getStatus()).toMatchObject({ phase: 'waiting', cause: { code: 'kicked' } });
    expect(waitOf(h)).toBe(500);
    await h.pass(500);
    expect(h.provider.call).toMatchObject({ forceRefresh: true, reason: 'kicked' });
    await h.grant('token-1');
    expect(h.dial.auth).toEqual({ token: 'token-1' });
  });

  test('[RE-7, CR-6] without a word owes the refresh until one is granted', async () => {
    const h = await proven();
    h.dial.lose({ reason: 'io server disconnect' });
    await h.pass(500);
    h.provider.call.reject(new Error('down'));
    await h.settle();
    await h.pass(waitOf(h));
    expect(h.provider.call).toMatchObject({ forceRefresh: true, reason: 'kicked' });
    await h.grant();
    h.dial.fail();
    await h.pass(waitOf(h));
    expect(h.provider.call).toMatchObject({ forceRefresh: false, reason: 'reconnect' });
  });

  test('[RE-7] says its last word for the link it closes, and not for a later one', async () => {
    const h = await proven();
    h.dial.say('holdfast:bye', { code: 'forbidden' });
    h.dial.lose();
    expect(placeOf(h)).toBe('auth-failed');
    h.connection.retry();
    await h.grant();
    h.dial.open();
    h.dial.lose();
    expect(placeOf(h)).toBe('reconnecting.waiting');
  });

  test('[RE-7] says it by the event that the dialect names', async () => {
    const { plain } = await import('../../../src/index.ts');
    const h = await proven({ dialect: plain({ bye: 'so long' }) });
    h.dial.say('holdfast:bye', { code: 'forbidden' });
    h.dial.say('so long', { code: 'superseded' });
    h.dial.lose({ reason: 'io server disconnect' });
    expect(shortly(h.connection.getStatus())).toBe('idle superseded');
  });
});

describe('a classifier of the user', () => {
  test('[RE-9] replaces the default, and sees what was observed', async () => {
    const seen: unknown[] = [];
    const h = createHarness({
      classify(observed) {
        seen.push(observed);
        return {
          kind: 'server',
          retry: 'never',
          forceRefresh: false,
          retryAfter: null,
          code: 'refused',
          message: 'our own words',
          hint: 'our own hint',
        };
      },
    });
    h.connection.connect('alice');
    await h.grant();
    h.dial.refuse({ weather: 'bad' }, 'rain');
    expect(seen).toEqual([{ during: 'refused', message: 'rain', data: { weather: 'bad' } }]);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'exhausted',
      attempts: 1,
      cause: { code: 'refused', message: 'our own words', hint: 'our own hint' },
    });
  });

  test('[RE-9, ST-5] may add what is its own, which goes no further', async () => {
    const { classifySocketIo } = await import('../../../src/index.ts');
    const h = await proven({
      classify: (observed) => {
        const verdict = { ...classifySocketIo(observed), self: {} };
        verdict.self = verdict;
        return verdict;
      },
    });
    h.dial.lose();
    expect(() => JSON.stringify(h.connection.trace())).not.toThrow();
  });
});
