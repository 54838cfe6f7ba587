import { describe, expect, test, vi } from 'vitest';
import { AuthError } from '../../../src/server/errors.ts';
import { examine } from '../../../src/server/examine.ts';
import type { Verify } from '../../../src/server/verify.ts';

const alice: Verify = () => ({ user: 'alice', claims: {} });

describe('what is presented', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty string', ''],
    ['a number', 7],
    ['an array of one token', ['token']],
    ['an object that says it is a string', { toString: () => 'token', length: 5 }],
    ['1 MB', 'x'.repeat(1_000_000)],
    ['one letter more than 64 KiB', 'x'.repeat(64 * 1024 + 1)],
  ])('[SV-1] %s is refused before `verify` is asked', async (_, token) => {
    const verify = vi.fn(alice);
    expect(await examine(token, verify, 100)).toMatchObject({ refusal: { code: 'unauthorized' } });
    expect(verify).not.toHaveBeenCalled();
  });

  test('[SV-1] 64 KiB is looked at', async () => {
    expect(await examine('x'.repeat(64 * 1024), alice, 100)).toEqual({
      identity: { user: 'alice', claims: {} },
    });
  });
});

describe('what `verify` does', () => {
  test.each<[string, Verify, object]>([
    ['gives null', () => null, { code: 'unauthorized' }],
    [
      'gives a time that has passed',
      () => ({ user: 'a', expiresAt: Date.now(), claims: 0 }),
      { code: 'expired' },
    ],
    ['refuses', () => Promise.reject(new AuthError('forbidden', 'why')), { code: 'forbidden' }],
    [
      'asks to wait',
      () => {
        throw new AuthError('busy', 'why', { retryAfter: 1.2 });
      },
      { code: 'busy', retryAfter: 2 },
    ],
    [
      'asks to wait for nonsense',
      () => {
        throw new AuthError('busy', 'why', { retryAfter: Number.NaN });
      },
      { code: 'busy' },
    ],
  ])('[SV-1] %s: a refusal, no failure', async (_, verify, refusal) => {
    const examined = await examine('token', verify, 100);
    expect(examined).toEqual({ refusal, detail: expect.stringMatching(/\w/) });
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['throws nothing to speak of', () => Promise.reject(undefined)],
    [
      'throws what throws when it is looked at',
      () => {
        throw new Proxy(new Error(), {
          get() {
            throw new Error('get');
          },
          getPrototypeOf() {
            throw new Error('no');
          },
        });
      },
    ],
    ['rejects', () => Promise.reject(new TypeError('no'))],
    ['hangs', () => new Promise(() => {})],
    ['gives undefined', () => undefined],
    ['gives a string', () => 'alice'],
    ['gives an empty user', () => ({ user: '', claims: {} })],
    ['gives a user that is a number', () => ({ user: 7, claims: {} })],
    ['gives an end that is no time', () => ({ user: 'alice', expiresAt: Number.NaN, claims: {} })],
    ['gives an end that is a date', () => ({ user: 'alice', expiresAt: new Date(), claims: {} })],
  ])('[SV-1] %s: the server is busy, and an error says why', async (_, verify) => {
    const examined = await examine('token', verify as Verify, 20);
    expect(examined).toMatchObject({
      refusal: { code: 'busy', retryAfter: 5_000 },
      error: expect.any(Error),
    });
  });

  test('[SV-1] only what belongs to an identity is taken', async () => {
    const verify = () => ({
      user: 'alice',
      expiresAt: Number.POSITIVE_INFINITY,
      claims: { a: 1 },
      rooms: ['x'],
    });
    expect(await examine('token', verify, 100)).toEqual({
      identity: { user: 'alice', expiresAt: Number.POSITIVE_INFINITY, claims: { a: 1 } },
    });
  });

  test('[CR-12] what it says with the token in hand is told without it', async () => {
    const token = 'header-part.payload-part.signature-part';
    const verify = (kind: string) => () => {
      const said = `could not parse ${token}: signature-part is bad, Bearer eyJhbGciOi.eyJzdWI.c2ln`;
      throw kind === 'refusal'
        ? new AuthError('unauthorized', said)
        : Object.assign(new Error(said), { request: { token } });
    };
    const expected = 'could not parse [redacted]: [redacted] is bad, Bearer [redacted]';
    expect(await examine(token, verify('refusal'), 100)).toMatchObject({ detail: expected });
    const failed = await examine(token, verify('failure'), 100);
    const { error } = failed as { error: Error & { request?: unknown } };
    expect(error.message).toBe(expected);
    expect(error.stack).not.toMatch(/(header|payload|signature)-part/);
    expect(error.request).toBeUndefined();
  });
});
