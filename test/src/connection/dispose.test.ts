import { describe, expect, test } from 'vitest';
import { createHandLink, createHarness, shortly } from '../../support/harness.ts';
import { places, standAt } from '../../support/places.ts';
import { timersOn } from '../../support/world.ts';

describe('dispose', () => {
  test.each(places)('[LC-10] in %s leaves no timer, session, listener or provider call', async (place) => {
    const h = await standAt(place);
    const wasPending = place.endsWith('.credential');
    await h.connection.dispose();
    expect(h.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'disposed' });
    expect(timersOn(h.clock)).toBe(0);
    expect(h.world.listeners()).toBe(0);
    expect(h.sessions.filter(({ isClosed }) => !isClosed)).toEqual([]);
    if (wasPending) expect(h.provider.call.signal.aborted).toBe(true);
  });

  test.each(places)(
    '[LC-10] in %s is final: whatever is called or comes late does nothing',
    async (place) => {
      const h = await standAt(place);
      await h.connection.dispose();
      const before = { statuses: h.statuses.length, dials: h.dials.length, calls: h.provider.calls.length };
      const status = h.connection.getStatus();
      h.connection.connect('alice');
      h.connection.connect('bob');
      h.connection.retry();
      h.connection.credentialChanged();
      h.connection.disconnect();
      await h.connection.signOut();
      for (const dial of h.dials) {
        dial.open();
        dial.fail();
        dial.lose();
        dial.say('late', 1);
      }
      for (const call of h.provider.calls) call.resolve('late');
      h.world.say('online');
      await h.pass(3_600_000);
      expect({ statuses: h.statuses.length, dials: h.dials.length, calls: h.provider.calls.length }).toEqual(
        before,
      );
      expect(h.connection.getStatus()).toBe(status);
      expect(timersOn(h.clock)).toBe(0);
    },
  );

  test('[LC-10] is idempotent, and one promise for all who call it', async () => {
    const h = await standAt('connected.live');
    const first = h.connection.dispose();
    expect(h.connection.dispose()).toBe(first);
    await first;
    expect(h.connection.dispose()).toBe(first);
    expect(h.statuses.filter((status) => shortly(status) === 'idle disposed')).toHaveLength(1);
  });

  test('[LC-10] comes with `await using`', async () => {
    const h = createHarness();
    {
      await using connection = h.connection;
      connection.connect('alice');
    }
    expect(shortly(h.connection.getStatus())).toBe('idle disposed');
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[LC-10] in the same tick as connect leaves nothing', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.connection.dispose();
    expect(h.sessions).toEqual([{ identity: 'alice', isClosed: true }]);
    expect(h.provider.call.signal.aborted).toBe(true);
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[LC-10] resolves only when every link that was ever opened has let go', async () => {
    const closers: (() => void)[] = [];
    const { link } = createHandLink();
    const h = createHarness({
      link: {
        open: (identity, sink) => ({
          ...link.open(identity, sink),
          close: () => new Promise((resolve) => closers.push(resolve)),
        }),
      },
    });
    h.connection.connect('alice');
    h.connection.connect('bob');
    let isDone = false;
    const done = h.connection.dispose().then(() => {
      isDone = true;
    });
    await h.settle();
    closers[1]?.();
    await h.settle();
    expect({ isDone, closers: closers.length }).toEqual({ isDone: false, closers: 2 });
    closers[0]?.();
    await done;
    expect(isDone).toBe(true);
  });

  test('[LC-10, LC-13] resolves when a link cannot be closed', async () => {
    const { link } = createHandLink();
    const h = createHarness({
      link: {
        open: (identity, sink) => ({
          ...link.open(identity, sink),
          close: () => Promise.reject(new Error('stuck')),
        }),
      },
    });
    h.connection.connect('alice');
    await expect(h.connection.dispose()).resolves.toBeUndefined();
  });

  test('[LC-10, LC-12] inside a subscriber comes right after the transition under way', async () => {
    const h = createHarness();
    const seen: string[] = [];
    let done: Promise<void> | undefined;
    h.connection.status$.subscribe(({ state }) => {
      if (state !== 'connected') return;
      done = h.connection.dispose();
      h.connection.connect('bob');
    });
    h.connection.status$.subscribe({
      next: (status) => seen.push(shortly(status)),
      complete: () => seen.push('complete'),
    });
    await h.goLive();
    await done;
    expect(seen).toEqual([
      'idle initial',
      'authenticating.credential',
      'authenticating.handshake',
      'connected.live',
      'idle disposed',
      'complete',
    ]);
    expect(h.sessions).toEqual([{ identity: 'alice', isClosed: true }]);
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[LC-10] inside the first status of a connection nobody used', async () => {
    const h = createHarness();
    let done: Promise<void> | undefined;
    h.connection.status$.subscribe(({ state }) => {
      if (state === 'idle') done ??= h.connection.dispose();
    });
    await done;
    expect(shortly(h.connection.getStatus())).toBe('idle disposed');
  });

  test('[LC-10] still tells of what was: status, trace and stats', async () => {
    const h = await standAt('connected.live');
    await h.connection.dispose();
    expect(h.connection.trace().entries.at(-1)).toMatchObject({
      event: { type: 'user.dispose' },
      to: 'idle',
    });
    expect(h.connection.stats()).toMatchObject({ connections: 1 });
    await h.pass(1_000);
    await expect(h.connection.ready()).rejects.toMatchObject({ code: 'idle' });
  });

  test('[LC-10] leaves the external store without a listener to call', async () => {
    const h = await standAt('connected.live');
    const seen: string[] = [];
    h.connection.subscribe(() => seen.push(shortly(h.connection.getStatus())));
    await h.connection.dispose();
    h.dial.lose();
    expect(seen).toEqual(['idle disposed']);
  });

  test('[LC-10] leaves no timer behind in a thousand lives', async () => {
    const h = createHarness();
    for (let n = 0; n < 1_000; n += 1) {
      h.connection.connect(`user ${n % 3}`);
      if (n % 2 === 0) h.dial.fail();
      if (n % 5 === 0) await h.grant();
      if (n % 7 === 0) h.connection.disconnect();
    }
    expect(timersOn(h.clock)).toBeLessThanOrEqual(1);
    await h.connection.dispose();
    expect(timersOn(h.clock)).toBe(0);
    expect(h.sessions.every(({ isClosed }) => isClosed)).toBe(true);
  });
});
