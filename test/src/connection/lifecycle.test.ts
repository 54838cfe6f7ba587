import { describe, expect, test } from 'vitest';
import { connectionMachine } from '../../../machines/connection.ts';
import { type Link, plain, type Signal, type Status } from '../../../src/index.ts';
import { Wiring } from '../../../src/wiring.ts';
import { createHandLink, createHarness, shortly } from '../../support/harness.ts';
import { activePlaces, placeOf, places, standAt } from '../../support/places.ts';
import { createWorld, timersOn } from '../../support/world.ts';

const signals: readonly Signal[] = [
  'online',
  'offline',
  'visible',
  'hidden',
  'frozen',
  'resumed',
  'suspended',
];
const anHour = 3_600_000;

describe('connect', () => {
  test.each(['idle', 'auth-failed', 'exhausted'] as const)(
    '[LC-2] goes to authenticating from %s',
    async (place) => {
      const h = await standAt(place);
      const before = h.dials.length;
      h.connection.connect('alice');
      expect(placeOf(h)).toBe('authenticating.credential');
      expect(h.dials).toHaveLength(before + 1);
    },
  );

  test.each(activePlaces)(
    '[LC-2] changes nothing in %s for the same identity, however often it is called',
    async (place) => {
      const h = await standAt(place);
      const before = { statuses: h.statuses.length, dials: h.dials.length, calls: h.provider.calls.length };
      for (let n = 0; n < 5; n += 1) h.connection.connect(n % 2 === 0 ? 'alice' : undefined);
      await h.settle();
      expect({ statuses: h.statuses.length, dials: h.dials.length, calls: h.provider.calls.length }).toEqual(
        before,
      );
      expect(placeOf(h)).toBe(place);
    },
  );

  test('[LC-2, CR-2] twice in one tick makes one provider call and one link', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.connection.connect('alice');
    await h.settle();
    expect(h.provider.calls).toHaveLength(1);
    expect(h.dials).toHaveLength(1);
    expect(h.sessions).toHaveLength(1);
  });

  test.each([null, '', 42, {}])(
    '[ER-1] with an identity that is none throws a typed error: %s',
    (identity) => {
      const h = createHarness();
      expect(() => h.connection.connect(identity as unknown as string)).toThrow(
        expect.objectContaining({
          code: 'bad-argument',
          message: '`identity` is not a non-empty string',
          hint: 'Give the id of the user, or nothing to keep the current one.',
        }),
      );
      expect(h.statuses).toHaveLength(1);
    },
  );
});

describe('at rest in idle', () => {
  test('[LC-3] a connection that nobody asked for does nothing whatever happens', async () => {
    const world = createWorld();
    const h = createHarness({ signals: world.signals });
    for (const signal of signals) world.say(signal);
    h.connection.retry();
    h.connection.credentialChanged();
    await h.pass(anHour);
    expect(h.statuses.map(shortly)).toEqual(['idle initial']);
    expect(h.dials).toEqual([]);
    expect(h.provider.calls).toEqual([]);
  });

  test.each(places)(
    '[LC-3, CR-5] a connection told to disconnect in %s stays idle whatever comes late',
    async (place) => {
      const h = await standAt(place);
      h.connection.disconnect();
      const after = h.statuses.length;
      for (const signal of signals) h.world.say(signal);
      for (const call of h.provider.calls) call.resolve('late');
      for (const dial of h.dials) {
        dial.open();
        dial.refuse();
        dial.fail();
        dial.lose();
      }
      h.connection.credentialChanged();
      h.connection.retry();
      await h.pass(anHour);
      expect(h.connection.getStatus().state).toBe('idle');
      expect(h.statuses).toHaveLength(after);
      expect(h.dials.every(({ isOver }) => isOver)).toBe(true);
    },
  );
});

describe('disconnect', () => {
  test.each(places)('[LC-4] goes to idle from %s in the same turn, and leaves no timer', async (place) => {
    const h = await standAt(place);
    h.connection.disconnect();
    expect(h.connection.getStatus().state).toBe('idle');
    expect(timersOn(h.clock)).toBe(0);
    expect(h.dials.every(({ isOver }) => isOver)).toBe(true);
  });

  test.each(activePlaces)('[LC-4] says in %s that it was told to', async (place) => {
    const h = await standAt(place);
    h.connection.disconnect();
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'disconnected' });
  });

  test.each(['authenticating.credential', 'reconnecting.credential'] as const)(
    '[LC-4, CR-5] in %s aborts the provider',
    async (place) => {
      const h = await standAt(place);
      expect(h.provider.call.signal.aborted).toBe(false);
      h.connection.disconnect();
      expect(h.provider.call.signal.aborted).toBe(true);
    },
  );

  test('[LC-4] is never followed by connected, even when the acceptance is on its way', async () => {
    const h = await standAt('authenticating.handshake');
    h.connection.disconnect();
    h.dial.open();
    expect(h.statuses.map(({ state }) => state)).not.toContain('connected');
  });

  test('[LC-4] in the same tick as connect ends in idle, with the link hung up and the provider aborted', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.connection.disconnect();
    await h.grant();
    expect(h.statuses.map(shortly)).toEqual([
      'idle initial',
      'authenticating.credential',
      'idle disconnected',
    ]);
    expect(h.dial).toMatchObject({ isOver: true, auth: undefined });
    expect(h.provider.call.signal.aborted).toBe(true);
  });

  test('[LC-4] then connect in one tick leaves exactly one link', async () => {
    const h = createHarness();
    await h.goLive();
    h.connection.disconnect();
    h.connection.connect('alice');
    await h.grant();
    h.dial.open();
    expect(h.dials.filter(({ isOver }) => !isOver)).toEqual([h.dial]);
    expect(h.dials).toHaveLength(2);
    expect(h.sessions).toHaveLength(1);
    expect(placeOf(h)).toBe('connected.live');
  });

  test('[LC-4, LC-12] inside a subscriber that sees connected comes right after that transition', async () => {
    const h = createHarness();
    const seen: string[] = [];
    h.connection.status$.subscribe(({ state }) => {
      if (state === 'connected') h.connection.disconnect();
    });
    h.connection.status$.subscribe(({ state }) => seen.push(state));
    await h.goLive();
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'disconnected' });
    expect(seen).toEqual(['idle', 'authenticating', 'authenticating', 'connected', 'idle']);
    expect(timersOn(h.clock)).toBe(0);
    expect(h.dial.isOver).toBe(true);
  });
});

describe('connected', () => {
  test('[LC-5] means accepted: neither a dial nor a credential is enough', async () => {
    const h = await standAt('authenticating.handshake');
    await h.pass(100);
    expect(placeOf(h)).toBe('authenticating.handshake');
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
  });

  test('[LC-7] runs its four regions side by side, unproven at first and proven after stableAfter', async () => {
    const h = createHarness({ reconnect: { stableAfter: 3_000 } });
    await h.goLive();
    const value = () => h.connection.actor.getSnapshot().value;
    expect(value()).toEqual({
      connected: { session: 'live', stability: 'unproven', health: 'healthy', renewal: 'unneeded' },
    });
    await h.pass(2_999);
    expect(value()).toMatchObject({ connected: { stability: 'unproven' } });
    await h.pass(1);
    expect(value()).toMatchObject({ connected: { stability: 'proven' } });
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[LC-7] a link lost before it was proven continues the count', async () => {
    const h = createHarness();
    await h.goLive();
    await h.pass(4_999);
    h.dial.lose();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', attempt: 2 });
  });

  test('[LC-7] a link lost after it was proven starts at attempt 1', async () => {
    const h = createHarness();
    await h.goLive();
    await h.pass(5_000);
    h.dial.lose();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', attempt: 1 });
  });

  test('[LC-7] accept-then-drop loops keep slowing down', async () => {
    const h = createHarness({ random: () => 0.999 });
    await h.goLive();
    const waits: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      h.dial.lose();
      const status = h.connection.getStatus() as Extract<Status, { state: 'reconnecting' }>;
      waits.push(Math.round((status.retryAt ?? 0) - h.clock.now()));
      await h.pass(20_000);
      await h.grant();
      h.dial.open();
    }
    expect(waits).toEqual([999, 3_996, 5_997, 7_996, 7_996, 7_996, 7_996]);
  });
});

describe('an outage', () => {
  test('[LC-6] is one reconnecting however many attempts fail inside it', async () => {
    const h = createHarness();
    await h.goLive();
    await h.pass(5_000);
    h.dial.lose();
    const { since } = h.connection.getStatus();
    for (let n = 0; n < 4; n += 1) {
      await h.pass(20_000);
      await h.grant();
      h.dial.fail();
    }
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', attempt: 5, since });
    expect(new Set(h.statuses.slice(4).map(({ state }) => state))).toEqual(new Set(['reconnecting']));
  });

  test('[LC-6] the first attempt is authenticating until its first transient failure', async () => {
    const h = await standAt('reconnecting.waiting');
    expect(h.statuses.map(shortly)).toEqual([
      'idle initial',
      'authenticating.credential',
      'authenticating.handshake',
      'reconnecting.waiting 2',
    ]);
  });
});

describe('giving up', () => {
  test('[LC-8] comes after maxAttempts failed attempts in a row: once, with the reason, without a timer', async () => {
    const h = createHarness({ reconnect: { maxAttempts: 3 } });
    h.connection.connect('alice');
    for (let n = 0; n < 3; n += 1) {
      await h.grant();
      h.dial.fail({ systemCode: 'ECONNREFUSED' });
      await h.pass(5_000);
    }
    await h.pass(anHour);
    expect(h.statuses.filter(({ state }) => state === 'exhausted')).toEqual([
      expect.objectContaining({
        state: 'exhausted',
        identity: 'alice',
        attempts: 3,
        cause: expect.objectContaining({ code: 'network' }),
      }),
    ]);
    expect(h.connection.getStatus().state).toBe('exhausted');
    expect(timersOn(h.clock)).toBe(0);
    expect(h.provider.calls).toHaveLength(3);
  });

  test('[LC-8] comes at the first failure with maxAttempts 1', async () => {
    const h = createHarness({ reconnect: { maxAttempts: 1 } });
    h.connection.connect('alice');
    await h.grant();
    h.dial.fail();
    expect(h.statuses.map(({ state }) => state)).not.toContain('reconnecting');
    expect(h.connection.getStatus()).toMatchObject({ state: 'exhausted', attempts: 1 });
  });

  test('[LC-8, LC-7] with maxAttempts 1 a proven link that is lost still gets its one attempt', async () => {
    const h = createHarness({ reconnect: { maxAttempts: 1 } });
    await h.goLive();
    await h.pass(5_000);
    h.dial.lose();
    expect(placeOf(h)).toBe('reconnecting.waiting');
    await h.pass(1_000);
    await h.grant();
    h.dial.fail();
    expect(h.connection.getStatus()).toMatchObject({ state: 'exhausted', attempts: 1 });
  });

  test('[LC-8, LC-7] counts the loss of an unproven link as a failure', async () => {
    const h = createHarness({ reconnect: { maxAttempts: 1 } });
    await h.goLive();
    h.dial.lose();
    expect(h.connection.getStatus()).toMatchObject({ state: 'exhausted', attempts: 1 });
  });

  test('[LC-8] has no limit of attempts by default', async () => {
    const h = createHarness({ reconnect: { giveUpAfter: Number.POSITIVE_INFINITY } });
    h.connection.connect('alice');
    for (let n = 0; n < 60; n += 1) {
      await h.grant();
      h.dial.fail();
      await h.pass(20_000);
    }
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', attempt: 61 });
  });

  test('[LC-8] comes on time after giveUpAfter of trying, in the middle of a wait', async () => {
    const h = createHarness({ reconnect: { giveUpAfter: 1_000, first: 10_000 } });
    await h.goLive();
    await h.pass(5_000);
    h.dial.lose();
    await h.pass(999);
    expect(placeOf(h)).toBe('reconnecting.waiting');
    await h.pass(1);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'exhausted',
      cause: { code: 'transport-closed' },
    });
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[LC-8, ST-1] counts in `attempts` those that failed, not the one that was waited for', async () => {
    const h = createHarness({ reconnect: { giveUpAfter: 1_000, first: 10_000 } });
    h.connection.connect('alice');
    await h.grant();
    h.dial.fail();
    await h.pass(1_000);
    expect(h.connection.getStatus()).toMatchObject({ state: 'exhausted', attempts: 1 });
  });

  test('[LC-8] counts the time of attempts and of waits, and starts anew with a proven link', async () => {
    const h = createHarness({ reconnect: { giveUpAfter: 20_000, first: 0 }, handshakeTimeout: 19_000 });
    h.connection.connect('alice');
    await h.grant();
    await h.pass(19_000);
    await h.pass(0);
    await h.grant();
    h.dial.open();
    await h.pass(5_000);
    h.dial.lose();
    await h.pass(0);
    await h.grant();
    await h.pass(19_000);
    expect(h.connection.getStatus().state).toBe('reconnecting');
    await h.pass(1_000);
    expect(h.connection.getStatus().state).toBe('exhausted');
  });

  test('[LC-8, SV-5] comes on time in the wait for a slot too, which is then given up', async () => {
    const h = createHarness({ reconnect: { giveUpAfter: 60_000 } });
    h.connection.connect('alice');
    await h.grant();
    h.dial.refuse({ code: 'busy', retryAfter: 90_000, exact: true });
    expect(h.connection.getStatus()).toMatchObject({ phase: 'waiting', retryAt: null });
    await h.pass(59_999);
    expect(placeOf(h)).toBe('reconnecting.waiting');
    await h.pass(1);
    expect(h.connection.getStatus()).toMatchObject({ state: 'exhausted', cause: { code: 'busy' } });
    h.connection.retry();
    await h.grant();
    h.dial.open();
    expect(h.connection.getStatus().state).toBe('connected');
  });

  test('[LC-8] does not come by time spent in accepted links', async () => {
    const h = createHarness({ reconnect: { giveUpAfter: 1_500 } });
    await h.goLive();
    await h.pass(4_000);
    h.dial.lose();
    expect(h.connection.getStatus().state).toBe('reconnecting');
  });

  test.each([
    ['offline', 'online'],
    ['hidden', 'visible'],
    ['frozen', 'resumed'],
  ] as const)('[LC-8] does not count time while %s', async (away, back) => {
    const world = createWorld();
    const h = createHarness({
      signals: world.signals,
      reconnect: { giveUpAfter: 10_000, maxAttempts: Number.POSITIVE_INFINITY },
    });
    h.connection.connect('alice');
    await h.grant();
    h.dial.fail();
    world.say(away);
    for (let n = 0; n < 30; n += 1) {
      await h.pass(20_000);
      if (placeOf(h).endsWith('.credential')) await h.grant();
      if (placeOf(h).endsWith('.handshake')) h.dial.fail();
    }
    expect(h.connection.getStatus().state).toBe('reconnecting');
    world.say(back);
    for (let n = 0; n < 30; n += 1) {
      await h.pass(1_000);
      if (placeOf(h).endsWith('.credential')) await h.grant();
      if (placeOf(h).endsWith('.handshake')) h.dial.fail();
    }
    expect(h.connection.getStatus().state).toBe('exhausted');
  });

  test('[LC-8, EN-1] counts the time of a page that was offline, and seen, when it began', async () => {
    const world = createWorld({ isOnline: false });
    const h = createHarness({ signals: world.signals, reconnect: { giveUpAfter: 10_000 } });
    h.connection.connect('alice');
    world.say('online');
    await h.pass(30_000);
    await h.pass(10_000);
    expect(h.connection.getStatus()).toMatchObject({ state: 'exhausted' });
  });

  test('[LC-8, RE-6] does not count the sleep of a device that gave no signal', async () => {
    const h = createHarness({ reconnect: { giveUpAfter: 60_000 } });
    await h.goLive();
    await h.pass(5_000);
    h.dial.lose();
    await h.pass(anHour);
    expect(placeOf(h)).toBe('reconnecting.credential');
    await h.grant();
    h.dial.fail();
    expect(placeOf(h)).toBe('reconnecting.waiting');
  });

  test.each([
    ['retry', (h: Awaited<ReturnType<typeof standAt>>) => h.connection.retry(), 'retry'],
    ['connect', (h: Awaited<ReturnType<typeof standAt>>) => h.connection.connect(), 'connect'],
    ['online', (h: Awaited<ReturnType<typeof standAt>>) => h.world.say('online'), 'signal'],
    ['visible', (h: Awaited<ReturnType<typeof standAt>>) => h.world.say('visible'), 'signal'],
  ] as const)('[LC-8] ends with %s, which starts afresh at attempt 1', async (_, act, reason) => {
    const h = await standAt('exhausted');
    act(h);
    expect(placeOf(h)).toBe('authenticating.credential');
    expect(h.provider.call).toMatchObject({ identity: 'alice', attempt: 1, reason, forceRefresh: false });
    await h.grant();
    h.dial.fail();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', attempt: 2 });
  });

  test.each(['online', 'visible'] as const)(
    '[LC-8] does not end with %s where that is turned off',
    async (signal) => {
      const h = await standAt('exhausted', { reconnect: { resumeOnSignal: false } });
      const calls = h.provider.calls.length;
      h.world.say(signal);
      await h.pass(anHour);
      expect(placeOf(h)).toBe('exhausted');
      expect(h.provider.calls).toHaveLength(calls);
      h.connection.retry();
      expect(placeOf(h)).toBe('authenticating.credential');
    },
  );

  test.each(['offline', 'hidden', 'frozen', 'resumed'] as const)(
    '[LC-8] does not end with %s',
    async (signal) => {
      const h = await standAt('exhausted');
      h.world.say(signal);
      expect(placeOf(h)).toBe('exhausted');
    },
  );
});

describe('auth-failed', () => {
  test('[LC-9] has no timer and does not call the provider, whatever the world says', async () => {
    const h = await standAt('auth-failed');
    for (const signal of signals) h.world.say(signal);
    expect(timersOn(h.clock)).toBe(0);
    await h.pass(anHour);
    expect(placeOf(h)).toBe('auth-failed');
    expect(h.provider.calls).toHaveLength(1);
    expect(h.dial.isOver).toBe(true);
  });

  test.each([
    ['connect', 'connect'],
    ['retry', 'retry'],
    ['credentialChanged', 'changed'],
  ] as const)('[LC-9, CR-8] is left by %s', async (method, reason) => {
    const h = await standAt('auth-failed');
    h.connection[method]();
    expect(placeOf(h)).toBe('authenticating.credential');
    expect(h.provider.call).toMatchObject({ reason, attempt: 1, forceRefresh: false });
  });
});

describe('inside a subscriber', () => {
  test('[LC-12] connect in the idle that is replayed is not lost', async () => {
    const h = createHarness();
    const seen: string[] = [];
    h.connection.status$.subscribe((status) => {
      seen.push(shortly(status));
      if (status.state === 'idle') h.connection.connect('alice');
    });
    expect(seen).toEqual(['idle initial', 'authenticating.credential']);
    await h.grant();
    h.dial.open();
    expect(placeOf(h)).toBe('connected.live');
  });

  test('[LC-12] connect in the idle of a disconnect brings it back, and everybody sees one order', async () => {
    const h = createHarness();
    await h.goLive();
    const first: string[] = [];
    const last: string[] = [];
    h.connection.status$.subscribe((status) => {
      first.push(shortly(status));
      if (status.state === 'idle') h.connection.connect('bob');
    });
    h.connection.status$.subscribe((status) => last.push(shortly(status)));
    h.connection.disconnect();
    const order = ['connected.live', 'idle disconnected', 'authenticating.credential'];
    expect(first).toEqual(order);
    expect(last).toEqual(order);
    expect(h.connection.getStatus()).toMatchObject({ identity: 'bob' });
  });

  test('[LC-12] several methods are done in the order of their calls', async () => {
    const h = createHarness();
    await h.goLive();
    const seen: string[] = [];
    let isFirst = true;
    h.connection.subscribe(() => {
      if (!isFirst) return;
      isFirst = false;
      h.connection.connect('bob');
      h.connection.disconnect();
      h.connection.connect('carol');
    });
    h.connection.status$.subscribe((status) =>
      seen.push('identity' in status ? status.identity : status.state),
    );
    h.dial.lose();
    expect(seen).toEqual(['alice', 'alice', 'bob', 'idle', 'carol']);
    expect(h.sessions.filter(({ isClosed }) => !isClosed)).toEqual([{ identity: 'carol', isClosed: false }]);
  });

  test('[LC-12] a retry in every outage does not recurse or lose an event', async () => {
    const h = createHarness({ reconnect: { maxAttempts: 50 } });
    h.connection.status$.subscribe((status) => {
      if (status.state === 'reconnecting' && status.phase === 'waiting') h.connection.retry();
    });
    h.connection.connect('alice');
    for (let n = 0; n < 50; n += 1) {
      await h.grant();
      h.dial.fail();
    }
    expect(h.connection.getStatus()).toMatchObject({ state: 'exhausted', attempts: 50 });
    expect(h.dials).toHaveLength(50);
  });
});

describe('a late word', () => {
  test('[LC-3, LK-2, CR-5] of an attempt that is over changes nothing in any state', async () => {
    for (const place of places) {
      const h = await standAt(place);
      h.connection.disconnect();
      h.connection.connect('alice');
      const before = h.connection.getStatus();
      for (const dial of h.dials.slice(0, -1)) {
        dial.open();
        dial.refuse({ code: 'forbidden' });
        dial.fail();
        dial.lose();
      }
      for (const call of h.provider.calls.slice(0, -1)) call.resolve(null);
      await h.settle();
      expect(h.connection.getStatus(), place).toBe(before);
    }
  });

  test('[RE-8, LK-2] of an attempt that ran out of time does not count: it succeeds too late', async () => {
    const h = await standAt('authenticating.handshake');
    await h.pass(20_000);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      cause: { code: 'handshake-timeout' },
    });
    expect(h.dial.isOver).toBe(true);
    h.dial.open();
    expect(placeOf(h)).toBe('reconnecting.waiting');
  });

  test('[LK-2] a link that is lost twice is one loss', async () => {
    const h = await standAt('connected.live');
    h.dial.lose();
    const after = h.statuses.length;
    h.dial.lose();
    h.dial.lose();
    expect(h.statuses).toHaveLength(after);
    expect(h.connection.stats().losses).toEqual({ 'transport-closed': 1 });
  });
});

describe('a callback of the user', () => {
  const boom = () => {
    throw new Error('boom');
  };

  test('[LC-13, ER-2] that classifies by throwing or by nonsense leaves it to the default', async () => {
    for (const classify of [
      boom,
      () => undefined,
      () => 'never',
      () => ({ kind: 'busy' }),
      () => new Proxy({}, { get: boom }),
    ]) {
      const h = createHarness({ classify: classify as never });
      h.connection.connect('alice');
      await h.grant();
      h.dial.refuse({ code: 'forbidden' });
      expect(h.connection.getStatus()).toMatchObject({ state: 'auth-failed', cause: { code: 'forbidden' } });
      expect(h.problems.map(({ code }) => code)).toEqual(['classifier-invalid']);
    }
  });

  test('[LC-13] that classifies the deadline of the handshake by throwing leaves it to the default', async () => {
    const h = createHarness({ classify: boom });
    h.connection.connect('alice');
    await h.grant();
    await h.pass(20_000);
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      cause: { code: 'handshake-timeout' },
    });
    expect(h.problems.map(({ code }) => code)).toEqual(['classifier-invalid']);
  });

  test('[LC-13, CR-10] that draws nonsense for a random number neither wedges nor cuts a wait', async () => {
    for (const random of [boom, () => Number.NaN, () => -5, () => 1e9, () => 'x' as never]) {
      const h = createHarness({ random });
      await h.goLive();
      h.dial.lose({ bye: { code: 'draining', retryAfter: 5_000 } });
      const { retryAt } = h.connection.getStatus() as Extract<Status, { state: 'reconnecting' }>;
      expect((retryAt ?? 0) - h.clock.now()).toBeGreaterThanOrEqual(5_000);
      expect((retryAt ?? 0) - h.clock.now()).toBeLessThanOrEqual(6_000);
      expect(h.problems).toHaveLength(1);
    }
  });

  test('[LC-13, RE-7] that reads a BYE by throwing costs the word, not the message', async () => {
    const h = createHarness({ dialect: { ...plain(), readBye: boom } });
    const messages: unknown[] = [];
    h.connection.messages$.subscribe(({ event }) => messages.push(event));
    await h.goLive();
    expect(() => h.dial.say('holdfast:bye', { code: 'forbidden' })).not.toThrow();
    expect(messages).toEqual(['holdfast:bye']);
    expect(h.problems.map(({ code }) => code)).toEqual(['callback-threw']);
    h.dial.lose({ reason: 'io server disconnect' });
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', cause: { code: 'kicked' } });
  });

  test('[LC-13] that is told of a refusal with hostile data does not let it through to the machine', async () => {
    const h = createHarness({ reconnect: { maxAttempts: 5 } });
    h.connection.connect('alice');
    await h.grant();
    const data = Object.defineProperty({}, 'code', { get: boom, enumerable: true });
    expect(() => h.dial.refuse(data, 'no')).not.toThrow();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', cause: { code: 'refused' } });
  });

  test('[LC-13] that listens to signals by throwing is reported, and the connection works', async () => {
    const reported: string[] = [];
    const h = createHarness({ signals: { subscribe: boom, isOnline: boom } });
    h.connection.problems$.subscribe(({ code }) => reported.push(code));
    await h.goLive();
    expect(placeOf(h)).toBe('connected.live');
    await h.connection.dispose();
  });

  test('[LC-13, ER-2] that signals what there is not is reported', async () => {
    const world = createWorld();
    const h = createHarness({ signals: world.signals });
    world.say('sunrise' as Signal);
    world.say({ toString: boom } as never);
    expect(h.problems.map(({ code }) => code)).toEqual(['bad-argument', 'bad-argument']);
  });

  test('[LC-13] a link that throws in every call fails attempts, and never the caller', async () => {
    const throwing = { dial: boom, authenticate: boom, hangUp: boom, emit: boom, call: boom, close: boom };
    const h = createHarness({ link: { open: () => throwing }, reconnect: { maxAttempts: 2 } });
    h.connection.connect('alice');
    await h.grant();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', attempt: 2 });
    await h.pass(1_000);
    await h.grant();
    expect(h.connection.getStatus()).toMatchObject({ state: 'exhausted', attempts: 2 });
    await expect(h.connection.dispose()).resolves.toBeUndefined();
  });

  test('[LC-13] a link that cannot be opened fails attempts', async () => {
    const h = createHarness({ link: { open: boom } });
    h.connection.connect('alice');
    await h.grant();
    expect(h.connection.getStatus()).toMatchObject({ state: 'reconnecting', attempt: 2 });
    expect(h.problems[0]).toMatchObject({ code: 'callback-threw', message: expect.stringContaining('boom') });
  });

  test('[LC-13] a link that cannot be opened once is opened for the next attempt', async () => {
    let isBroken = true;
    const hands = createHandLink();
    const link: Link = { open: (identity, sink) => (isBroken ? boom() : hands.link.open(identity, sink)) };
    const h = createHarness({ link });
    h.connection.connect('alice');
    await h.grant();
    isBroken = false;
    await h.pass(1_000);
    await h.grant();
    hands.dial.open();
    expect(placeOf(h)).toBe('connected.live');
    expect(hands.sessions).toEqual([{ identity: 'alice', isClosed: false }]);
  });
});

describe('a machine that fails', () => {
  /** Dies at the first connect. */
  function createBroken() {
    const hands = createHandLink();
    const world = createWorld();
    const machine = connectionMachine.provide({
      actions: {
        dial() {
          throw new Error('planted');
        },
      },
    });
    const connection = new Wiring(machine as typeof connectionMachine, {
      link: hands.link,
      credential: false,
      signals: world.signals,
    });
    const seen: string[] = [];
    connection.problems$.subscribe({
      next: ({ code, message }) => seen.push(`${code}: ${message}`),
      complete: () => seen.push('complete'),
    });
    connection.status$.subscribe((status) => seen.push(shortly(status)));
    return { connection, hands, world, seen };
  }

  test('[LC-13, LC-10] is said, and lets go of everything', () => {
    const { connection, hands, world, seen } = createBroken();
    connection.connect('alice');
    expect(seen).toEqual([
      'idle initial',
      'internal: the machine failed: Error: planted',
      'idle disposed',
      'complete',
    ]);
    expect(hands.sessions).toEqual([{ identity: 'alice', isClosed: true }]);
    expect(world.listeners()).toBe(0);
  });

  test('[LC-10] is at its end: its methods do nothing, and to dispose of it resolves', async () => {
    const { connection, seen } = createBroken();
    connection.connect('alice');
    const before = seen.length;
    connection.connect('bob');
    connection.retry();
    await connection.dispose();
    expect(seen).toHaveLength(before);
  });
});
