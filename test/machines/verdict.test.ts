import { describe, expect } from 'vitest';
import { classifySocketIo, failure, hints, type Observed, type Verdict } from '../../machines/verdict.ts';
import { fc, test } from '../support/properties.ts';

const refused = (message: string, data?: unknown) => classifySocketIo({ during: 'refused', message, data });
const failed = (seen: Partial<Observed>) => classifySocketIo({ during: 'failed', message: 'down', ...seen });
const lost = (seen: Partial<Observed>) => classifySocketIo({ during: 'lost', message: 'lost', ...seen });
const bye = (word: unknown) => lost({ reason: 'io server disconnect', bye: word });

const refresh = { kind: 'credential', retry: 'now', forceRefresh: true, retryAfter: null };
const final = { kind: 'forbidden', retry: 'never', forceRefresh: false, retryAfter: null };

describe('a refusal with a code', () => {
  test.each(['unauthorized', 'expired'])('[RE-9, CR-6] %s asks for a fresh credential at once', (code) => {
    expect(refused('no', { code })).toMatchObject({ ...refresh, code, message: 'no' });
  });

  test('[RE-9, CR-7] forbidden is final', () => {
    expect(refused('no', { code: 'forbidden' })).toMatchObject({ ...final, code: 'forbidden' });
    expect(refused('no', { code: 'forbidden', retryAfter: 5 })).toMatchObject(final);
  });

  test.each(['busy', 'draining'])('[RE-9, RE-2] %s waits, without a refresh', (code) => {
    const waits = { kind: 'busy', code, retry: 'backoff', forceRefresh: false };
    expect(refused('no', { code, retryAfter: 700 })).toMatchObject({ ...waits, retryAfter: 700 });
    expect(refused('no', { code, retryAfterMs: 800 })).toMatchObject({ ...waits, retryAfter: 800 });
    expect(refused('no', { code })).toMatchObject({ ...waits, retryAfter: null });
  });

  test('[RE-9, RE-2, SV-5] with a slot of its own says so, and only then', () => {
    const slot = { code: 'busy', retryAfter: 700, exact: true };
    expect(refused('no', slot)).toMatchObject({ kind: 'busy', retryAfter: 700, exact: true });
    expect(refused('no', { ...slot, exact: 'yes' })).not.toHaveProperty('exact');
    expect(refused('no', { code: 'busy', retryAfter: 700 })).not.toHaveProperty('exact');
    expect(refused('no', { code: 'forbidden', exact: true })).not.toHaveProperty('exact');
  });

  test('[RE-9, RE-2] an unknown code with a time waits for it, without a refresh', () => {
    expect(refused('token', { code: 'maintenance', retryAfter: 9 })).toMatchObject({
      kind: 'busy',
      retryAfter: 9,
      forceRefresh: false,
    });
    expect(refused('token', { retryAfter: 9 })).toMatchObject({ kind: 'busy', retryAfter: 9 });
  });

  test('[RE-9] an unknown code is transient, whatever the words beside it', () => {
    expect(refused('token expired', { code: 'weather' })).toMatchObject({
      code: 'refused',
      retry: 'backoff',
      forceRefresh: false,
    });
  });

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5000', null, {}, [5]])(
    '[RE-9, CR-10] a time that is none is not waited for: %s',
    (retryAfter) => {
      expect(refused('no', { code: 'busy', retryAfter })).toMatchObject({ kind: 'busy', retryAfter: null });
    },
  );
});

describe('a refusal without data', () => {
  test.each([
    'Authentication error',
    'not authorized',
    'Unauthorized',
    'unauthorised',
    'invalid token',
    'Token expired',
    'jwt malformed',
    'JWT expired',
    'bad credentials',
    'session expired',
    'Please login first',
    'please log in',
    'log-in required',
    'Connection rejected by server',
  ])('[RE-9, CR-6] speaks of authentication: %s', (message) => {
    expect(refused(message)).toMatchObject({ ...refresh, code: 'unauthorized', message });
  });

  test.each(['Forbidden', 'you are banned', 'user is blocked'])(
    '[RE-9, CR-7] speaks of permission: %s',
    (message) => {
      expect(refused(message)).toMatchObject({ ...final, code: 'forbidden' });
    },
  );

  test.each(['no', '', 'database is down', 'the catalog in use is being rebuilt', 'rate limit'])(
    '[RE-9] of other words is transient: %s',
    (message) => {
      expect(refused(message)).toMatchObject({ code: 'refused', retry: 'backoff', forceRefresh: false });
    },
  );

  test('[RE-9] of words that speak of both is mended by a refresh first', () => {
    expect(refused('forbidden: token lacks scope')).toMatchObject(refresh);
  });

  test.each([null, undefined, 'forbidden', 42, [], {}, { code: 403 }])(
    '[RE-9] data that says nothing leaves it to the words: %s',
    (data) => {
      expect(refused('invalid token', data)).toMatchObject(refresh);
    },
  );

  test('[RE-9, LK-5] of a namespace that does not exist has a code of its own', () => {
    expect(refused('Invalid namespace')).toMatchObject({ code: 'invalid-namespace', retry: 'backoff' });
  });

  test('[LK-5] of a server of an older version has a code of its own', () => {
    const message = 'It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client';
    expect(refused(message).code).toBe('server-version');
    expect(failed({ message }).code).toBe('server-version');
  });
});

describe('an attempt that failed', () => {
  test.each<[string, Partial<Observed>, Verdict['kind'], Verdict['code']]>([
    ['HTTP 401', { status: 401 }, 'credential', 'unauthorized'],
    ['HTTP 403', { status: 403, engineCode: 4 }, 'credential', 'unauthorized'],
    ['HTTP 429', { status: 429 }, 'busy', 'busy'],
    ['HTTP 503', { status: 503 }, 'busy', 'busy'],
    ['HTTP 404', { status: 404 }, 'server', 'http-status'],
    ['HTTP 400 without a code', { status: 400 }, 'server', 'http-status'],
    ['an unknown transport', { status: 400, engineCode: 0 }, 'protocol', 'engine-protocol'],
    ['an unknown session', { status: 400, engineCode: 1 }, 'protocol', 'engine-protocol'],
    ['a bad request', { status: 400, engineCode: 3 }, 'protocol', 'engine-protocol'],
    ['another protocol version', { status: 400, engineCode: 5 }, 'protocol', 'engine-protocol'],
    ['an expired certificate', { systemCode: 'CERT_HAS_EXPIRED' }, 'network', 'tls'],
    ['a self-signed certificate', { systemCode: 'DEPTH_ZERO_SELF_SIGNED_CERT' }, 'network', 'tls'],
    ['a wrong name', { systemCode: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'network', 'tls'],
    ['plain text on a TLS port', { systemCode: 'EPROTO' }, 'network', 'tls'],
    ['nobody listening', { systemCode: 'ECONNREFUSED' }, 'network', 'network'],
    ['no such host', { systemCode: 'ENOTFOUND' }, 'network', 'network'],
    ['too big a message', { closeCode: 1009, reason: 'transport close' }, 'protocol', 'message-too-big'],
    ['silence', { reason: 'ping timeout' }, 'network', 'ping-timeout'],
    ['what is not Socket.IO', { reason: 'parse error' }, 'protocol', 'parse-error'],
    ['a close in the handshake', { reason: 'transport close' }, 'network', 'closed-during-handshake'],
    ['nothing known', {}, 'network', 'network'],
  ])('[LK-5, RE-9] by %s', (_, seen, kind, code) => {
    expect(failed(seen)).toMatchObject({ kind, code, retry: kind === 'credential' ? 'now' : 'backoff' });
  });

  test.each([401, 403])('[RE-9, CR-6] HTTP %i asks for a fresh credential', (status) => {
    expect(failed({ status })).toMatchObject(refresh);
  });

  test.each([429, 503, 500])('[RE-2] HTTP %i keeps the time it asked for, without a refresh', (status) => {
    expect(failed({ status, retryAfter: 4_000 })).toMatchObject({ retryAfter: 4_000, forceRefresh: false });
    expect(failed({ status, retryAfter: Number.NaN }).retryAfter).toBeNull();
  });

  test('[LK-5, RE-8] without an answer in time', () => {
    expect(classifySocketIo({ during: 'timeout', message: 'no answer' })).toMatchObject({
      kind: 'server',
      code: 'handshake-timeout',
      retry: 'backoff',
    });
  });
});

describe('an accepted link that was lost', () => {
  test('[RE-7] to another tab stays with it', () => {
    expect(bye({ code: 'superseded' })).toMatchObject({ kind: 'superseded', retry: 'never' });
  });

  test.each(['expired', 'unauthorized'])('[RE-7] %s is answered at once with a fresh credential', (code) => {
    expect(bye({ code })).toMatchObject({ ...refresh, code });
  });

  test('[RE-7, CR-7] forbidden is final', () => {
    expect(bye({ code: 'forbidden' })).toMatchObject(final);
  });

  test('[RE-7, RE-2] draining waits, without a refresh', () => {
    const waits = { kind: 'busy', code: 'draining', retry: 'backoff', forceRefresh: false };
    expect(bye({ code: 'draining', retryAfter: 5_000 })).toMatchObject({ ...waits, retryAfter: 5_000 });
    expect(bye({ code: 'draining' })).toMatchObject({ ...waits, retryAfter: null });
  });

  test.each([undefined, null, 'expired', {}, { code: 7 }, { code: 'weather' }])(
    '[RE-7] without a word that is known asks for a fresh credential under backoff: %s',
    (word) => {
      expect(bye(word)).toMatchObject({ code: 'kicked', retry: 'backoff', forceRefresh: true });
    },
  );

  test.each<[Partial<Observed>, Verdict['code']]>([
    [{ reason: 'transport close' }, 'transport-closed'],
    [{ reason: 'transport error' }, 'transport-closed'],
    [{ reason: 'ping timeout' }, 'ping-timeout'],
    [{ reason: 'parse error' }, 'parse-error'],
    [{ reason: 'transport close', closeCode: 1009 }, 'message-too-big'],
    [{}, 'transport-closed'],
  ])('[LK-5, RE-9] by %o is transient, without a refresh', (seen, code) => {
    expect(lost(seen)).toMatchObject({ code, retry: 'backoff', forceRefresh: false });
  });
});

test('[RM-3] a ghost session is followed by a fresh one at once', () => {
  const ghost = { reason: 'ghost session' };
  expect(lost(ghost)).toMatchObject({
    kind: 'server',
    code: 'ghost-session',
    retry: 'now',
    forceRefresh: false,
  });
  expect(failed(ghost)).toMatchObject({ code: 'closed-during-handshake', retry: 'backoff' });
});

describe('the end of an accepted link over polling', () => {
  const wait = { retry: 'backoff', forceRefresh: false } as const;
  test.each<[Partial<Observed>, Partial<Verdict>]>([
    [{ status: 413 }, { kind: 'protocol', code: 'message-too-big', retryAfter: null }],
    [
      { status: 429, retryAfter: 7_000 },
      { kind: 'busy', code: 'busy', retryAfter: 7_000 },
    ],
    [
      { status: 503, retryAfter: 7_000 },
      { kind: 'busy', code: 'busy', retryAfter: 7_000 },
    ],
    [{ status: 503 }, { kind: 'busy', code: 'busy', retryAfter: null }],
    [
      { status: 400, engineCode: 1 },
      { kind: 'protocol', code: 'engine-protocol', retryAfter: null },
    ],
    [
      { status: 502, retryAfter: 7_000 },
      { kind: 'network', code: 'transport-closed', retryAfter: null },
    ],
  ])('[LK-5, RE-2, RE-9] with the answer %o', (seen, verdict) => {
    expect(lost({ reason: 'transport error', ...seen })).toMatchObject({ ...wait, ...verdict });
  });
});

describe('whose fault it is', () => {
  test('[RE-9] is told with every code', () => {
    const old = 'It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client';
    expect(
      [
        refused('no', { code: 'weather' }),
        refused('Invalid namespace'),
        refused(old),
        failed({ message: old }),
        failed({ closeCode: 1009 }),
        lost({ closeCode: 1009 }),
        bye({ code: 'superseded' }),
        bye({ code: 'busy' }),
        bye({ retryAfter: 5_000 }),
        bye({ code: 'weather', retryAfter: 0 }),
      ].map(({ kind, code, retryAfter }) => [kind, code, retryAfter]),
    ).toEqual([
      ['server', 'refused', null],
      ['protocol', 'invalid-namespace', null],
      ['protocol', 'server-version', null],
      ['protocol', 'server-version', null],
      ['protocol', 'message-too-big', null],
      ['protocol', 'message-too-big', null],
      ['superseded', 'superseded', null],
      ['busy', 'busy', null],
      ['busy', 'draining', 5_000],
      ['busy', 'draining', 0],
    ]);
  });

  test('[RE-9, CR-10] is told without words where the words are none', () => {
    expect(refused(7 as never).message).toBe('');
  });
});

const kinds = ['credential', 'forbidden', 'superseded', 'busy', 'server', 'network', 'protocol'];
const junk = fc.anything();
const words = fc.constantFrom('unauthorized', 'expired', 'forbidden', 'busy', 'draining', 'superseded');
const word = fc.oneof(
  junk,
  fc.record({ code: fc.oneof(words, junk), retryAfter: fc.oneof(fc.double(), junk) }, { requiredKeys: [] }),
);

describe('the classifier', () => {
  test.prop([
    fc.record(
      {
        during: fc.oneof(fc.constantFrom('refused', 'failed', 'lost', 'timeout'), junk),
        message: fc.oneof(fc.string(), junk),
        reason: fc.oneof(fc.constantFrom('io server disconnect', 'ping timeout'), junk),
        data: word,
        status: fc.oneof(fc.integer(), junk),
        retryAfter: fc.oneof(fc.double(), junk),
        engineCode: junk,
        closeCode: junk,
        systemCode: fc.oneof(fc.string(), junk),
        bye: word,
      },
      { requiredKeys: ['during', 'message'] },
    ),
  ])('[RE-9, CR-10] gives a complete verdict for whatever was observed', (observed) => {
    const verdict = classifySocketIo(observed as unknown as Observed);
    expect(kinds).toContain(verdict.kind);
    expect(['now', 'backoff', 'never']).toContain(verdict.retry);
    expect(typeof verdict.forceRefresh).toBe('boolean');
    expect(verdict.retryAfter === null || Number.isFinite(verdict.retryAfter)).toBe(true);
    expect(verdict.retryAfter ?? 0).toBeGreaterThanOrEqual(0);
    expect(verdict.hint).toBe(hints[verdict.code]);
    expect(typeof verdict.message).toBe('string');
    expect(verdict.retry === 'never').toBe(verdict.kind === 'forbidden' || verdict.kind === 'superseded');
    expect(verdict.retry === 'now').toBe(verdict.kind === 'credential');
    if (verdict.kind === 'busy') expect(verdict.forceRefresh).toBe(false);
  });

  test.prop([fc.constantFrom('refused', 'failed', 'lost', 'timeout'), fc.string(), word])(
    '[RE-9] says the same of the same, and changes nothing it was shown',
    (during, message, said) => {
      const observed = Object.freeze({ during, message, data: said, bye: said }) as Observed;
      expect(classifySocketIo(observed)).toEqual(classifySocketIo(observed));
    },
  );

  const trap = () => {
    throw new Error('a trap');
  };
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  test.each<[string, object]>([
    ['a getter', Object.defineProperty({}, 'code', { get: trap })],
    ['a getter of the time', Object.defineProperty({ code: 'busy' }, 'retryAfter', { get: trap })],
    ['a proxy', new Proxy({}, { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap })],
    ['a revoked proxy', revoked.proxy],
  ])('[RE-9] reads data with %s that throws as nothing said', (_, said) => {
    expect(refused('invalid token', said)).toMatchObject({ ...refresh, code: 'unauthorized' });
    expect(bye(said)).toMatchObject({ code: 'kicked' });
  });

  test('[RE-9] takes an end that it does not know for a failed attempt', () => {
    const observed = { during: 'eclipse', message: 'dark' } as unknown as Observed;
    expect(classifySocketIo(observed)).toMatchObject({ code: 'network', retry: 'backoff', message: 'dark' });
  });

  test('[ER-1, RE-9] has a hint for every code it knows', () => {
    for (const [code, hint] of Object.entries(hints)) {
      expect(hint.length, code).toBeGreaterThan(20);
      expect(failure(code as keyof typeof hints, 'm')).toEqual({ code, message: 'm', hint });
    }
  });
});
