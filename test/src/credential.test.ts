import { describe, expect, test } from 'vitest';
import type { CredentialEvent } from '../../machines/events.ts';
import { CredentialDesk, type CredentialProvider } from '../../src/credential.ts';
import { HoldfastError } from '../../src/errors.ts';

/** A desk with a hand on its provider; each call is one of the next epoch, from 1. */
function createDesk() {
  let provider: () => unknown = () => null;
  const desk = new CredentialDesk((() => provider()) as CredentialProvider);
  const request = { identity: 'alice', reason: 'connect', attempt: 1, forceRefresh: false } as const;
  let epoch = 0;
  const call = (next: typeof provider, settle: (event: CredentialEvent) => void) => {
    provider = next;
    epoch += 1;
    return desk.call({ ...request, epoch }, settle);
  };
  const bring = (value: unknown) => new Promise<CredentialEvent>((told) => call(() => value, told));
  return {
    desk,
    call,
    /** What comes of one call that returns this. */
    bring,
    /** What comes of one call that rejects with this. */
    fail: (thrown: unknown) => bring(Promise.reject(thrown)),
    /** One call that returns this, and a server that does not take it. */
    async refuse(token: string) {
      await bring(token);
      desk.markRefused(epoch);
    },
    authOf: (asked: number) => CredentialDesk.take(desk, asked)?.expose() ?? null,
  };
}

const unreadable = 'what it returned cannot be read';

const boom = () => {
  throw new Error('boom');
};

describe('what was granted', () => {
  test('[CR-11] is handed out for its own attempt, and for no other', async () => {
    const { bring, authOf } = createDesk();
    await bring('one');
    expect([authOf(0), authOf(1), authOf(2)]).toEqual([null, { token: 'one' }, null]);
    await bring('two');
    expect([authOf(1), authOf(2)]).toEqual([null, { token: 'two' }]);
  });

  test.each<[string, (token: string) => Promise<string>]>([
    ['an answer', (token) => Promise.resolve(token)],
    ['a failure', (token) => Promise.reject(new Error(token))],
  ])('[CR-5, CR-11] for the attempt of now stays when %s comes for one that was ended', async (_, end) => {
    const { call, bring, authOf } = createDesk();
    let come: (late: Promise<string>) => void = () => {};
    const late = new Promise<string>((resolve) => {
      come = resolve;
    });
    const told: CredentialEvent[] = [];
    const endCall = call(
      () => late,
      (event) => told.push(event),
    );
    endCall();
    await bring('new');
    come(end('old'));
    // The desk listens to it since before this does.
    await late.catch(() => {});
    expect(told).toEqual([]);
    expect([authOf(1), authOf(2)]).toEqual([null, { token: 'new' }]);
  });

  test('[CR-3, CR-10] may have no time left to live, by the clock of the provider', async () => {
    const { bring, authOf } = createDesk();
    expect(await bring({ token: 't', expiresIn: 0 })).toMatchObject({ type: 'credential.granted' });
    expect(authOf(1)).toEqual({ token: 't' });
  });

  test.each([
    [{ token: 't', expiresIn: 9_000 }, { expiresIn: 9_000 }],
    [{ token: 't', expiresIn: 0 }, { expiresIn: 0 }],
    [{ token: 't', expiresIn: Number.POSITIVE_INFINITY }, {}],
    [{ token: 't', expiresIn: undefined }, {}],
    [{ token: 't' }, {}],
    ['t', {}],
  ])('[CR-9, CR-10] of %j tells the chart %j of its end, as plain data', async (given, told) => {
    expect(await createDesk().bring(given)).toEqual({
      type: 'credential.granted',
      epoch: 1,
      refusedBefore: false,
      ...told,
    });
  });
});

describe('what cannot be used', () => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, 'it returned undefined'],
    ['a number', 7, 'it returned number'],
    ['a function', () => 't', 'it returned function'],
    ['an empty text', '', 'there is no `token` in what it returned'],
    ['a record without a token', { accessToken: 't' }, 'there is no `token` in what it returned'],
    ['a lifetime in digits', { token: 't', expiresIn: '9000' }, '`expiresIn` is not a number of ms'],
    ['too much', 'x'.repeat(65_537), 'what it returned is larger than 65536 bytes'],
    ['a getter that throws', Object.defineProperty({}, 'token', { get: boom, enumerable: true }), unreadable],
    ['what JSON cannot carry', { token: 't', n: 1n }, unreadable],
  ])('[CR-3, ER-1] is said in words: %s', async (_, given, what) => {
    expect(await createDesk().bring(given)).toEqual({
      type: 'credential.unavailable',
      epoch: 1,
      failure: {
        code: 'credential-invalid',
        message: `the credential provider gave nothing to use: ${what}`,
        hint: expect.any(String),
      },
      retryAfter: null,
    });
  });

  test.each(['pid', 'offset', 'holdfast'])(
    '[CR-3, LK-7, ER-1] is said in words: a key that is taken, %s',
    async (key) => {
      expect(await createDesk().bring({ token: 't', [key]: 'x' })).toMatchObject({
        type: 'credential.unavailable',
        failure: {
          code: 'reserved-auth-key',
          message: 'the credential has a key `pid`, `offset` or `holdfast`',
        },
      });
    },
  );
});

describe('what a provider throws', () => {
  test.each<[string, unknown]>([
    ['another error of holdfast', new HoldfastError('not-live', 'ask the server for a token')],
    ['a code that only looks like it', Object.assign(new Error('x'), { code: 'credential-refused' })],
  ])('[CR-3] signs nobody out unless it is CredentialRefused: %s', async (_, thrown) => {
    expect(await createDesk().fail(thrown)).toMatchObject({
      type: 'credential.unavailable',
      failure: { code: 'credential-unavailable' },
    });
  });

  test('[CR-3, RE-2] may ask for a time of 0, which is a time', async () => {
    const thrown = Object.assign(new Error('busy'), { retryAfter: 0 });
    expect(await createDesk().fail(thrown)).toMatchObject({ retryAfter: 0 });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a time that cannot be read', Object.defineProperty(new Error('x'), 'retryAfter', { get: boom })],
    ['a proxy that throws', new Proxy({}, { get: boom, has: boom, getPrototypeOf: boom })],
  ])('[CR-3, LC-13] asks for no time if it is %s', async (_, thrown) => {
    expect(await createDesk().fail(thrown)).toMatchObject({
      type: 'credential.unavailable',
      failure: { code: 'credential-unavailable' },
      retryAfter: null,
    });
  });
});

describe('refused tokens', () => {
  test('[CR-6] are remembered, the last 8 of them', async () => {
    const { bring, refuse } = createDesk();
    for (let n = 1; n <= 9; n += 1) await refuse(`token ${n}`);
    expect(await bring('token 9')).toMatchObject({ refusedBefore: true });
    expect(await bring('token 2')).toMatchObject({ refusedBefore: true });
    expect(await bring('token 1')).toMatchObject({ refusedBefore: false });
  });

  test('[CR-6] are not forgotten over refusals of attempts that had no credential', async () => {
    const { desk, bring, refuse } = createDesk();
    await refuse('old');
    for (let epoch = 10; epoch < 50; epoch += 1) desk.markRefused(epoch);
    expect(await bring('old')).toMatchObject({ refusedBefore: true });
  });

  test('[CR-6] are those of the attempt that the server refused, not of the one under way', async () => {
    const { desk, bring } = createDesk();
    await bring('first');
    await bring('second');
    desk.markRefused(1);
    expect(await bring('second')).toMatchObject({ refusedBefore: false });
  });
});

describe('words that repeat a credential', () => {
  test('[CR-12] lose the token, and of what is beside it each text of 16 letters or more', async () => {
    const { desk, bring } = createDesk();
    await bring({
      token: 't0ken',
      key: 'sixteen-letters-',
      tenant: 'fifteen-letters',
      seat: 4711,
      team: null,
    });
    expect(desk.redact('t0ken, sixteen-letters-, fifteen-letters, 4711')).toBe(
      '[redacted], [redacted], fifteen-letters, 4711',
    );
  });

  test('[CR-12] lose every one of the last 8 tokens', async () => {
    const { desk, bring } = createDesk();
    for (let n = 1; n <= 9; n += 1) await bring(`token-${n}.`);
    expect(desk.redact('token-1. token-2. token-9.')).toBe('token-1. [redacted] [redacted]');
  });

  test('[CR-12] lose an older token also when one and the same has been granted many times since', async () => {
    const { desk, bring } = createDesk();
    await bring('first');
    await bring('second');
    for (let n = 0; n < 40; n += 1) await bring('third');
    expect(desk.redact('first, second, third')).toBe('[redacted], [redacted], [redacted]');
  });

  test('[CR-12] lose what is new beside a token that is the same', async () => {
    const { desk, bring } = createDesk();
    await bring({ token: 'same', key: 'the-first-long-key' });
    await bring({ token: 'same', key: 'the-second-long-key' });
    expect(desk.redact('same: the-first-long-key, the-second-long-key')).toBe(
      '[redacted]: [redacted], [redacted]',
    );
  });

  test('[CR-12] lose what lies deeper in a credential', async () => {
    const { desk, bring } = createDesk();
    await bring({ token: 'top', device: { key: 'a-long-device-key', all: [{ token: 'tiny' }] } });
    expect(desk.redact('a-long-device-key and tiny')).toBe('[redacted] and [redacted]');
  });

  test('[CR-12] keep what is no text in a credential, whatever its name and length', async () => {
    const { desk, bring } = createDesk();
    const all = Array.from({ length: 20 }, (_, index) => index);
    await bring({ token: 'top', device: { token: 4711, all } });
    expect(desk.redact(`4711 of ${all}`)).toBe(`4711 of ${all}`);
  });

  test('[CR-12] are left as they are where there is no credential', () => {
    const desk = new CredentialDesk(false);
    const request = { identity: 'alice', reason: 'connect', attempt: 1, forceRefresh: false } as const;
    desk.call({ ...request, epoch: 1 }, () => {});
    expect(desk.redact('undefined and null')).toBe('undefined and null');
  });

  test('[CR-12] lose a first token also when two others take turns', async () => {
    const { desk, bring } = createDesk();
    await bring('first');
    for (let n = 0; n < 40; n += 1) await bring(n % 2 === 0 ? 'second' : 'third');
    expect(desk.redact('first, second, third')).toBe('[redacted], [redacted], [redacted]');
  });

  test('[CR-12, LC-13] survive a credential that can be read once only', async () => {
    const { desk, bring } = createDesk();
    let reads = 0;
    const device = {
      get key() {
        reads += 1;
        if (reads > 1) throw new Error('read before');
        return 'a-long-device-key';
      },
    };
    await bring({ device, token: 'read-once' });
    expect(desk.redact('read-once')).toBe('[redacted]');
  });
});
