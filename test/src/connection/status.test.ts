import { describe, expect, test, vi } from 'vitest';
import { isHoldfastError, type Status } from '../../../src/index.ts';
import { replay } from '../../../src/testing/replay.ts';
import { createHarness, type Harness, shortly } from '../../support/harness.ts';
import { places, standAt } from '../../support/places.ts';
import { uncaughtDuring } from '../../support/uncaught.ts';
import { createWorld } from '../../support/world.ts';

describe('a status', () => {
  const keys: Record<Status['state'], string[]> = {
    idle: ['reason', 'since', 'state'],
    authenticating: ['identity', 'phase', 'since', 'state'],
    connected: ['degraded', 'identity', 'phase', 'recovered', 'since', 'state'],
    reconnecting: ['attempt', 'cause', 'identity', 'phase', 'retryAt', 'since', 'state'],
    'auth-failed': ['cause', 'identity', 'since', 'state'],
    exhausted: ['attempts', 'cause', 'identity', 'since', 'state'],
  };

  test.each(places)('[ST-1] of %s has what its state has, and nothing else', async (place) => {
    const status = (await standAt(place)).connection.getStatus();
    expect(Object.keys(status).sort()).toEqual(keys[status.state]);
    if ('identity' in status) expect(status.identity).toBe('alice');
    if ('cause' in status) {
      expect(isHoldfastError(status.cause)).toBe(true);
      expect(status.cause.code).toMatch(/^[a-z-]+$/);
      expect(status.cause.message).not.toBe('');
      expect(status.cause.hint.length).toBeGreaterThan(20);
    }
  });

  test('[ST-1] tells since when its state holds, over the phases inside', async () => {
    const h = createHarness();
    await h.pass(100);
    h.connection.connect('alice');
    await h.pass(50);
    await h.grant();
    expect(h.connection.getStatus()).toMatchObject({ phase: 'handshake', since: 100 });
    await h.pass(50);
    h.dial.open();
    expect(h.connection.getStatus()).toMatchObject({ state: 'connected', since: 200 });
  });

  test('[ST-1] tells whether the server restored the session', async () => {
    const h = await standAt('authenticating.handshake');
    h.dial.open({ recovered: true });
    expect(h.connection.getStatus()).toMatchObject({ recovered: true });
    await h.pass(5_000);
    h.dial.lose();
    await h.pass(1_000);
    await h.grant();
    h.dial.open();
    expect(h.connection.getStatus()).toMatchObject({ recovered: false });
  });

  test('[ST-1] tells when the next attempt is due only while it waits for one', async () => {
    expect((await standAt('reconnecting.waiting')).connection.getStatus()).toMatchObject({ retryAt: 500 });
    for (const place of [
      'reconnecting.offline',
      'reconnecting.credential',
      'reconnecting.handshake',
    ] as const) {
      expect((await standAt(place)).connection.getStatus()).toMatchObject({ retryAt: null });
    }
  });

  test('[ST-1] of idle tells why', async () => {
    const reasons: string[] = [];
    const note = (h: Harness) => reasons.push(shortly(h.connection.getStatus()));
    note(await standAt('idle'));
    const h = await standAt('connected.live');
    h.connection.disconnect();
    note(h);
    await h.connection.signOut();
    note(h);
    await h.connection.dispose();
    note(h);
    expect(reasons).toEqual(['idle initial', 'idle disconnected', 'idle signed-out', 'idle disposed']);
  });
});

describe('status$', () => {
  test('[ST-2] replays the current status to each that subscribes', async () => {
    const h = await standAt('connected.live');
    const seen: Status[] = [];
    h.connection.status$.subscribe((status) => seen.push(status));
    expect(seen).toEqual([h.connection.getStatus()]);
    expect(seen[0]).toBe(h.connection.getStatus());
  });

  test('[ST-2] emits only changes', async () => {
    const h = await standAt('reconnecting.waiting', { reconnect: { maxAttempts: 9 } });
    const before = h.statuses.length;
    for (const signal of ['hidden', 'visible', 'frozen', 'resumed', 'online'] as const) h.world.say(signal);
    h.connection.connect();
    h.connection.credentialChanged();
    expect(h.statuses).toHaveLength(before);
    for (let n = 1; n < h.statuses.length; n += 1) expect(h.statuses[n]).not.toEqual(h.statuses[n - 1]);
  });

  test('[ST-2] emits a failure of the same kind again, since it is another one', async () => {
    const h = await standAt('reconnecting.handshake', { reconnect: { maxAttempts: 9 } });
    const [before] = h.statuses.slice(-1);
    h.dial.fail();
    expect(h.connection.getStatus()).not.toEqual(before);
  });

  test('[ST-2] completes on dispose, and still replays the last status after it', async () => {
    const h = await standAt('connected.live');
    const seen: string[] = [];
    const watch = () =>
      h.connection.status$.subscribe({
        next: (status) => seen.push(shortly(status)),
        error: () => seen.push('error'),
        complete: () => seen.push('complete'),
      });
    watch();
    await h.connection.dispose();
    watch();
    expect(seen).toEqual(['connected.live', 'idle disposed', 'complete', 'idle disposed', 'complete']);
  });

  test('[ST-2, MS-5] a subscriber that throws disturbs neither the others nor the connection', async () => {
    const h = createHarness();
    const seen: string[] = [];
    const thrown = await uncaughtDuring(async () => {
      h.connection.status$.subscribe(({ state }) => {
        if (state !== 'connected') return;
        throw new Error('a subscriber');
      });
      h.connection.status$.subscribe(({ state }) => seen.push(state));
      await h.goLive();
    });
    expect(seen).toEqual(['idle', 'authenticating', 'authenticating', 'connected']);
    expect(thrown).toEqual([expect.objectContaining({ message: 'a subscriber' })]);
  });
});

describe('the external store', () => {
  test.each(places)('[ST-3] gives the same object in %s until something changes', async (place) => {
    const h = await standAt(place);
    const before = h.connection.getStatus();
    h.world.say('hidden');
    h.world.say('frozen');
    expect(h.connection.getStatus()).toBe(before);
    await h.connection.signOut();
    expect(h.connection.getStatus()).not.toBe(before);
  });

  test('[ST-3] calls after each change, when getStatus tells the new one, and not at the start', async () => {
    const h = createHarness();
    const seen: string[] = [];
    h.connection.subscribe(() => seen.push(shortly(h.connection.getStatus())));
    expect(seen).toEqual([]);
    await h.goLive();
    expect(seen).toEqual(['authenticating.credential', 'authenticating.handshake', 'connected.live']);
  });

  test('[ST-3] calls no more once stopped, and stops one of two like functions only', () => {
    const h = createHarness();
    const listener = vi.fn();
    const stop = h.connection.subscribe(listener);
    h.connection.subscribe(listener);
    stop();
    stop();
    h.connection.connect();
    expect(listener).toHaveBeenCalledTimes(1);
  });

  test('[ST-3] does not call a listener that one before it stopped in the same round', () => {
    const h = createHarness();
    const second = vi.fn();
    h.connection.subscribe(() => stop());
    const stop = h.connection.subscribe(second);
    h.connection.connect();
    expect(second).not.toHaveBeenCalled();
  });

  test('[ST-3, LC-13] a listener that throws is reported, and the others are called', () => {
    const h = createHarness();
    const other = vi.fn();
    h.connection.subscribe(() => {
      throw new Error('a listener');
    });
    h.connection.subscribe(other);
    h.connection.connect();
    expect(other).toHaveBeenCalledTimes(1);
    expect(h.problems).toEqual([
      expect.objectContaining({ code: 'callback-threw', message: expect.stringContaining('a listener') }),
    ]);
  });

  test('[ST-3] the actor gives snapshots for selectors, and no way to send', async () => {
    const h = createHarness();
    const seen: unknown[] = [];
    const { actor } = h.connection;
    const subscription = actor.subscribe((snapshot) => seen.push(snapshot.value));
    expect(Object.keys(actor).sort()).toEqual(['getSnapshot', 'subscribe']);
    h.connection.connect();
    expect(seen).toEqual([{ authenticating: { credential: 'dialing' } }]);
    expect(actor.getSnapshot().matches('authenticating')).toBe(true);
    subscription.unsubscribe();
    h.connection.disconnect();
    expect(seen).toHaveLength(1);
  });

  test('[ST-3] the actor takes an observer as well, whatever part of one it is', () => {
    const h = createHarness();
    const seen: unknown[] = [];
    h.connection.actor.subscribe({ next: (snapshot) => void seen.push(snapshot.value) });
    h.connection.actor.subscribe({});
    h.connection.connect();
    expect(seen).toEqual([{ authenticating: { credential: 'dialing' } }]);
    expect(h.problems).toEqual([]);
  });
});

/** Much of what can happen, in one life. */
async function live(h: Harness, world: ReturnType<typeof createWorld>): Promise<void> {
  h.connection.connect('alice');
  h.dial.fail({ status: 503, retryAfter: 4_000 });
  await h.grant();
  await h.pass(6_000);
  await h.grant('old');
  h.dial.refuse({ code: 'unauthorized' });
  await h.grant('new');
  h.dial.open({ recovered: true });
  h.dial.say('holdfast:bye', { code: 'expired' });
  h.dial.lose({ reason: 'io server disconnect' });
  await h.grant();
  await h.pass(20_000);
  world.say('hidden');
  world.say('offline');
  await h.pass(9_000);
  world.say('visible');
  world.say('online');
  await h.pass(250);
  h.connection.credentialChanged();
  h.provider.call.reject(new Error('down'));
  await h.settle();
  h.connection.retry();
  await h.grant();
  h.dial.open();
  await h.pass(5_000);
  h.connection.connect('bob');
  await h.grant(null);
  h.connection.retry();
  await h.grant();
  h.dial.open();
  h.dial.say('holdfast:bye', { code: 'superseded' });
  h.dial.lose({ reason: 'io server disconnect' });
  h.connection.retry();
  await h.pass(10_000);
  h.connection.disconnect();
  await h.connection.signOut();
  h.connection.connect();
  await h.pass(123);
}

const plainly = (statuses: readonly Status[]) =>
  statuses.map((status) =>
    'cause' in status
      ? {
          ...status,
          cause: { code: status.cause.code, message: status.cause.message, hint: status.cause.hint },
        }
      : status,
  );

/** Draws that differ, so that a replay cannot hit them by accident. */
function draws(): () => number {
  let seed = 7;
  return () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

describe('the trace', () => {
  test('[ST-5] is plain data: JSON gives the same back', async () => {
    const world = createWorld();
    const h = createHarness({ signals: world.signals });
    await live(h, world);
    const trace = h.connection.trace();
    expect(trace.entries.length).toBeGreaterThan(30);
    expect(JSON.parse(JSON.stringify(trace))).toEqual(trace);
  });

  test('[ST-5] tells time, event, cause, and the way from state to state', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant();
    await h.pass(300);
    h.dial.fail();
    await h.pass(500);
    expect(h.connection.trace()).toMatchObject({
      version: 1,
      startedAt: 0,
      start: { value: 'idle' },
      entries: [
        {
          at: 0,
          event: { type: 'user.connect', identity: 'alice' },
          from: 'idle',
          to: 'authenticating.credential.dialing',
        },
        { at: 0, event: { type: 'credential.granted' }, to: 'authenticating.handshake' },
        {
          at: 300,
          event: { type: 'link.failed' },
          to: 'reconnecting.waiting',
          cause: 'network',
          draws: [0.5],
        },
        {
          at: 800,
          event: { type: expect.stringMatching(/^xstate\.after\.wait/) },
          to: 'reconnecting.credential.dialing',
        },
      ],
    });
    const withCause = h.connection.trace().entries.map((entry) => 'cause' in entry);
    expect(withCause, 'told once, where it is new').toEqual([false, false, true, false]);
  });

  test('[ST-5] has no entry for an event that changed nothing', async () => {
    const h = await standAt('connected.live');
    const before = h.connection.trace().entries.length;
    h.connection.connect('alice');
    h.connection.retry();
    h.connection.credentialChanged();
    h.dial.open();
    h.dial.fail();
    expect(h.connection.trace().entries).toHaveLength(before);
  });

  test.each([
    ['whole', 200],
    ['that dropped its beginning', 20],
    ['of one entry', 1],
    ['of nothing', 0],
  ])('[ST-5] %s plays again to the same statuses', async (_, traceLength) => {
    const world = createWorld();
    const h = createHarness({ signals: world.signals, traceLength, random: draws() });
    const after: { length: number; status: Status }[] = [];
    h.connection.status$.subscribe((status) =>
      after.push({ length: h.connection.trace().entries.length, status }),
    );
    await live(h, world);
    const trace = JSON.parse(JSON.stringify(h.connection.trace()));
    expect(trace.entries.length).toBe(Math.min(traceLength, trace.entries.length));
    const again = plainly(replay(trace));
    expect(again.length).toBeGreaterThan(traceLength === 200 ? 25 : 0);
    expect(again).toEqual(plainly(h.statuses).slice(-again.length));
    if (traceLength === 200) expect(again).toHaveLength(h.statuses.length);
  });

  test.each([
    [4, [1, 2, 3, 4, 3, 4, 3, 4]],
    [3, [1, 2, 3, 2, 3, 2, 3, 2]],
    [1, [1, 1, 1, 1, 1, 1, 1, 1]],
    [0, [0, 0, 0, 0, 0, 0, 0, 0]],
  ])(
    '[ST-5] of at most %i entries, a trace has the last; when one is too many, the older half goes',
    (traceLength, lengths) => {
      const h = createHarness({ traceLength });
      const whole = createHarness();
      for (const length of lengths) {
        for (const { connection } of [h, whole]) {
          if (connection.getStatus().state === 'idle') connection.connect('alice');
          else connection.disconnect();
        }
        const all = whole.connection.trace().entries;
        expect(h.connection.trace().entries).toEqual(all.slice(all.length - length));
      }
    },
  );

  test('[ST-5, RE-3, RE-9] plays again what a backoff and a classifier of the user decided', async () => {
    const { classifySocketIo } = await import('../../../src/index.ts');
    const waits = [700, 'nonsense', Number.POSITIVE_INFINITY, 'give-up'];
    const h = createHarness({
      random: draws(),
      classify: (observed) => ({ ...classifySocketIo(observed), message: `ours: ${observed.during}` }),
      reconnect: { backoff: () => waits.shift() as number },
    });
    h.connection.connect('alice');
    for (let n = 0; n < 4; n += 1) {
      await h.grant();
      await h.pass(20_000);
      h.connection.retry();
    }
    expect(h.connection.getStatus()).toMatchObject({ state: 'authenticating' });
    const again = replay(JSON.parse(JSON.stringify(h.connection.trace())));
    expect(plainly(again)).toEqual(plainly(h.statuses));
    expect(h.statuses.map(shortly)).toContain('exhausted');
  });

  test('[ST-5] keeps 200 transitions by default', async () => {
    const h = createHarness();
    for (let n = 0; n < 150; n += 1) {
      h.connection.connect();
      h.connection.disconnect();
    }
    const trace = h.connection.trace();
    expect(trace.entries).toHaveLength(200);
    expect(trace.start.value).toBe('idle');
  });

  test('[ST-5] that was handed out does not change any more', async () => {
    const h = createHarness();
    h.connection.connect();
    const trace = h.connection.trace();
    const before = JSON.stringify(trace);
    await h.grant();
    h.dial.open();
    expect(JSON.stringify(trace)).toBe(before);
  });
});

describe('the stats', () => {
  test('[ST-6] count attempts, connections, losses, refusals and refreshes', async () => {
    const h = createHarness();
    h.connection.connect('alice');
    await h.grant('old');
    h.dial.refuse({ code: 'unauthorized' });
    await h.grant('new');
    h.dial.open();
    await h.pass(5_000);
    h.dial.lose();
    await h.pass(500);
    await h.grant();
    h.dial.refuse({ code: 'busy' });
    await h.pass(2_000);
    await h.grant();
    h.dial.open();
    h.dial.lose({ reason: 'ping timeout' });
    expect(h.connection.stats()).toMatchObject({
      attempts: 4,
      connections: 2,
      losses: { 'transport-closed': 1, 'ping-timeout': 1 },
      refusals: { unauthorized: 1, busy: 1 },
      refreshes: 1,
      duplicatesDropped: 0,
      gaps: 0,
    });
  });

  test('[ST-6] do not count what came late or twice', async () => {
    const h = await standAt('connected.live');
    const before = h.connection.stats();
    h.dial.open();
    h.dial.refuse({ code: 'busy' });
    h.connection.disconnect();
    h.dial.open();
    h.dial.lose();
    h.dial.refuse({ code: 'busy' });
    h.connection.connect();
    for (const dial of h.dials.slice(0, -1)) {
      dial.open();
      dial.refuse({ code: 'busy' });
      dial.lose();
    }
    expect(h.connection.stats()).toMatchObject({ connections: before.connections, losses: {}, refusals: {} });
  });

  test('[ST-6] count the time in each state, the current one included', async () => {
    const h = createHarness();
    await h.pass(100);
    h.connection.connect();
    await h.pass(20);
    await h.grant();
    await h.pass(5);
    h.dial.open();
    await h.pass(7_000);
    expect(h.connection.stats().timeIn).toEqual({
      idle: 100,
      authenticating: 25,
      connected: 7_000,
      reconnecting: 0,
      'auth-failed': 0,
      exhausted: 0,
    });
  });

  test('[ST-6] that were handed out do not change any more', async () => {
    const h = createHarness();
    const before = h.connection.stats();
    await h.goLive();
    h.dial.lose();
    expect(before).toMatchObject({ attempts: 0, connections: 0, losses: {} });
  });
});
