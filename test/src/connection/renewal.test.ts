import { inspect } from 'node:util';
import { describe, expect, test, vi } from 'vitest';
import {
  type ConnectionOptions,
  CredentialRefused,
  type Dialect,
  holdfast,
  LinkCallError,
  plain,
  type Status,
} from '../../../src/index.ts';
import { replay } from '../../../src/testing/index.ts';
import { createHarness, type Harness } from '../../support/harness.ts';
import { createWorld, timersOn } from '../../support/world.ts';

const minute = 60_000;
/** Chance is 0.5 in the harness: of ten minutes, a minute and 3 s before the end. */
const untilRenewal = 537_000;
const lasting = (token: string, more: object = {}) => ({ token, expiresIn: 10 * minute, ...more });

/** A proven link with a credential of ten minutes, and the statuses from there on. */
async function live(options: Partial<ConnectionOptions> = {}, first: unknown = lasting('first')) {
  const world = createWorld();
  const h = createHarness({ dialect: holdfast(), signals: world.signals, ...options });
  h.connection.connect('alice');
  await h.grant(first);
  h.dial.open();
  await h.pass(5_000);
  const statuses: Status[] = [];
  h.connection.status$.subscribe((status) => statuses.push(status));
  statuses.length = 0;
  return { h, statuses, signal: world.say };
}

/** The fresh credential is with the server. */
async function handing(options: Partial<ConnectionOptions> = {}, fresh: unknown = lasting('second')) {
  const all = await live(options);
  const { h } = all;
  const waiting: { resolve: (answer: unknown) => void; reject: (thrown: unknown) => void }[] = [];
  h.answerWith(() => new Promise((resolve, reject) => waiting.push({ resolve, reject })));
  await h.pass(untilRenewal - 5_000);
  await h.grant(fresh);
  return {
    ...all,
    async answer(said: unknown) {
      waiting.shift()?.resolve(said);
      await h.settle();
    },
    async fail(thrown: unknown) {
      waiting.shift()?.reject(thrown);
      await h.settle();
    },
  };
}

const renewals = (h: Harness) => h.sent.filter(({ event }) => event === 'holdfast:renew');
const stateOf = (h: Harness) =>
  (h.connection.actor.getSnapshot().value as { connected?: { renewal: unknown } }).connected?.renewal;

describe('a credential that runs out', () => {
  test('[CR-9] is renewed on the open link, again and again, and the status shows nothing of it', async () => {
    const { h, statuses } = await live();
    const before = h.connection.getStatus();
    h.answerWith(async () => ({ expiresIn: 10 * minute }));
    for (let n = 2; n < 7; n += 1) {
      await h.pass(untilRenewal);
      await h.grant(lasting(`token-${n}`));
      await h.settle();
      expect(renewals(h).at(-1)?.args).toEqual([{ token: `token-${n}` }]);
    }
    expect(renewals(h)).toHaveLength(5);
    expect(h.connection.getStatus()).toBe(before);
    expect([statuses, h.problems, h.dials.length]).toEqual([[], [], 1]);
    expect(h.connection.stats()).toMatchObject({ attempts: 1, connections: 1, refreshes: 0, renewals: 5 });
  });

  test('[CR-9, CR-1] is asked for as a renewal, past every cache', async () => {
    const { h } = await live();
    await h.pass(untilRenewal);
    expect(h.provider.call).toMatchObject({
      identity: 'alice',
      reason: 'renewal',
      forceRefresh: true,
      attempt: 0,
    });
  });

  test('[CR-9] goes to any server by the event that was named, with all that belongs to it', async () => {
    const { h } = await handing({ dialect: plain({ renew: 'fresh' }) }, lasting('second', { device: 'd1' }));
    expect(h.sent).toEqual([{ event: 'fresh', args: [{ token: 'second', device: 'd1' }] }]);
  });

  test.each<[string, Partial<ConnectionOptions>]>([
    ['with a dialect that cannot', { dialect: plain() }],
    ['without a dialect', { dialect: undefined as never }],
    ['where it is off', { renew: false }],
  ])('[CR-9] is not renewed %s', async (_, options) => {
    const { h } = await live(options);
    await h.pass(24 * 60 * minute);
    expect([h.provider.calls.length, timersOn(h.clock)]).toEqual([1, 0]);
  });

  test.each([
    [undefined, 537_000],
    [{}, 537_000],
    [{ leadTime: 5 * minute }, 285_000],
    [{ leadTime: 0 }, 600_000],
  ])('[CR-9] with `renew: %j` is renewed after %d ms', async (renew, due) => {
    const { h } = await live(renew === undefined ? {} : { renew });
    await h.pass(due - 5_001);
    expect(h.provider.calls).toHaveLength(1);
    await h.pass(1);
    expect(h.provider.calls).toHaveLength(2);
  });

  test('[CR-9, LC-13] is spread by the injected chance, which may be broken', async () => {
    const { h } = await live({ random: () => Number.NaN });
    await h.pass(540_000);
    expect(h.provider.calls).toHaveLength(2);
  });

  test('[CR-10] that lasts for ever has no end', async () => {
    const { h } = await live({}, { token: 'first', expiresIn: Number.POSITIVE_INFINITY });
    await h.pass(2 ** 31);
    expect(h.provider.calls).toHaveLength(1);
    expect(JSON.stringify(h.connection.trace())).not.toContain('expiresIn');
  });

  test('[CR-10] that ends before the lead time is renewed once, and `problems$` says what to change', async () => {
    const short = { token: 'first', expiresIn: 3_600 };
    const { h } = await live({}, short);
    h.answerWith(async () => ({}));
    await h.grant({ ...short, token: 'second' });
    await h.settle();
    await h.pass(60 * minute);
    expect(renewals(h)).toHaveLength(1);
    expect(h.problems).toMatchObject([
      {
        code: 'renewal-in-vain',
        hint: expect.stringMatching(/`expiresIn` in ms, or make `renew\.leadTime`/),
      },
    ]);
  });

  test('[CR-9, RE-6] overdue after a sleep is renewed at once', async () => {
    const now = { ms: 0 };
    const world = createWorld();
    const h = createHarness({ dialect: holdfast(), signals: world.signals });
    const asleep = createHarness({
      dialect: holdfast(),
      signals: world.signals,
      clock: { ...clockOf(h), now: () => now.ms },
    });
    asleep.connection.connect('alice');
    await asleep.grant(lasting('first'));
    asleep.dial.open();
    now.ms = untilRenewal - 1;
    world.say('resumed');
    expect(asleep.provider.calls).toHaveLength(1);
    now.ms = untilRenewal;
    world.say('visible');
    expect(asleep.provider.calls).toHaveLength(2);
  });
});

function clockOf({ clock }: Harness) {
  return {
    setTimeout: clock.setTimeout.bind(clock),
    clearTimeout: clock.clearTimeout.bind(clock),
  } as unknown as NonNullable<ConnectionOptions['clock']>;
}

describe('what the server says to it', () => {
  test.each([
    [undefined],
    [null],
    ['ok'],
    [7],
    [[]],
    [{}],
    [{ error: null }],
    [{ expiresIn: null }],
    [{ expiresIn: 10 * minute, more: 'words' }],
  ])('[CR-9] %j is a yes', async (said) => {
    const { h, answer, statuses } = await handing();
    await answer(said);
    expect([stateOf(h), statuses, h.problems]).toEqual(['scheduled', [], []]);
  });

  test.each([
    [{ code: 'unauthorized' }, 'unauthorized', 'the renewal was refused'],
    [{ code: 'unauthorized', message: 'bad signature' }, 'unauthorized', 'bad signature'],
    [{ code: 'expired' }, 'expired', 'the renewal was refused'],
    [{ code: 'forbidden' }, 'forbidden', 'the renewal was refused'],
    ['jwt malformed', 'unauthorized', 'jwt malformed'],
    [{ message: 'banned' }, 'forbidden', 'banned'],
  ])('[CR-9, RE-9] the error %j signs out, and ends the link', async (error, code, message) => {
    const { h, answer, statuses } = await handing();
    await answer({ error });
    expect(statuses).toMatchObject([{ state: 'auth-failed', cause: { code, message } }]);
    expect(h.dial).toMatchObject({ isOver: true, isKept: false });
    expect(timersOn(h.clock)).toBe(0);
    expect(h.connection.stats()).toMatchObject({ renewals: 0, losses: { [code]: 1 } });
  });

  test.each([
    [{ error: { code: 'busy' } }, 'busy', 500],
    [{ error: { code: 'busy', retryAfter: 7_000 } }, 'busy', 7_500],
    [{ error: { code: 'draining', retryAfterMs: 7_000 } }, 'draining', 7_500],
    [{ error: { code: 'odd', retryAfter: 100 } }, 'busy', 600],
    [{ error: 'no token service today', retryable: true }, 'busy', 500],
    [{ error: { code: 'unauthorized', retryAfter: 900 }, retryable: true }, 'busy', 1_400],
    [{ error: { code: 'odd' } }, 'refused', 500],
    [{ error: {} }, 'refused', 500],
    [{ error: true }, 'refused', 500],
    [{ error: '' }, 'refused', 500],
    [{ expiresIn: -1 }, 'renewal-unanswered', 500],
    [{ expiresIn: Number.NaN }, 'renewal-unanswered', 500],
    [{ expiresIn: '1h' }, 'renewal-unanswered', 500],
  ])('[CR-9, RE-2] %j changes nothing but that it is handed over again', async (said, code, pause) => {
    const { h, answer, statuses } = await handing();
    await answer(said);
    expect(h.problems).toMatchObject([{ code }]);
    await h.pass(pause - 1);
    expect(renewals(h)).toHaveLength(1);
    await h.pass(1);
    expect(renewals(h).map(({ args }) => args)).toEqual([[{ token: 'second' }], [{ token: 'second' }]]);
    await answer({});
    expect([stateOf(h), statuses, h.provider.calls.length]).toEqual(['scheduled', [], 2]);
  });

  test('[CR-9] no answer is waited for as long as in a handshake, and the next one counts', async () => {
    const { h, fail, answer, statuses } = await handing({ handshakeTimeout: 3_000 });
    await fail(new LinkCallError('timeout'));
    await h.pass(2_999);
    expect([stateOf(h), h.problems]).toEqual([{ handing: 'asking' }, []]);
    await h.pass(1);
    expect(h.problems).toMatchObject([
      { code: 'renewal-unanswered', message: 'a renewal had no answer within 3000 ms' },
    ]);
    await h.pass(500);
    await answer({});
    expect([stateOf(h), statuses]).toEqual(['scheduled', []]);
  });

  test('[CR-9] one that comes too late changes nothing', async () => {
    const { h, answer, statuses } = await handing();
    await h.pass(20_000);
    await answer({ error: { code: 'forbidden' } });
    expect([stateOf(h), statuses]).toEqual([{ handing: 'pausing' }, []]);
  });

  test('[CR-9, RE-9] is judged by `classify`, as in a handshake', async () => {
    const seen: unknown[] = [];
    const { h, answer } = await handing({
      classify(observed) {
        seen.push(observed);
        return {
          ...{ kind: 'busy', retry: 'backoff', forceRefresh: false, retryAfter: 0, code: 'busy' },
          ...{ message: 'ours', hint: 'Wait.' },
        } as const;
      },
    });
    await answer({ error: { code: 'forbidden', message: 'no' } });
    expect(seen).toEqual([{ during: 'refused', message: 'no', data: { code: 'forbidden', message: 'no' } }]);
    expect([h.connection.getStatus().state, h.problems]).toMatchObject([
      'connected',
      [{ code: 'busy', message: 'ours' }],
    ]);
  });
});

describe('a dialect with a defect', () => {
  const renewing = (renew: unknown, more: Partial<Dialect> = {}) =>
    ({ ...plain(), renew, ...more }) as Dialect;

  test.each<[string, Dialect, RegExp]>([
    [
      'that throws',
      renewing(() => {
        throw new Error('boom with second');
      }),
      /`dialect\.renew` threw: Error: boom with \[redacted\]/,
    ],
    ['that rejects', renewing(() => Promise.reject('boom')), /`dialect\.renew` threw: boom/],
    ['that is none', renewing('renew'), /`dialect\.renew` threw/],
    [
      'that cannot read',
      renewing(async () => ({}), { readAnswer: () => 7 as never }),
      /`dialect\.readAnswer` did not give/,
    ],
    [
      'that reads what throws',
      renewing(async () => Object.defineProperty({}, 'expiresIn', { get: () => boom() })),
      /threw: Error: boom/,
    ],
    ['that never answers', renewing(() => new Promise(() => {})), /a renewal had no answer within/],
  ])('[LC-13, CR-9] %s costs the renewal, and no more', async (_, dialect, words) => {
    const { h, statuses } = await handing({ dialect });
    await h.pass(20_000);
    expect(statuses).toEqual([]);
    expect(h.problems[0]).toMatchObject({
      code: 'renewal-unanswered',
      message: expect.stringMatching(words),
    });
    expect(h.connection.stats().renewals).toBe(0);
  });

  function boom(): never {
    throw new Error('boom');
  }
});

describe('what the provider says to it', () => {
  test.each([
    ['null', (h: Harness) => h.provider.call.resolve(null)],
    ['CredentialRefused', (h: Harness) => h.provider.call.reject(new CredentialRefused('signed out'))],
  ])('[CR-9, CR-3] %s signs out, and ends the link', async (_, say) => {
    const { h, statuses } = await live();
    await h.pass(untilRenewal);
    say(h);
    await h.settle();
    expect(statuses).toMatchObject([{ state: 'auth-failed', cause: { code: 'credential-refused' } }]);
    expect(h.dial.isOver).toBe(true);
    expect(h.sent).toEqual([]);
  });

  test.each<[string, (h: Harness) => void, string, number]>([
    ['a rejection', (h) => h.provider.call.reject(new Error('down')), 'credential-unavailable', 500],
    [
      'a rejection with retryAfter',
      (h) => h.provider.call.reject(Object.assign(new Error('down'), { retryAfter: 9_000 })),
      'credential-unavailable',
      9_500,
    ],
    ['nothing', (h) => h.provider.call.resolve(undefined), 'credential-invalid', 500],
    [
      'a life that is none',
      (h) => h.provider.call.resolve({ token: 't', expiresIn: -1 }),
      'credential-invalid',
      500,
    ],
    ['a reserved key', (h) => h.provider.call.resolve({ token: 't', pid: 1 }), 'reserved-auth-key', 500],
  ])('[CR-9, CR-3] %s is told, and it is asked again', async (_, say, code, pause) => {
    const { h, statuses } = await live();
    await h.pass(untilRenewal);
    say(h);
    await h.settle();
    expect(h.problems).toMatchObject([{ code }]);
    const calls = h.provider.calls.length;
    await h.pass(pause - 1);
    expect(h.provider.calls).toHaveLength(calls);
    await h.pass(1);
    expect(h.provider.calls).toHaveLength(calls + 1);
    expect([statuses, h.sent]).toEqual([[], []]);
  });

  test('[CR-9, CR-4] silence is ended at the deadline, until the old one has run out', async () => {
    const { h, statuses } = await live({ credentialTimeout: 20_000 });
    await h.pass(untilRenewal);
    for (let n = 0; n < 12; n += 1) await h.pass(10_000);
    expect(stateOf(h)).toBe('lapsing');
    expect(h.provider.calls.slice(1).every(({ signal }) => signal.aborted)).toBe(true);
    expect(statuses).toEqual([]);
    // And then the server says so itself.
    h.dial.say('holdfast:bye', { code: 'expired' });
    h.dial.lose({ reason: 'io server disconnect' });
    expect(statuses).toMatchObject([{ state: 'reconnecting', phase: 'credential' }]);
    expect(h.provider.call).toMatchObject({ reason: 'expired', forceRefresh: true });
  });

  test('[CR-6] a token that the server refused before is not handed over', async () => {
    const { h, statuses } = await live({}, 'no-good');
    h.dial.lose();
    await h.pass(1_000);
    await h.grant('no-good');
    h.dial.refuse({ code: 'unauthorized' });
    await h.settle();
    await h.grant(lasting('second'));
    h.dial.open();
    await h.pass(untilRenewal);
    statuses.length = 0;
    await h.grant(lasting('no-good'));
    expect(statuses).toMatchObject([{ state: 'auth-failed', cause: { code: 'unauthorized' } }]);
    expect(h.sent).toEqual([]);
  });

  test('[CR-6] a token that was refused in a renewal is presented to nobody until the user acts', async () => {
    const { h, answer, signal } = await handing();
    await answer({ error: { code: 'unauthorized' } });
    signal('online');
    await h.pass(24 * 60 * minute);
    expect([h.dials.length, h.provider.calls.length]).toEqual([1, 2]);
    h.connection.retry();
    await h.grant('second');
    expect(h.dial.auth).toMatchObject({ token: 'second' });
  });
});

describe('a renewal that is cut short', () => {
  test.each<[string, (h: Harness, signal: (word: 'suspended') => void) => void, string]>([
    ['disconnect', (h) => h.connection.disconnect(), 'idle'],
    ['sign out', (h) => void h.connection.signOut(), 'idle'],
    ['dispose', (h) => void h.connection.dispose(), 'idle'],
    ['another user', (h) => h.connection.connect('bob'), 'authenticating'],
    ['the loss of the link', (h) => h.dial.lose(), 'reconnecting'],
    ['a page that is put away', (_, signal) => signal('suspended'), 'reconnecting'],
  ])('[CR-9, CR-5] by %s changes nothing any more', async (_, cut, state) => {
    const fetching = await live();
    await fetching.h.pass(untilRenewal);
    const { call } = fetching.h.provider;
    cut(fetching.h, fetching.signal);
    expect(call.signal.aborted).toBe(true);
    call.resolve(null);
    await fetching.h.settle();
    expect(fetching.h.connection.getStatus().state).toBe(state);
    expect(renewals(fetching.h)).toEqual([]);

    const { h, signal, answer } = await handing();
    cut(h, signal);
    await answer({ error: { code: 'forbidden' } });
    expect(h.connection.getStatus().state).toBe(state);
    expect(h.connection.stats().renewals).toBe(0);
  });

  test('[CR-9, CR-5] does not reach into the next link', async () => {
    const { h, answer, statuses } = await handing();
    h.dial.lose();
    await h.pass(1_000);
    await h.grant('third');
    h.dial.open();
    statuses.length = 0;
    await answer({ error: { code: 'forbidden' } });
    expect([stateOf(h), statuses]).toEqual(['unneeded', []]);
  });

  test('[CR-9, LC-12] inside a subscriber of `problems$` is in order', async () => {
    const { h, answer, statuses } = await handing();
    h.connection.problems$.subscribe(() => h.connection.disconnect());
    await answer({ error: { code: 'busy' } });
    expect(statuses).toMatchObject([{ state: 'idle' }]);
    expect(timersOn(h.clock)).toBe(0);
  });

  test('[CR-8, CR-9] is not by `credentialChanged`, which changes nothing that can be seen', async () => {
    const { h, answer, statuses } = await handing();
    h.connection.credentialChanged();
    await answer({});
    expect([stateOf(h), statuses]).toEqual(['scheduled', []]);
  });

  test('[CR-2] leaves one call of the provider at a time', async () => {
    const { h } = await live();
    await h.pass(untilRenewal);
    h.connection.connect('bob');
    h.connection.credentialChanged();
    expect(h.provider.calls.map(({ signal }) => signal.aborted)).toEqual([false, true, true, false]);
  });
});

describe('what is kept of renewals', () => {
  test('[CR-12] no credential is to be read anywhere, not even where the server echoes it', async () => {
    const seen: unknown[] = [];
    const { h, answer } = await handing(
      { inspect: (event) => seen.push(event), classify: undefined as never },
      lasting('second-secret', { device: 'another-secret-of-it' }),
    );
    await answer({ error: { code: 'busy', message: 'not second-secret of another-secret-of-it' } });
    await h.pass(500);
    await answer({ error: 'second-secret is no token, another-secret-of-it' });
    const texts = [
      inspect([h.statuses, h.problems, h.connection.trace()], { depth: 20 }),
      JSON.stringify([h.statuses, h.problems, h.connection.trace(), h.connection.actor.getSnapshot()]),
      inspect(seen, { depth: 6 }),
    ].join();
    expect(texts).toContain('[redacted]');
    expect(texts).not.toMatch(/second-secret|another-secret/);
    expect(h.connection.getStatus().state).toBe('auth-failed');
  });

  test.each([
    ['whole', 200],
    ['that dropped its beginning', 3],
  ] as const)(
    '[ST-5] a trace %s plays again to the same statuses, renewals and all',
    async (_, traceLength) => {
      let n = 0;
      const random = () => {
        n = (n + 0.37) % 1;
        return n;
      };
      const { h } = await live({ traceLength, random });
      const said: unknown[] = [{ error: { code: 'busy' } }, { expiresIn: minute / 2 }, {}];
      h.answerWith(async () => said.shift() ?? { error: { code: 'unauthorized' } });
      for (let turn = 0; turn < 400 && h.connection.getStatus().state === 'connected'; turn += 1) {
        await h.pass(5_000);
        if (turn % 7 === 3) h.provider.call.reject(new Error('down'));
        await h.grant(lasting(`token-${turn}`));
      }
      expect(h.connection.getStatus().state).toBe('auth-failed');
      const trace = JSON.parse(JSON.stringify(h.connection.trace()));
      expect(trace.settings.renew).toEqual({ leadTime: minute });
      const again = replay(trace);
      const plainly = (list: readonly Status[]) => JSON.parse(JSON.stringify(list));
      expect(plainly(again)).toEqual(plainly(h.statuses.slice(-again.length)));
      if (traceLength === 200) expect(again).toHaveLength(h.statuses.length);
    },
  );

  test('[LC-13, ER-2] nothing is thrown where nobody looks', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { h, fail } = await handing();
    await fail(new LinkCallError('lost'));
    h.connection.disconnect();
    await new Promise(setImmediate);
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
