import { exportSPKI, importJWK, SignJWT } from 'jose';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { AuthError } from '../../../src/server/errors.ts';
import { type JwtOptions, jwt } from '../../../src/server/jwt.ts';
import { forged, type Signer, secret, signer, tokenOf } from '../../support/tokens.ts';

const now = () => Math.floor(Date.now() / 1_000);

/** `ok`, or the code of the refusal and its detail. */
async function judged(token: string, options: JwtOptions = { secret }): Promise<string> {
  try {
    await jwt(options)(token);
    return 'ok';
  } catch (error) {
    if (!(error instanceof AuthError)) throw error;
    return `${error.code}: ${error.detail}`;
  }
}

describe('a token', () => {
  test('[SV-1] that is good names the user, the end and the claims', async () => {
    const exp = now() + 60;
    const token = await tokenOf({ exp, role: 'admin' });
    const identity = await jwt<{ role: string }>({ secret, clockTolerance: 2_000 })(token);
    expect(identity).toMatchObject({
      user: 'alice',
      expiresAt: (exp + 2) * 1_000,
      claims: { role: 'admin' },
    });
  });

  test.each<[string, () => string | Promise<string>, string, Partial<JwtOptions>]>([
    ['that has expired', () => tokenOf({ exp: now() - 60 }), 'expired', {}],
    ['that is not yet valid', () => tokenOf({ nbf: now() + 600 }), 'unauthorized', {}],
    ['of another secret', () => tokenOf({}, { key: 'another secret' }), 'unauthorized', {}],
    ['of another HS algorithm', () => tokenOf({}, { alg: 'HS512' }), 'unauthorized', {}],
    ['of the wrong audience', () => tokenOf({ aud: 'other' }), 'unauthorized', { audience: 'chat' }],
    ['without an audience', () => tokenOf(), 'unauthorized', { audience: 'chat' }],
    ['of the wrong issuer', () => tokenOf({ iss: 'other' }), 'unauthorized', { issuer: 'id' }],
    ['without a subject', () => tokenOf({ sub: undefined }), 'unauthorized', {}],
    ['with a subject that is a number', () => tokenOf({ sub: 7 }), 'unauthorized', {}],
    ['with an empty subject', () => tokenOf({ sub: '' }), 'unauthorized', {}],
    ['without an expiry', () => tokenOf({ exp: undefined }), 'unauthorized', {}],
    ['with an expiry that is a string', () => tokenOf({ exp: '9999999999' }), 'unauthorized', {}],
    ['without a claim that is required', () => tokenOf(), 'unauthorized', { requiredClaims: ['tenant'] }],
    [
      'with `alg: none`',
      () => forged({ alg: 'none' }, { sub: 'alice', exp: now() + 60 }),
      'unauthorized',
      {},
    ],
    [
      'with `alg: NONE` and a signature',
      () => forged({ alg: 'NONE' }, { sub: 'alice' }, 'AAAA'),
      'unauthorized',
      {},
    ],
    ['without an algorithm', () => forged({}, { sub: 'alice' }, 'AAAA'), 'unauthorized', {}],
    [
      'of a strange critical header',
      () => forged({ alg: 'HS256', crit: ['x'] }, {}, 'AAAA'),
      'unauthorized',
      {},
    ],
    ['that is no token', () => 'garbage', 'unauthorized', {}],
    ['of dots', () => '..', 'unauthorized', {}],
    ['of five parts', () => 'a.b.c.d.e', 'unauthorized', {}],
  ])('[SV-1] %s is refused', async (_, make, code, options) => {
    const token = await make();
    const answer = await judged(token, { secret, ...options });
    expect(answer).toMatch(new RegExp(`^${code}: .`));
    // The detail is for the log: nothing of what was presented is in it.
    for (const part of token.split('.').filter((each) => each.length > 4)) expect(answer).not.toContain(part);
  });

  test('[SV-1] that was tampered with is refused, whichever part it was', async () => {
    const token = await tokenOf();
    const parts = token.split('.');
    for (const [index, part] of parts.entries()) {
      const changed = parts.with(index, `${part.slice(0, 8)}${part[8] === 'A' ? 'B' : 'A'}${part.slice(9)}`);
      expect(await judged(changed.join('.')), `part ${index}`).toMatch(/^unauthorized: /);
    }
    const bob = Buffer.from(JSON.stringify({ sub: 'bob', exp: now() + 60 })).toString('base64url');
    expect(await judged(parts.with(1, bob).join('.'))).toMatch(/^unauthorized: /);
  });

  test('[SV-1] is good for as long as clocks may differ beyond its end, and no longer', async () => {
    const token = await tokenOf({ exp: now() - 3 });
    expect(await judged(token)).toBe('ok');
    expect(await judged(token, { secret, clockTolerance: 0 })).toMatch(/^expired/);
  });

  test('[SV-1] without an expiry is good where that was said, and has no end', async () => {
    const identity = await jwt({ secret, withoutExpiry: true })(await tokenOf({ exp: undefined }));
    expect(identity).not.toHaveProperty('expiresAt');
  });

  test('[SV-1] names the user by the claim that was chosen', async () => {
    const byMail = { secret, user: (claims: { email?: string }) => claims.email };
    const token = await tokenOf({ sub: undefined, email: 'a@example.com' });
    expect(await jwt(byMail)(token)).toMatchObject({ user: 'a@example.com' });
    expect(await judged(await tokenOf(), byMail as JwtOptions)).toMatch(/^unauthorized: /);
  });

  test('[SV-1] of any of several issuers and audiences is good', async () => {
    const options = { secret, issuer: ['a', 'b'], audience: ['x', 'y'] };
    expect(await judged(await tokenOf({ iss: 'b', aud: ['y', 'z'] }), options)).toBe('ok');
    expect(await judged(await tokenOf({ iss: 'c', aud: 'y' }), options)).toMatch(/iss/);
  });
});

describe('a key set given locally', () => {
  let issuer: Signer;
  beforeAll(async () => {
    issuer = await signer('one');
  });

  test.each(['RS256', 'ES256', 'EdDSA'])('[SV-1] verifies %s', async (alg) => {
    const { jwk, sign } = await signer('key', alg);
    expect(await judged(await sign(), { jwks: { keys: [jwk] } })).toBe('ok');
  });

  test('[SV-1] an HS256 token signed with the public key is refused: PEM, JWK or bytes', async () => {
    const jwks = { keys: [issuer.jwk] };
    const pem = await exportSPKI((await importJWK(issuer.jwk, 'RS256')) as CryptoKey);
    for (const key of [pem, pem.trimEnd(), JSON.stringify(issuer.jwk), issuer.jwk.n as string]) {
      const token = await tokenOf({}, { key, kid: 'one' });
      expect(await judged(token, { jwks })).toBe('unauthorized: ERR_JOSE_ALG_NOT_ALLOWED');
    }
  });

  test('[SV-1] a symmetric key in it opens nothing', async () => {
    const k = Buffer.from(secret).toString('base64url');
    const jwks = { keys: [{ kty: 'oct', k, kid: 'sym', alg: 'HS256' }] };
    expect(await judged(await tokenOf({}, { kid: 'sym' }), { jwks })).toMatch(/^unauthorized/);
  });

  test('[SV-1] a key that the token brings along is not looked at', async () => {
    const stranger = await signer('one');
    const own = await new SignJWT({ sub: 'alice', exp: now() + 60 })
      .setProtectedHeader({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } as never, kid: 'one' })
      .sign(new TextEncoder().encode('AAAA'));
    expect(await judged(own, { jwks: { keys: [issuer.jwk] } })).toMatch(/^unauthorized/);
    expect(await judged(await stranger.sign(), { jwks: { keys: [issuer.jwk] } })).toMatch(/SIGNATURE/);
  });

  test('[SV-1] an unknown key is unauthorized at once: nothing could be fetched', async () => {
    const stranger = await signer('two');
    expect(await judged(await stranger.sign(), { jwks: { keys: [issuer.jwk] } })).toMatch(/NO_MATCHING_KEY/);
  });
});

describe('a secret', () => {
  test('[SV-1] may be set after import, and change later', async () => {
    let current: string | Uint8Array | undefined;
    const verify = jwt({ secret: () => current });
    expect(() => verify.ready?.()).toThrow(expect.objectContaining({ code: 'secret-missing' }));
    current = 'first';
    verify.ready?.();
    const token = await tokenOf({}, { key: 'first' });
    expect(await verify(token)).toMatchObject({ user: 'alice' });
    current = new TextEncoder().encode('second');
    await expect(verify(token)).rejects.toMatchObject({ code: 'unauthorized' });
    expect(await verify(await tokenOf({}, { key: 'second' }))).toMatchObject({ user: 'alice' });
  });

  test.each([undefined, '', new Uint8Array()])('[SV-1] that is missing is told at once (%o)', (missing) => {
    expect(() => jwt({ secret: missing as string })).toThrow(
      expect.objectContaining({ code: 'secret-missing', hint: expect.stringMatching(/no default/) }),
    );
    expect(() => jwt({ secret: () => missing }).ready?.()).toThrow(
      expect.objectContaining({ code: 'secret-missing' }),
    );
  });

  test('[SV-1] that is missing is missing in development too', () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const environment of ['development', 'test', 'production']) {
      vi.stubEnv('NODE_ENV', environment);
      expect(() => jwt({ secret: () => undefined }).ready?.()).toThrow();
    }
  });

  test('[SV-1] that went missing later is a failure of the server, not a refusal', async () => {
    await expect(jwt({ secret: () => undefined })(await tokenOf())).rejects.not.toBeInstanceOf(AuthError);
  });
});

describe('[ER-1] an option of jwt() that is not allowed', () => {
  const jwks = { keys: [] };
  test.each<[string, object, string]>([
    ['no key', {}, 'secret'],
    ['two kinds of key', { secret, jwks }, 'secret'],
    ['`none`', { secret, algorithms: ['none'] }, 'algorithms'],
    ['`none` beside another', { jwks, algorithms: ['RS256', 'none'] }, 'algorithms'],
    ['HS256 with a key set', { jwks, algorithms: ['HS256'] }, 'algorithms'],
    ['RS256 with a secret', { secret, algorithms: ['RS256'] }, 'algorithms'],
    ['no algorithm', { secret, algorithms: [] }, 'algorithms'],
    ['algorithms as a string', { secret, algorithms: 'HS256' }, 'algorithms'],
    ['an audience that was not found', { secret, audience: undefined }, 'audience'],
    ['an empty issuer', { secret, issuer: '' }, 'issuer'],
    ['no issuer among those given', { secret, issuer: [] }, 'issuer'],
    ['a tolerance that is NaN', { secret, clockTolerance: Number.NaN }, 'clockTolerance'],
    ['a negative tolerance', { secret, clockTolerance: -1 }, 'clockTolerance'],
    ['a claim that is no name', { secret, requiredClaims: [7] }, 'requiredClaims'],
    ['a word for a switch', { secret, withoutExpiry: 'yes' }, 'withoutExpiry'],
    ['a user that is no function', { secret, user: 'sub' }, 'user'],
    ['an address of no key set', { jwks: 'ftp://x' }, 'jwks'],
    ['no address', { jwks: 'here' }, 'jwks'],
    ['a key set that is none', { jwks: { keys: 7 } }, 'jwks'],
    ['a secret of a wrong kind', { secret: 7 }, 'secret'],
  ])('%s names itself', (_, options, name) => {
    const make = () => jwt(options as JwtOptions);
    expect(make).toThrow(
      expect.objectContaining({ code: 'bad-option', message: expect.stringContaining(`\`${name}\``) }),
    );
  });

  test('one that does not exist is told with those that do', () => {
    expect(() => jwt({ secret, algorithm: 'HS256' } as JwtOptions)).toThrow(
      expect.objectContaining({ code: 'unknown-option', hint: expect.stringContaining('`algorithms`') }),
    );
  });
});
