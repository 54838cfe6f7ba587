import { describe, expect, test } from 'vitest';
import { createHarness } from '../../support/harness.ts';
import { activePlaces, placeOf, places, standAt } from '../../support/places.ts';
import { timersOn } from '../../support/world.ts';

describe('connect with another identity', () => {
  test.each(activePlaces)('[ID-1] in %s closes the link for good and authenticates anew', async (place) => {
    const h = await standAt(place);
    const { call, dial } = { call: h.provider.call, dial: h.dial };
    const wasPending = place.endsWith('.credential');
    h.connection.connect('bob');
    expect(h.connection.getStatus()).toMatchObject({
      state: 'authenticating',
      identity: 'bob',
      phase: 'credential',
      since: h.clock.now(),
    });
    expect(h.sessions).toEqual([
      { identity: 'alice', isClosed: true },
      { identity: 'bob', isClosed: false },
    ]);
    expect(call.signal.aborted).toBe(wasPending);
    expect(h.provider.call).toMatchObject({
      identity: 'bob',
      reason: 'connect',
      attempt: 1,
      forceRefresh: false,
    });
    dial.open();
    dial.lose();
    expect(placeOf(h)).toBe('authenticating.credential');
    await h.grant('of bob');
    h.dial.open();
    expect(h.connection.getStatus()).toMatchObject({ state: 'connected', identity: 'bob' });
  });

  test.each(['idle', 'auth-failed', 'exhausted'] as const)(
    '[ID-1] from %s uses a link of its own',
    async (place) => {
      const h = await standAt(place);
      h.connection.connect('bob');
      expect(h.sessions.filter(({ isClosed }) => !isClosed)).toEqual([{ identity: 'bob', isClosed: false }]);
      expect(h.dial.identity).toBe('bob');
    },
  );

  test('[ID-1] lets no word of the old link through, not even a message', async () => {
    const h = await standAt('connected.live');
    const messages: unknown[] = [];
    h.connection.messages$.subscribe((message) => messages.push(message));
    const { dial } = h;
    h.connection.connect('bob');
    dial.say('secret', 'of alice');
    await h.grant();
    h.dial.open();
    dial.say('secret', 'of alice');
    expect(messages).toEqual([]);
  });

  test('[ID-1] to and fro in one tick leaves one link and one call', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    h.connection.connect('bob');
    h.connection.connect('alice');
    expect(h.sessions.map(({ isClosed }) => isClosed)).toEqual([true, true, false]);
    expect(h.provider.calls.filter(({ signal }) => !signal.aborted)).toHaveLength(1);
    await h.grant();
    h.dial.open();
    expect(h.connection.getStatus()).toMatchObject({ state: 'connected', identity: 'alice' });
  });

  test('[ID-1, LC-7] does not carry over attempts, waits or a wish of the server', async () => {
    const h = await standAt('reconnecting.handshake');
    h.dial.refuse({ code: 'busy', retryAfter: 60_000 });
    h.connection.connect('bob');
    await h.grant();
    h.dial.fail();
    expect(h.connection.getStatus()).toMatchObject({
      state: 'reconnecting',
      attempt: 2,
      retryAt: h.clock.now() + 500,
    });
  });
});

describe('connect with the same identity', () => {
  test('[LK-1] reuses the session over attempts, outages and rests', async () => {
    const h = await standAt('exhausted');
    h.connection.retry();
    await h.grant();
    h.dial.open();
    h.connection.disconnect();
    h.connection.connect('alice');
    expect(h.sessions).toEqual([{ identity: 'alice', isClosed: false }]);
  });
});

describe('connect without an identity', () => {
  test('[ID-3] is anonymous the first time', () => {
    const h = createHarness();
    h.connection.connect();
    expect(h.connection.getStatus()).toMatchObject({ state: 'authenticating', identity: 'anonymous' });
    expect(h.provider.call.identity).toBe('anonymous');
  });

  test.each(places.filter((place) => place !== 'idle'))(
    '[ID-3] keeps the current one in %s',
    async (place) => {
      const h = await standAt(place);
      h.connection.connect();
      expect(h.connection.getStatus()).toMatchObject({ identity: 'alice' });
      expect(h.sessions).toHaveLength(1);
    },
  );

  test('[ID-3] keeps the current one after disconnect', async () => {
    const h = await standAt('connected.live');
    h.connection.disconnect();
    h.connection.connect();
    expect(h.connection.getStatus()).toMatchObject({ identity: 'alice' });
    expect(h.sessions).toHaveLength(1);
  });

  test('[ID-3] is anonymous again after signing out', async () => {
    const h = await standAt('connected.live');
    await h.connection.signOut();
    h.connection.connect();
    expect(h.connection.getStatus()).toMatchObject({ identity: 'anonymous' });
  });

  test('[ID-3] called `anonymous` by name is the same identity', () => {
    const h = createHarness();
    h.connection.connect();
    h.connection.connect('anonymous');
    expect(h.sessions).toHaveLength(1);
  });
});

describe('signOut', () => {
  test.each(places)(
    '[ID-1, LC-4] in %s goes to idle at once, closes the link for good and leaves no timer',
    async (place) => {
      const h = await standAt(place);
      const done = h.connection.signOut();
      expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'signed-out' });
      await expect(done).resolves.toBeUndefined();
      expect(h.sessions.filter(({ isClosed }) => !isClosed)).toEqual([]);
      expect(timersOn(h.clock)).toBe(0);
      expect(
        h.provider.calls.every(
          ({ signal }, n) =>
            signal.aborted || n < h.provider.calls.length - 1 || !place.endsWith('.credential'),
        ),
      ).toBe(true);
    },
  );

  test('[ID-1] the same user signing in again gets a session of their own', async () => {
    const h = await standAt('connected.live');
    await h.connection.signOut();
    h.connection.connect('alice');
    expect(h.sessions).toEqual([
      { identity: 'alice', isClosed: true },
      { identity: 'alice', isClosed: false },
    ]);
  });

  test('[CR-6] a token that was refused before it may be presented after it', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant('old');
    h.dial.refuse({ code: 'unauthorized' });
    await h.connection.signOut();
    h.connection.connect('alice');
    await h.grant('old');
    expect(h.dial.auth).toEqual({ token: 'old' });
  });
});
