import { describe, expect, test } from 'vitest';
import { alphabet, type ConnectionEvent } from '../../machines/events.ts';
import { renewIn } from '../../machines/policy.ts';
import { failure, type Verdict } from '../../machines/verdict.ts';
import { createBareMachine } from '../support/bare-machine.ts';

const minute = 60_000;

/** A proven link whose credential lasts for ten minutes, renewed a minute before. Chance is 0.5: 3 s earlier. */
function connected({
  expiresIn = 10 * minute,
  leadTime = minute,
  ...options
}: Parameters<typeof createBareMachine>[0] & { expiresIn?: number | null; leadTime?: number } = {}) {
  const m = createBareMachine({ renew: { leadTime }, ...options });
  m.say({ type: 'user.connect', identity: 'alice' });
  m.grant(expiresIn === null ? {} : { expiresIn });
  m.opened();
  m.clock.increment(5_000);
  m.news();
  return m;
}

/** From the receipt of a credential of ten minutes until its renewal. */
const untilRenewal = 537_000;

type Machine = ReturnType<typeof connected>;

function fetching(options: Parameters<typeof connected>[0] = {}) {
  const m = connected(options);
  m.clock.increment(untilRenewal - 5_000);
  return m;
}

function handing(options: Parameters<typeof connected>[0] = {}, granted = { expiresIn: 10 * minute }) {
  const m = fetching(options);
  m.grant(granted);
  m.news();
  return m;
}

const away = failure('credential-unavailable', 'the token endpoint is down');
const busy = { kind: 'busy', code: 'busy', message: 'come back' } as const;

describe('a credential that runs out', () => {
  test('[CR-9] is renewed on the open link before it does, and again after that', () => {
    const m = connected();
    expect([m.renewal(), m.news()]).toEqual(['scheduled', []]);
    m.clock.increment(untilRenewal - 5_001);
    expect([m.renewal(), m.news()]).toEqual(['scheduled', []]);
    m.clock.increment(1);
    expect([m.renewal(), m.news()]).toEqual(['fetching.asking', ['ask renewal']]);
    m.grant({ expiresIn: 10 * minute });
    expect([m.renewal(), m.news()]).toEqual(['handing.asking', ['renew 1']]);
    m.renewed();
    expect([m.renewal(), m.news()]).toEqual(['scheduled', ['stop renewal']]);
    m.clock.increment(untilRenewal - 1);
    expect(m.renewal()).toBe('scheduled');
    m.clock.increment(1);
    expect([m.renewal(), m.place().startsWith('connected')]).toEqual(['fetching.asking', true]);
  });

  test('[CR-9, CR-1] asks the provider for a fresh one, past every cache', () => {
    const m = fetching();
    expect(m.requests.at(-1)).toEqual({
      epoch: 1,
      identity: 'alice',
      reason: 'renewal',
      attempt: 0,
      forceRefresh: true,
    });
  });

  test.each([
    ['nobody said when it runs out', { expiresIn: null }],
    ['renewing is off', { renew: undefined }],
  ])('[CR-9] is left alone where %s', (_, options) => {
    const m = connected(options as object);
    m.clock.increment(30 * 24 * 60 * minute);
    expect([m.renewal(), m.news()]).toEqual(['unneeded', []]);
  });

  test('[CR-9] costs nothing where nothing renews it: no memory of it', () => {
    const m = createBareMachine();
    m.say('user.connect');
    m.grant({ expiresIn: 1_000 });
    m.opened();
    expect(Object.keys(m.context())).not.toContain('renewal');
  });

  test('[CR-10] counts from its receipt: what the handshake took is off the wait', () => {
    const m = createBareMachine({ renew: { leadTime: minute } });
    m.say('user.connect');
    m.grant({ expiresIn: 10 * minute });
    m.clock.increment(15_000);
    m.opened();
    m.clock.increment(untilRenewal - 15_001);
    expect(m.renewal()).toBe('scheduled');
    m.clock.increment(1);
    expect(m.renewal()).toBe('fetching.asking');
  });

  test('[CR-10] counts in durations: a clock that is years off changes nothing', () => {
    const m = createBareMachine({ renew: { leadTime: minute } });
    const { now } = m.input.ports;
    m.input.ports.now = () => now() - 1e12;
    m.say('user.connect');
    m.grant({ expiresIn: 10 * minute });
    m.opened();
    m.clock.increment(untilRenewal);
    expect(m.renewal()).toBe('fetching.asking');
  });

  test('[CR-10] far in the future is renewed before a timer could overflow', () => {
    const m = connected({ expiresIn: 1e15 });
    m.clock.increment(2 ** 31 - 1);
    expect(m.renewal()).toBe('fetching.asking');
  });

  test.each([
    ['the provider alone', 10 * minute, undefined, untilRenewal],
    ['the server alone', undefined, 10 * minute, untilRenewal],
    ['both, the provider earlier', 10 * minute, 20 * minute, untilRenewal],
    ['both, the server earlier', 20 * minute, 10 * minute, untilRenewal],
  ])('[CR-9, CR-10] has its next end from %s', (_, provider, server, due) => {
    const m = fetching();
    m.grant(provider === undefined ? {} : { expiresIn: provider });
    m.renewed(server);
    m.clock.increment(due - 1);
    expect(m.renewal()).toBe('scheduled');
    m.clock.increment(1);
    expect(m.renewal()).toBe('fetching.asking');
  });

  test('[CR-9, CR-10] has its end from when the server said it, also where that took a while', () => {
    const m = handing({}, { expiresIn: 20 * minute });
    m.clock.increment(20_000);
    m.clock.increment(500);
    m.renewed(10 * minute);
    m.clock.increment(untilRenewal - 1);
    expect(m.renewal()).toBe('scheduled');
    m.clock.increment(1);
    expect(m.renewal()).toBe('fetching.asking');
  });

  test('[CR-10] is not put off by a clock that is set back between its receipt and the link', () => {
    const m = createBareMachine({ renew: { leadTime: minute } });
    m.say('user.connect');
    m.grant({ expiresIn: 10 * minute });
    const { now } = m.input.ports;
    m.input.ports.now = () => now() - 60 * minute;
    m.opened();
    m.clock.increment(untilRenewal);
    expect(m.renewal()).toBe('fetching.asking');
  });

  test('[CR-9] is not renewed any more once nobody says when it runs out', () => {
    const m = fetching();
    m.grant();
    m.renewed();
    expect(m.renewal()).toBe('unneeded');
  });

  test('[CR-9, CR-10] of the next link has a life of its own', () => {
    const m = fetching();
    m.ends('lost');
    m.clock.increment(1_000);
    m.grant({ expiresIn: 20 * minute });
    m.opened();
    expect(m.context().renewal).toMatchObject({ ms: 20 * minute, isShort: false, tries: 0 });
    m.ends('lost');
    m.clock.increment(2_000);
    m.grant();
    m.opened();
    expect(m.renewal()).toBe('unneeded');
  });
});

describe('when it is due', () => {
  test.each([
    [10 * minute, 0, 540_000],
    [10 * minute, 0.5, 537_000],
    [61_000, 0.5, 27_500],
    [10 * minute, 0.999999, 534_000],
    [2 * minute, 0.5, 57_000],
    [minute, 0.5, 30_000],
    [1_000, 0.5, 500],
    [0, 0.5, 0],
    [Number.MAX_VALUE, 0.5, 2 ** 31 - 1],
  ])('[CR-9, CR-10] of %d ms, with chance at %d: after %d ms', (ms, chance, due) => {
    expect(Math.round(renewIn(ms, minute, () => chance))).toBe(due);
  });
});

describe('a short life', () => {
  test('[CR-10] that ends before the lead time is renewed at half of it, and once on a link', () => {
    const m = connected({ expiresIn: minute });
    m.clock.increment(24_999);
    expect(m.renewal()).toBe('scheduled');
    m.clock.increment(1);
    expect(m.renewal()).toBe('fetching.asking');
    m.grant({ expiresIn: minute });
    expect(m.problems).toEqual([]);
    m.renewed();
    expect(m.renewal()).toBe('lapsing');
    expect(m.problems).toEqual([
      failure('renewal-in-vain', 'a renewed credential lasts no more than 60000 ms'),
    ]);
    m.clock.increment(60 * minute);
    expect(m.requests).toHaveLength(2);
  });

  test('[CR-10] is renewed again where the fresh one lasts', () => {
    const m = connected({ expiresIn: minute });
    m.clock.increment(25_000);
    m.grant({ expiresIn: minute + 1 });
    m.renewed();
    expect([m.renewal(), m.problems]).toEqual(['scheduled', []]);
  });

  test('[CR-10] is not taken for short again where nobody said how long the fresh one lasts', () => {
    const m = connected({ expiresIn: minute });
    m.clock.increment(25_000);
    m.grant();
    m.renewed();
    expect([m.renewal(), m.problems]).toEqual(['unneeded', []]);
  });

  test('[CR-10] that follows a long one is renewed once', () => {
    const m = handing({}, { expiresIn: 1_000 });
    m.renewed();
    m.clock.increment(500);
    expect(m.renewal()).toBe('fetching.asking');
    m.grant({ expiresIn: 1_000 });
    m.renewed();
    expect(m.renewal()).toBe('lapsing');
  });

  test('[CR-10] is renewed once on the next link too', () => {
    const m = connected({ expiresIn: 1_000 });
    m.clock.increment(1_000);
    m.grant({ expiresIn: 1_000 });
    m.renewed();
    expect(m.renewal()).toBe('lapsing');
    m.ends('lost');
    m.clock.increment(1_000);
    m.grant({ expiresIn: 1_000 });
    m.opened();
    expect(m.renewal()).toBe('scheduled');
  });

  test.each([0, 1, 49])('[CR-10] of %d ms does not begin a loop', (expiresIn) => {
    const m = createBareMachine({ renew: { leadTime: 0 } });
    m.say('user.connect');
    m.grant({ expiresIn });
    m.opened();
    m.clock.increment(49);
    expect(m.renewal()).toBe('scheduled');
    m.clock.increment(1);
    expect(m.renewal()).toBe('fetching.asking');
  });
});

describe('a renewal that comes to nothing', () => {
  test('[CR-9, CR-3] for want of a credential is tried again, after pauses that grow, until the old one runs out', () => {
    const m = fetching({ policy: { first: 1_000, base: 2_000, factor: 2, cap: 20_000 } });
    const asked = () => m.requests.length;
    for (const pause of [500, 1_000, 3_000, 6_000, 12_000, 15_000, 15_000]) {
      const before = asked();
      m.unavailable(away);
      expect(m.renewal()).toBe('fetching.pausing');
      m.clock.increment(pause - 1);
      expect(asked()).toBe(before);
      m.clock.increment(1);
      expect(asked()).toBe(before + 1);
    }
    m.unavailable(away);
    m.clock.increment(15_000);
    expect(m.renewal()).toBe('lapsing');
    m.clock.increment(60 * minute);
    expect(asked()).toBe(9);
    expect(m.place()).toMatch(/^connected/);
    expect(m.problems).toHaveLength(8);
    expect(m.problems[0]).toEqual(away);
  });

  test('[CR-4] is aborted at the deadline of the provider, and told', () => {
    const m = fetching();
    m.clock.increment(9_999);
    expect([m.renewal(), m.aborted]).toEqual(['fetching.asking', [1]]);
    m.clock.increment(1);
    expect([m.renewal(), m.aborted]).toEqual(['fetching.pausing', [1, 1]]);
    expect(m.problems).toEqual([failure('credential-timeout', 'a renewal had no answer within 10000 ms')]);
  });

  test('[CR-9] for want of an answer is handed over once more: the provider need not be asked again', () => {
    const m = handing();
    m.clock.increment(20_000);
    expect([m.renewal(), m.news()]).toEqual(['handing.pausing', ['stop renewal']]);
    expect(m.problems).toEqual([
      expect.objectContaining(failure('renewal-unanswered', 'a renewal had no answer within 20000 ms')),
    ]);
    m.clock.increment(500);
    expect([m.renewal(), m.news()]).toEqual(['handing.asking', ['renew 1']]);
    m.renewed();
    expect([m.renewal(), m.requests.length]).toEqual(['scheduled', 2]);
  });

  test('[CR-9] on a server that is busy is tried again, until the old one runs out', () => {
    const m = handing();
    let handed = 1;
    for (let n = 0; n < 20 && m.renewal() !== 'lapsing'; n += 1) {
      m.notRenewed({ ...busy, retryAfter: 10_000 });
      m.news();
      m.clock.increment(20_000);
      if (m.news().includes('renew 1')) handed += 1;
    }
    expect([m.renewal(), handed, m.requests.length]).toEqual(['lapsing', 4, 2]);
    expect(m.place()).toMatch(/^connected/);
  });

  test.each([
    ['the server', (m: Machine) => m.notRenewed({ ...busy, retryAfter: 30_000 }), handing],
    ['the provider', (m: Machine) => m.unavailable(away, 30_000), fetching],
  ])('[CR-9, RE-2] is not tried again before the time that %s asked for', (_, fail, begin) => {
    const m = begin();
    fail(m);
    const paused = m.renewal();
    m.clock.increment(30_499);
    expect(m.renewal()).toBe(paused);
    m.clock.increment(1);
    expect(m.renewal()).toBe(paused.replace('pausing', 'asking'));
  });

  test('[CR-9] is not tried at the very end of the old one', () => {
    const m = handing();
    m.notRenewed({ ...busy, retryAfter: 10 * minute - untilRenewal - 500 });
    m.clock.increment(10 * minute - untilRenewal);
    expect(m.renewal()).toBe('lapsing');
  });

  test('[CR-9] counts its failures afresh for the next step, and for the next renewal', () => {
    const m = fetching();
    m.unavailable(away);
    m.clock.increment(500);
    m.unavailable(away);
    expect(m.context().renewal?.tries).toBe(2);
    m.clock.increment(2_000);
    m.grant({ expiresIn: 10 * minute });
    m.notRenewed(busy);
    expect(m.context().renewal?.tries).toBe(1);
    m.clock.increment(500);
    m.renewed();
    expect(m.context().renewal?.tries).toBe(0);
  });

  test('[CR-9, LC-7] leaves the count of attempts and what is known of the link as they were', () => {
    const m = handing();
    const { attempt, cause, floor, refreshOwed, reason } = m.context();
    m.notRenewed({ ...busy, retryAfter: 10_000, forceRefresh: true });
    expect(m.context()).toMatchObject({ attempt, cause, floor, refreshOwed, reason });
  });

  test('[CR-9] with a credential of unknown end is bounded by the end of the one before', () => {
    const m = handing({}, {} as { expiresIn: number });
    m.clock.increment(20_000);
    m.clock.increment(500);
    m.clock.increment(20_000);
    m.clock.increment(2_000);
    expect(m.renewal(), 'the third hand-over').toBe('handing.asking');
    m.clock.increment(20_000);
    m.clock.increment(4_500);
    expect(m.renewal()).toBe('lapsing');
  });
});

describe('a renewal that is refused', () => {
  const unauthorized = {
    kind: 'credential',
    retry: 'now',
    forceRefresh: true,
    code: 'unauthorized',
  } as const;

  test('[CR-9] by the provider ends the link: there is nobody signed in', () => {
    const m = fetching();
    m.say({ type: 'credential.refused', epoch: 1, failure: failure('credential-refused', 'signed out') });
    expect(m.place()).toBe('auth-failed');
    expect(m.context().cause).toMatchObject({ code: 'credential-refused' });
    expect(m.news()).toContain('hang up 1');
  });

  test('[CR-9, CR-6] by the server ends the link, and that token is not presented again', () => {
    const m = handing();
    m.notRenewed({ ...unauthorized, message: 'bad signature' });
    expect(m.place()).toBe('auth-failed');
    expect(m.context().cause).toMatchObject({ code: 'unauthorized', message: 'bad signature' });
    expect(m.news()).toEqual(expect.arrayContaining(['stop renewal', 'end session', 'hang up 1']));
    m.say('world.online', 'world.visible');
    m.clock.increment(60 * minute);
    expect(m.news()).toEqual([]);
  });

  test('[CR-6] since the provider brings a token that was refused before: it is not handed over', () => {
    const m = fetching();
    m.news();
    m.grant({ refusedBefore: true, expiresIn: minute });
    expect(m.place()).toBe('auth-failed');
    expect(m.news().join()).not.toContain('renew');
    expect(m.context().cause).toMatchObject({ code: 'unauthorized' });
  });
});

describe('a device that slept', () => {
  test.each(['visible', 'resumed'] as const)(
    '[CR-9, RE-6] renews at once on `%s` what is overdue',
    (signal) => {
      const m = connected();
      const asleep = { ms: 0 };
      const { now } = m.input.ports;
      m.input.ports.now = () => now() + asleep.ms;
      m.say(`world.${signal}`);
      expect(m.renewal()).toBe('scheduled');
      asleep.ms = untilRenewal;
      m.say(`world.${signal}`);
      expect(m.renewal()).toBe('fetching.asking');
    },
  );

  test('[CR-9, RE-6] tries once more at once, also after the old one ran out', () => {
    const m = handing();
    m.notRenewed({ ...busy, retryAfter: 30_000 });
    const { now } = m.input.ports;
    m.input.ports.now = () => now() + 20 * minute;
    m.say('world.resumed');
    expect(m.renewal()).toBe('handing.asking');
    m.notRenewed(busy);
    m.clock.increment(2_000);
    expect(m.renewal()).toBe('lapsing');
  });

  test('[CR-9, EN-2] takes note of the world, whichever region hears of it', () => {
    const m = connected();
    m.say('world.hidden', 'world.frozen', 'world.visible', 'world.hidden');
    const { now } = m.input.ports;
    m.input.ports.now = () => now() + untilRenewal;
    // Probing already, so that the renewal is the only region that answers.
    m.say('world.visible');
    expect([m.renewal(), m.context().world]).toEqual([
      'fetching.asking',
      { online: true, visible: true, frozen: false },
    ]);
  });
});

describe('every event in every state of a renewal', () => {
  /** How each state is come to. */
  const states: Record<string, () => Machine> = {
    unneeded: () => connected({ expiresIn: null }),
    scheduled: () => connected(),
    'fetching.asking': () => fetching(),
    'fetching.pausing'() {
      const m = fetching();
      m.unavailable(away);
      return m;
    },
    'handing.asking': () => handing(),
    'handing.pausing'() {
      const m = handing();
      m.notRenewed({ ...busy });
      return m;
    },
    lapsing() {
      const m = connected({ expiresIn: 1_000 });
      m.clock.increment(1_000);
      m.grant({ expiresIn: 1_000 });
      m.renewed();
      return m;
    },
  };

  const no: Verdict = {
    kind: 'server',
    retry: 'backoff',
    forceRefresh: false,
    retryAfter: null,
    ...failure('refused', 'no'),
  };
  const refused = (verdict: Partial<Verdict>) => (epoch: number) =>
    ({ type: 'renewal.refused', epoch, verdict: { ...no, ...verdict } }) as const;
  const events: Record<string, (epoch: number) => ConnectionEvent | ConnectionEvent['type']> = {
    granted: (epoch) => ({ type: 'credential.granted', epoch, refusedBefore: false }),
    'granted the refused one': (epoch) => ({ type: 'credential.granted', epoch, refusedBefore: true }),
    'nobody signed in': (epoch) => ({
      type: 'credential.refused',
      epoch,
      failure: failure('credential-refused', 'no'),
    }),
    unavailable: (epoch) => ({ type: 'credential.unavailable', epoch, failure: away, retryAfter: null }),
    accepted: (epoch) => ({ type: 'renewal.accepted', epoch }),
    'no: credential': refused({ kind: 'credential', retry: 'now' }),
    'no: credential, for good': refused({ kind: 'credential', retry: 'never' }),
    'no: forbidden': refused({ kind: 'forbidden', retry: 'never' }),
    'no: superseded': refused({ kind: 'superseded', retry: 'never' }),
    'no: for good': refused({ kind: 'server', retry: 'never' }),
    'no: busy': refused({ kind: 'busy', retryAfter: 1_000 }),
    'no: anything else': refused({ kind: 'server' }),
    lost: (epoch) => ({ type: 'link.lost', epoch, verdict: no }),
    opened: (epoch) => ({ type: 'link.opened', epoch, recovered: false }),
    'no link': (epoch) => ({ type: 'link.refused', epoch, verdict: no }),
    'no way': (epoch) => ({ type: 'link.failed', epoch, verdict: no }),
    connect: () => 'user.connect',
    'connect as another': () => ({ type: 'user.connect', identity: 'bob' }),
    disconnect: () => 'user.disconnect',
    'sign out': () => 'user.sign-out',
    dispose: () => 'user.dispose',
    retry: () => 'user.retry',
    'credential changed': () => 'user.credential-changed',
    online: () => 'world.online',
    offline: () => 'world.offline',
    visible: () => 'world.visible',
    hidden: () => 'world.hidden',
    frozen: () => 'world.frozen',
    resumed: () => 'world.resumed',
    suspended: () => 'world.suspended',
    restored: (epoch) => ({ type: 'restoring.done', epoch }),
    'not restored': (epoch) => ({ type: 'restoring.failed', epoch, failure: away, mayRetry: false }),
    'a gap': (epoch) => ({ type: 'inbox.gap', epoch }),
    alive: (epoch) => ({ type: 'probe.answered', epoch }),
    'a ghost': (epoch) => ({ type: 'probe.ghost', epoch }),
  };

  /** Written by hand, not made from the machine. `.` stays where it is; `f.`, `h.` fetching, handing. */
  const table = `
    event                    | unneeded | scheduled | f.asking | f.pausing | h.asking  | h.pausing | lapsing
    granted                  | .        | .         | h.asking | .         | .         | .         | .
    granted the refused one  | .        | .         | failed   | .         | .         | .         | .
    nobody signed in         | .        | .         | failed   | .         | .         | .         | .
    unavailable              | .        | .         | f.pausing| .         | .         | .         | .
    accepted                 | .        | .         | .        | .         | scheduled | .         | .
    no: credential           | .        | .         | .        | .         | failed    | .         | .
    no: credential, for good | .        | .         | .        | .         | failed    | .         | .
    no: forbidden            | .        | .         | .        | .         | failed    | .         | .
    no: superseded           | .        | .         | .        | .         | idle      | .         | .
    no: for good             | .        | .         | .        | .         | exhausted | .         | .
    no: busy                 | .        | .         | .        | .         | h.pausing | .         | .
    no: anything else        | .        | .         | .        | .         | h.pausing | .         | .
    lost                     | out      | out       | out      | out       | out       | out       | out
    opened                   | .        | .         | .        | .         | .         | .         | .
    no link                  | .        | .         | .        | .         | .         | .         | .
    no way                   | .        | .         | .        | .         | .         | .         | .
    connect                  | .        | .         | .        | .         | .         | .         | .
    connect as another       | bob      | bob       | bob      | bob       | bob       | bob       | bob
    disconnect               | idle     | idle      | idle     | idle      | idle      | idle      | idle
    sign out                 | idle     | idle      | idle     | idle      | idle      | idle      | idle
    dispose                  | idle     | idle      | idle     | idle      | idle      | idle      | idle
    retry                    | .        | .         | .        | .         | .         | .         | .
    credential changed       | .        | .         | .        | .         | .         | .         | .
    online                   | .        | .         | .        | .         | .         | .         | .
    offline                  | .        | .         | .        | .         | .         | .         | .
    visible                  | .        | .         | .        | .         | .         | .         | .
    hidden                   | .        | .         | .        | .         | .         | .         | .
    frozen                   | .        | .         | .        | .         | .         | .         | .
    resumed                  | .        | .         | .        | .         | .         | .         | .
    suspended                | away     | away      | away     | away      | away      | away      | away
    restored                 | .        | .         | .        | .         | .         | .         | .
    not restored             | .        | .         | .        | .         | .         | .         | .
    a gap                    | .        | .         | .        | .         | .         | .         | .
    alive                    | .        | .         | .        | .         | .         | .         | .
    a ghost                  | .        | .         | .        | .         | .         | .         | .`;

  const words: Record<string, string> = {
    failed: 'auth-failed',
    out: 'reconnecting.waiting',
    away: 'reconnecting.suspended',
    bob: 'authenticating.credential.dialing',
  };
  const spelled = (word: string) => word.replace(/^f\./, 'fetching.').replace(/^h\./, 'handing.');
  const [head = [], ...body] = table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  const cells = body.flatMap(([event = '', ...row]) =>
    row.map((word, index) => [event, spelled(head[index + 1] ?? ''), spelled(word)] as const),
  );
  const placeOf = (m: Machine) => m.renewal() || m.place();

  test('[LC-11] the table has all of both', () => {
    expect(head.slice(1).map(spelled)).toEqual(Object.keys(states));
    expect(body.map(([event]) => event)).toEqual(Object.keys(events));
    const told = Object.values(events).map((make) => make(1));
    const types = told.map((event) => (typeof event === 'string' ? event : event.type));
    expect([...new Set(types)].sort()).toEqual([...alphabet].sort());
  });

  test.each(cells)('[LC-11, CR-9] %s in %s: %s', (event, state, wanted) => {
    const m = (states[state] as () => Machine)();
    expect(m.renewal()).toBe(state);
    m.say(events[event]?.(m.context().epoch) as ConnectionEvent);
    expect(placeOf(m)).toBe(wanted === '.' ? state : (words[wanted] ?? wanted));
  });

  const ofLink = Object.keys(events).filter((name) => 'epoch' in Object(events[name]?.(1)));
  test.each(ofLink.flatMap((event) => Object.keys(states).map((state) => [event, state] as const)))(
    '[LK-2, CR-9] %s of an older link does nothing in %s',
    (event, state) => {
      const m = (states[state] as () => Machine)();
      m.news();
      m.say(events[event]?.(m.context().epoch - 1) as ConnectionEvent);
      expect([placeOf(m), m.news()]).toEqual([state, []]);
    },
  );

  test('[CR-9, LC-4] leaves no timer behind, wherever it was', () => {
    for (const stand of Object.values(states)) {
      const m = stand();
      m.say('user.disconnect');
      m.news();
      m.clock.increment(60 * minute);
      expect([m.place(), m.news()]).toEqual(['idle', []]);
    }
  });

  test('[CR-9, CR-2] ends what it asked for when the link ends, before anything else is asked', () => {
    const m = fetching();
    m.say({ type: 'user.connect', identity: 'bob' });
    expect(m.aborted).toEqual([1, 1]);
    const h = handing();
    h.ends('lost');
    expect(h.news()).toContain('stop renewal');
  });
});
