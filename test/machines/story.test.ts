import { describe, expect, test } from 'vitest';
import { noEffort } from '../../machines/effort.ts';
import { failure } from '../../machines/verdict.ts';
import { createBareMachine } from '../support/bare-machine.ts';

/** From nothing to a link that was accepted. */
function connected(options: Parameters<typeof createBareMachine>[0] = {}) {
  const m = createBareMachine(options);
  m.say({ type: 'user.connect', identity: 'alice' });
  m.grant();
  m.opened();
  return m;
}

/** In the wait after a first attempt that failed. */
function waiting(options: Parameters<typeof createBareMachine>[0] = {}) {
  const m = createBareMachine(options);
  m.say({ type: 'user.connect', identity: 'alice' });
  m.grant();
  m.ends('failed');
  return m;
}

describe('what the machine remembers', () => {
  test('[LC-1] of nothing, to begin with', () => {
    const m = createBareMachine({ world: { online: false, visible: false } });
    expect(m.place()).toBe('idle');
    expect(m.context()).toEqual({
      ...m.input,
      world: { online: false, visible: false, frozen: false },
      identity: null,
      epoch: 0,
      attempt: 0,
      delays: 0,
      hasHurried: false,
      restarts: 0,
      reason: 'connect',
      refreshOwed: false,
      cause: null,
      dialVerdict: null,
      wait: null,
      floor: null,
      effort: noEffort,
      recovered: false,
      idleReason: 'initial',
      hasConnected: false,
      owed: { rooms: false, missed: false },
      tries: 0,
      missing: [],
      since: 0,
    });
    expect(m.told).toEqual(['hang up 0']);
  });

  test('[LC-7] nothing of an outage, once a link is proven', () => {
    const m = waiting();
    m.clock.increment(500);
    m.grant();
    m.opened();
    expect(m.context()).toMatchObject({
      attempt: 2,
      delays: 1,
      effort: { spent: 500, since: null, asked: 0 },
    });
    m.clock.increment(4_999);
    expect(m.context()).toMatchObject({ attempt: 2, delays: 1 });
    m.clock.increment(1);
    expect(m.context()).toMatchObject({ attempt: 0, delays: 0, hasHurried: false, effort: noEffort });
  });

  test('[LC-8, ST-1] nothing of an outage, once somebody asks anew', () => {
    const m = waiting({ policy: { maxAttempts: 2 } });
    m.clock.increment(500);
    m.grant();
    m.ends('failed', { retryAfter: 7_000, forceRefresh: true });
    expect(m.place()).toBe('exhausted');
    expect(m.context()).toMatchObject({ attempt: 2, delays: 1, refreshOwed: true, floor: { ms: 7_000 } });
    m.say('user.retry');
    expect(m.context()).toMatchObject({
      attempt: 1,
      delays: 0,
      hasHurried: false,
      restarts: 0,
      reason: 'retry',
      refreshOwed: false,
      cause: null,
      wait: null,
      floor: null,
      effort: { spent: 0 },
    });
  });

  test('[ST-1] the time at which each of its states was entered', () => {
    const m = createBareMachine();
    const entered = (act: () => void) => {
      m.clock.increment(10);
      act();
      return [m.place().replace(/\..*/s, ''), m.context().since];
    };
    expect([
      entered(() => m.say('user.connect')),
      entered(() => m.grant()),
      entered(() => m.opened()),
      entered(() => m.ends('lost')),
      entered(() => m.say('user.retry')),
      entered(() => m.ends('failed', { kind: 'forbidden', retry: 'never' })),
    ]).toEqual([
      ['authenticating', 10],
      ['authenticating', 10],
      ['connected', 30],
      ['reconnecting', 40],
      ['reconnecting', 40],
      ['reconnecting', 40],
    ]);
  });

  test('[EN-1] what the world was last said to be like', () => {
    const m = createBareMachine();
    const worldAfter = (...events: Parameters<typeof m.say>) => {
      m.say(...events);
      return m.context().world;
    };
    expect(worldAfter('world.offline')).toEqual({ online: false, visible: true, frozen: false });
    expect(worldAfter('world.hidden')).toEqual({ online: false, visible: false, frozen: false });
    expect(worldAfter('world.frozen')).toEqual({ online: false, visible: false, frozen: true });
    expect(worldAfter('world.resumed')).toEqual({ online: false, visible: false, frozen: false });
    expect(worldAfter('world.frozen', 'world.visible')).toEqual({
      online: false,
      visible: true,
      frozen: false,
    });
    expect(worldAfter('world.online')).toEqual({ online: true, visible: true, frozen: false });
  });

  test('[ST-1] whether the server restored the session, of this link alone', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.grant();
    m.opened({ recovered: true });
    expect(m.context().recovered).toBe(true);
    m.ends('lost');
    m.clock.increment(500);
    m.grant();
    m.opened();
    expect(m.context().recovered).toBe(false);
  });
});

describe('what the ports are told', () => {
  test('[CR-11, LC-4] of a life: each deed once, in this order', () => {
    const m = createBareMachine();
    m.news();
    m.say({ type: 'user.connect', identity: 'alice' });
    expect(m.news()).toEqual(['forgive', 'belong to alice', 'open alice', 'dial 1', 'ask connect']);
    m.grant();
    expect(m.news()).toEqual(['authenticate 1']);
    m.opened();
    expect(m.news()).toEqual(['begin session', 'open session']);
    m.say('user.credential-changed');
    expect(m.news()).toEqual(['forgive']);
    m.ends('lost', { code: 'message-too-big' });
    expect(m.news()).toEqual(['pause session', 'end session message-too-big', 'hang up 1']);
    m.say('user.retry');
    expect(m.news()).toEqual(['forgive', 'dial 2', 'ask retry']);
    m.say('user.disconnect');
    expect(m.news()).toEqual(['hang up 2']);
    m.say('user.connect');
    expect(m.news()).toEqual(['forgive', 'belong to alice', 'open alice', 'dial 3', 'ask connect']);
    m.say({ type: 'user.connect', identity: 'bob' });
    expect(m.news()).toEqual(['close', 'forgive', 'belong to bob', 'open bob', 'dial 4', 'ask connect']);
    m.say('user.sign-out');
    expect(m.news()).toEqual(['close', 'belong to null', 'forgive', 'hang up 4']);
    expect(m.context()).toMatchObject({ identity: null, idleReason: 'signed-out' });
    m.say('user.dispose');
    expect(m.news()).toEqual(['close', 'hang up 4']);
    expect(m.context().idleReason).toBe('disposed');
    expect(m.aborted).toEqual([1, 2, 3, 4]);
  });

  test('[ID-3] of a user who never gave an identity', () => {
    const m = createBareMachine();
    m.say('user.connect');
    expect(m.requests).toEqual([
      { epoch: 1, identity: 'anonymous', reason: 'connect', attempt: 1, forceRefresh: false },
    ]);
    expect(m.told).toContain('open anonymous');
  });

  test('[CR-6] of a refused token: it is marked, and one fresh one is asked for', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.grant();
    m.news();
    m.ends('refused', { kind: 'credential', retry: 'now', forceRefresh: true });
    expect(m.news()).toEqual(['mark refused 1', 'dial 2', 'ask refused']);
    expect(m.requests.at(-1)).toMatchObject({ reason: 'refused', attempt: 1, forceRefresh: true });
    m.grant();
    m.ends('refused', { kind: 'credential', retry: 'now', code: 'unauthorized' });
    expect(m.place()).toBe('auth-failed');
    expect(m.told).toContain('mark refused 2');
    expect(m.context().cause).toMatchObject({ code: 'unauthorized' });
  });

  test('[CR-8, CR-10] of a storm: it is told with the number of starts it hurried', () => {
    const m = createBareMachine();
    m.say('user.connect');
    for (let n = 0; n < 7; n += 1) m.say('user.credential-changed');
    expect(m.requests).toHaveLength(6);
    expect(m.problems.map(({ code, message }) => [code, message])).toEqual([
      ['credential-storm', 'credentialChanged() hurried 5 attempts in a row'],
      ['credential-storm', 'credentialChanged() hurried 5 attempts in a row'],
    ]);
  });
});

describe('a link that was ended by a word', () => {
  const again = { kind: 'credential', retry: 'now', forceRefresh: true, code: 'expired' } as const;

  test('[LC-7, RE-7] is answered at once the first time, and waits the second time', () => {
    const m = connected();
    m.ends('lost', again);
    expect(m.place()).toBe('reconnecting.credential.dialing');
    expect(m.context()).toMatchObject({ attempt: 2, hasHurried: true, cause: { code: 'expired' } });
    expect(m.requests.at(-1)).toMatchObject({ reason: 'expired', attempt: 2, forceRefresh: true });
    m.grant();
    m.opened();
    m.ends('lost', again);
    expect(m.place()).toBe('reconnecting.waiting');
    m.clock.increment(500);
    m.grant();
    m.opened();
    m.clock.increment(5_000);
    m.ends('lost', again);
    expect(m.place()).toBe('reconnecting.credential.dialing');
  });

  test('[LC-8, RE-7] is not answered once the attempts are used up', () => {
    const m = connected({ policy: { maxAttempts: 1 } });
    m.ends('lost', again);
    expect(m.place()).toBe('exhausted');
    expect(m.context()).toMatchObject({ attempt: 1, hasHurried: false });
  });

  test('[RE-7] of a provider that is not there owes no refresh', () => {
    const m = connected({ hasProvider: false });
    m.ends('lost', { ...again, kind: 'server', retry: 'backoff' });
    expect(m.context()).toMatchObject({ refreshOwed: false, reason: 'reconnect' });
  });
});

describe('a dial that failed while the provider worked', () => {
  test('[CR-11, RE-2] ends the attempt when the provider is done, with its own cause and time', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.ends('failed', { code: 'busy', kind: 'busy', retryAfter: 3_000 });
    expect(m.place()).toBe('authenticating.credential.dialFailed');
    m.news();
    m.grant();
    expect(m.place()).toBe('reconnecting.waiting');
    expect(m.news()).toEqual(['hang up 1']);
    expect(m.context()).toMatchObject({ cause: { code: 'busy' }, floor: { from: 0, ms: 3_000 } });
    expect(m.context().wait).toEqual({ timer: 3_500, rest: 0, dueAt: 3_500 });
  });

  test('[RE-2] and a provider that asks for time as well: the longer one counts', () => {
    for (const [ofServer, ofProvider, floor] of [
      [3_000, 9_000, 9_000],
      [9_000, 3_000, 9_000],
      [null, 3_000, 3_000],
      [3_000, null, 3_000],
      [0, null, 0],
    ] as const) {
      const m = createBareMachine();
      m.say('user.connect');
      m.ends('refused', { retryAfter: ofServer });
      m.unavailable(failure('credential-unavailable', 'down'), ofProvider);
      expect(m.context()).toMatchObject({ cause: { code: 'credential-unavailable' }, floor: { ms: floor } });
    }
  });

  test('[RE-2] and a provider that asks for none leave no floor', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.ends('failed');
    m.unavailable(failure('credential-unavailable', 'down'));
    expect(m.context().floor).toBeNull();
  });

  test.each(['failed', 'refused'] as const)('[CR-11] with `%s`, and presents nothing', (how) => {
    const m = createBareMachine();
    m.say('user.connect');
    m.ends(how);
    expect(m.place()).toBe('authenticating.credential.dialFailed');
    m.grant();
    expect(m.place()).toBe('reconnecting.waiting');
    expect(m.told.filter((each) => each.startsWith('authenticate'))).toEqual([]);
  });

  test('[CR-4] and a provider that never answers: the dial is the cause, and its time the floor', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.ends('failed', { code: 'busy', kind: 'busy', retryAfter: 3_000 });
    m.clock.increment(10_000);
    expect(m.context()).toMatchObject({ cause: { code: 'busy' }, floor: { from: 10_000, ms: 3_000 } });
  });

  test('[CR-4] is forgotten in the next attempt', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.ends('failed', { code: 'busy', retryAfter: 3_000 });
    m.grant();
    m.clock.increment(3_500);
    expect(m.context().dialVerdict).toBeNull();
    m.clock.increment(10_000);
    expect(m.context()).toMatchObject({ cause: { code: 'credential-timeout' }, floor: null });
    expect(m.context().cause?.message).toBe('no credential within 10000 ms');
  });
});

describe('a wait', () => {
  test('[LC-8, RE-1] is cut to the time of trying that is left, and the rest is known', () => {
    const m = waiting({ policy: { first: 10_000, giveUpAfter: 2_000 } });
    expect(m.context().wait).toEqual({ timer: 2_000, rest: 3_000, dueAt: 5_000 });
    m.say('world.hidden');
    m.clock.increment(2_000);
    expect(m.place()).toBe('reconnecting.waiting');
    expect(m.context().wait).toEqual({ timer: 2_000, rest: 1_000, dueAt: 5_000 });
    m.clock.increment(2_000);
    expect(m.context().wait).toEqual({ timer: 1_000, rest: 0, dueAt: 5_000 });
    m.clock.increment(1_000);
    expect(m.place()).toBe('reconnecting.credential.dialing');
    expect(m.context()).toMatchObject({ wait: null, attempt: 2, delays: 1 });
  });

  test('[RE-4] ended by the user keeps the reason why a refresh is owed', () => {
    const m = connected();
    m.ends('lost', { code: 'kicked', kind: 'server', forceRefresh: true });
    m.say('user.retry');
    expect(m.requests.at(-1)).toMatchObject({ reason: 'kicked', forceRefresh: true });
  });

  test('[RE-5, CR-8] without a network, a changed credential is what the next attempt is made with', () => {
    const m = waiting();
    m.say('world.offline');
    m.news();
    m.say('user.credential-changed');
    expect(m.news()).toEqual(['forgive']);
    m.say('world.online');
    expect(m.context().wait).toEqual({ timer: 125, rest: 0, dueAt: 125 });
    m.clock.increment(125);
    expect(m.requests.at(-1)).toMatchObject({ reason: 'changed', forceRefresh: false, attempt: 2 });
  });

  test('[RE-2, RE-5] after an absence is what is left of the time that was asked for', () => {
    const m = createBareMachine();
    m.clock.increment(50_000);
    m.say('user.connect');
    m.grant();
    m.ends('refused', { retryAfter: 1_000 });
    m.say('world.offline');
    m.clock.increment(400);
    m.say('world.online');
    expect(m.context().wait).toMatchObject({ timer: 600 });
    m.say('world.offline');
    m.clock.increment(500);
    m.say('world.online');
    // The spread is longer than what is left.
    expect(m.context().wait).toMatchObject({ timer: 125 });
  });

  test('[CR-8, RE-4] waited to its end forgives the restarts', () => {
    const m = createBareMachine();
    m.say('user.connect');
    for (let n = 0; n < 3; n += 1) m.say('user.credential-changed');
    expect(m.context()).toMatchObject({ restarts: 3, reason: 'changed', refreshOwed: false });
    m.grant();
    m.ends('failed');
    expect(m.context().restarts).toBe(3);
    m.clock.increment(500);
    expect(m.context().restarts).toBe(0);
  });

  test('[LC-8] is cut to what the attempt before it left of the time', () => {
    const m = createBareMachine({ policy: { first: 10_000, giveUpAfter: 2_000 } });
    m.say('user.connect');
    m.grant();
    m.clock.increment(500);
    m.ends('failed');
    expect(m.context().wait).toEqual({ timer: 1_500, rest: 3_500, dueAt: 5_500 });
  });

  test('[RE-6] is overdue at the very reading at which it is due', () => {
    for (const [reading, place] of [
      [499, 'reconnecting.waiting'],
      [500, 'reconnecting.credential.dialing'],
    ] as const) {
      const m = waiting();
      m.clock.now = () => reading;
      m.say('world.resumed');
      expect(m.place()).toBe(place);
    }
  });

  test.each([
    'unauthorized',
    'expired',
    'kicked',
    'credential-unavailable',
    'credential-timeout',
    'credential-invalid',
    'reserved-auth-key',
  ] as const)('[CR-8] because of %s ends with a changed credential', (code) => {
    const m = createBareMachine();
    m.say('user.connect');
    m.grant();
    m.ends('failed', { code });
    m.news();
    m.say('user.credential-changed');
    expect(m.place()).toBe('reconnecting.credential.dialing');
    expect(m.news()).toEqual(['forgive', 'dial 2', 'ask changed']);
  });

  test('[CR-8] because of the server does not end with a changed credential', () => {
    const m = waiting();
    m.news();
    m.say('user.credential-changed');
    expect(m.place()).toBe('reconnecting.waiting');
    expect(m.news()).toEqual(['forgive']);
  });
});

describe('an end that is final', () => {
  test.each([
    ['credential', 'auth-failed'],
    ['forbidden', 'auth-failed'],
    ['superseded', 'idle'],
    ['server', 'exhausted'],
    ['busy', 'exhausted'],
  ] as const)('[RE-9] of the kind %s leads to %s, from an attempt and from a link', (kind, place) => {
    const refused = createBareMachine();
    refused.say('user.connect');
    refused.grant();
    refused.ends('refused', { kind, retry: 'never' });
    const lost = connected();
    lost.ends('lost', { kind, retry: 'never' });
    for (const m of [refused, lost]) {
      expect(m.place()).toBe(place);
      expect(m.context()).toMatchObject(
        kind === 'superseded' ? { idleReason: 'superseded' } : { cause: { code: 'transport-closed' } },
      );
      expect(m.told.at(-1)).toBe('hang up 1');
    }
  });

  test('[CR-6] for a refresh that brought the refused token again', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.grant({ refusedBefore: true });
    expect(m.requests.at(-1)).toMatchObject({ reason: 'refused', forceRefresh: true });
    m.grant({ refusedBefore: true });
    expect(m.place()).toBe('auth-failed');
    expect(m.context().cause).toMatchObject({
      code: 'unauthorized',
      message: 'the provider returned the token that the server had refused',
    });
  });
});

describe('a signal', () => {
  const after = {
    'world.online': { online: true },
    'world.offline': { online: false },
    'world.visible': { visible: true, frozen: false },
    'world.hidden': { visible: false },
    'world.frozen': { frozen: true },
    'world.resumed': { frozen: false },
  };
  const ways: Record<string, () => ReturnType<typeof createBareMachine>> = {
    idle: () => createBareMachine(),
    connected: () => connected(),
    'reconnecting.waiting': () => waiting(),
    'reconnecting.waiting, overdue': () => {
      const m = waiting();
      m.clock.now = () => 1_000;
      return m;
    },
    'reconnecting.offline': () => {
      const m = waiting();
      m.say('world.offline');
      return m;
    },
    exhausted: () => waiting({ policy: { maxAttempts: 1 } }),
    'exhausted, to stay': () => waiting({ policy: { maxAttempts: 1, resumeOnSignal: false } }),
  };

  describe.each(Object.keys(ways))('in %s', (way) => {
    test.each(Object.entries(after))('[EN-1] %s is remembered', (signal, change) => {
      const m = ways[way]?.() ?? createBareMachine();
      expect(m.place()).toContain(way.replace(/,.*/, ''));
      m.say('world.hidden', signal as keyof typeof after);
      expect(m.context().world).toEqual({
        online: !way.includes('offline'),
        visible: false,
        frozen: false,
        ...change,
      });
    });
  });
});

describe('a word of an attempt that is over', () => {
  const places: Record<string, () => ReturnType<typeof createBareMachine>> = {
    'authenticating.credential.dialing': () => {
      const m = createBareMachine();
      m.say('user.connect', 'user.credential-changed');
      return m;
    },
    'authenticating.credential.dialFailed': () => {
      const m = createBareMachine();
      m.say('user.connect', 'user.credential-changed');
      m.ends('failed');
      return m;
    },
    'authenticating.handshake': () => {
      const m = createBareMachine();
      m.say('user.connect', 'user.credential-changed');
      m.grant();
      return m;
    },
    connected: connectedAgain,
    'reconnecting.waiting': waiting,
    'reconnecting.credential.dialing': () => {
      const m = waiting();
      m.say('user.retry');
      return m;
    },
  };

  function connectedAgain() {
    const m = connected();
    m.ends('lost');
    m.say('user.retry');
    m.grant();
    m.opened();
    return m;
  }

  test.each(Object.keys(places))('[LK-2, CR-5] changes nothing in %s', (place) => {
    const m = places[place]?.() ?? createBareMachine();
    expect(m.place()).toContain(place);
    const before = { place: m.place(), context: m.context(), news: m.news() };
    const epoch = m.context().epoch - 1;
    const why = failure('forbidden', 'late');
    const verdict = {
      ...why,
      kind: 'forbidden',
      retry: 'never',
      forceRefresh: false,
      retryAfter: null,
    } as const;
    m.say(
      { type: 'credential.granted', epoch, refusedBefore: false },
      { type: 'credential.granted', epoch, refusedBefore: true },
      { type: 'credential.refused', epoch, failure: why },
      { type: 'credential.unavailable', epoch, failure: why, retryAfter: 1 },
      { type: 'link.opened', epoch, recovered: true },
      { type: 'link.refused', epoch, verdict },
      { type: 'link.failed', epoch, verdict },
      { type: 'link.lost', epoch, verdict },
    );
    expect({ place: m.place(), context: m.context(), news: m.news() }).toEqual({ ...before, news: [] });
  });
});
