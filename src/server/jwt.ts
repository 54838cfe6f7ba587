import { type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose';
import { AuthError, badOption, checkNames, kindOf } from './errors.ts';
import { type KeySource, keysOf } from './jwt-keys.ts';
import type { Identity, Verify } from './verify.ts';

/** Which tokens are good. One of `secret` and `jwks` has to be there. */
export interface JwtOptions<Claims extends object = JWTPayload> extends KeySource {
  /**
   * Signatures that are accepted, and no others. `none` cannot be among them; nor HS* with a key set, nor anything but
   * HS* with a secret. Default: `HS256` with a secret; `RS256`, `ES256` and `EdDSA` with a key set.
   */
  readonly algorithms?: readonly string[];
  /** Whose tokens are accepted (`iss`). Default: not looked at. Set it with a key set that others share. */
  readonly issuer?: string | readonly string[];
  /** For whom a token must be meant (`aud`). Default: not looked at. */
  readonly audience?: string | readonly string[];
  /** Ms by which clocks may differ, for `exp` and `nbf`; a link lasts that much longer. Default 5,000. */
  readonly clockTolerance?: number;
  /** Claims that must be there, besides `sub` and `exp`. Default: none. */
  readonly requiredClaims?: readonly string[];
  /** Accepts tokens without `exp`: such a link has no end. Default `false`. */
  readonly withoutExpiry?: boolean;
  /** Who it is, out of the claims; anything but a non-empty string refuses. Default: `sub`. */
  readonly user?: (claims: Claims) => unknown;
}

/**
 * A `verify` function for JSON Web Tokens, by `jose` (SV-1). What it refuses, it refuses as `unauthorized`, or as
 * `expired` where `exp` has passed; a key set that cannot be fetched is `busy`, and the client keeps its token.
 *
 * @example
 * authenticate(io, { verify: jwt({ secret: () => process.env['JWT_SECRET'], audience: 'chat' }) });
 * authenticate(io, { verify: jwt({ jwks: 'https://id.example.com/.well-known/jwks.json', issuer: 'https://id.example.com/' }) });
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 */
export function jwt<Claims extends object = JWTPayload>(options: JwtOptions<Claims>): Verify<Claims> {
  checkNames('jwt()', options, offered);
  const { key, algorithms, ready } = keysOf(options);
  const tolerance = checkTolerance(options.clockTolerance ?? 5_000);
  const userOf = checkUser(options.user) ?? ((claims: JWTPayload) => claims.sub);
  const rules = rulesOf(options, algorithms, tolerance);

  const verify = async (token: string): Promise<Identity<Claims>> => {
    const claims = (await verified(token, key, rules)) as Claims & JWTPayload;
    const user = userOf(claims);
    if (typeof user !== 'string' || user === '') {
      throw new AuthError('unauthorized', `the token names no user: it is ${kindOf(user)}`);
    }
    return {
      user,
      // As long as it is accepted: with less, a link would end that the next handshake opens again.
      ...(claims.exp !== undefined && { expiresAt: claims.exp * 1_000 + tolerance }),
      claims,
    };
  };
  return Object.assign(verify, { ready });
}

async function verified(
  token: string,
  key: ReturnType<typeof keysOf>['key'],
  rules: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, key, rules)).payload;
  } catch (thrown) {
    const { code, claim, reason } = thrown as { code?: unknown; claim?: unknown; reason?: unknown };
    if (thrown instanceof AuthError || typeof code !== 'string' || !code.startsWith('ERR_J')) throw thrown;
    // jose's messages may quote what was presented; its codes do not.
    if (code === 'ERR_JWT_EXPIRED') throw new AuthError('expired', '`exp` has passed');
    throw new AuthError('unauthorized', claim === undefined ? code : `${code}: \`${claim}\` ${reason}`);
  }
}

const offered = [
  'secret',
  'jwks',
  'algorithms',
  'issuer',
  'audience',
  'clockTolerance',
  'requiredClaims',
  'withoutExpiry',
  'user',
] satisfies (keyof JwtOptions)[];

function rulesOf<Claims extends object>(
  options: JwtOptions<Claims>,
  algorithms: string[],
  tolerance: number,
): JWTVerifyOptions {
  const { issuer, audience, requiredClaims = [], withoutExpiry = false, user } = options;
  if (typeof withoutExpiry !== 'boolean') throw badOption('withoutExpiry', withoutExpiry, 'true or false');
  return {
    algorithms,
    clockTolerance: tolerance / 1_000,
    requiredClaims: [
      ...namesOf('requiredClaims', requiredClaims),
      ...(user === undefined ? ['sub'] : []),
      ...(withoutExpiry ? [] : ['exp']),
    ],
    // A setting that was not found must not read as one that was not made.
    ...('issuer' in options && { issuer: namesOf('issuer', issuer) }),
    ...('audience' in options && { audience: namesOf('audience', audience) }),
  };
}

function namesOf(option: string, given: unknown): string[] {
  const names = typeof given === 'string' ? [given] : given;
  const isEmpty = option !== 'requiredClaims' && Array.isArray(names) && names.length === 0;
  if (!Array.isArray(names) || isEmpty || names.some((name) => typeof name !== 'string' || name === '')) {
    throw badOption(option, given, 'a non-empty string, or several');
  }
  return names;
}

function checkTolerance(ms: unknown): number {
  if (typeof ms === 'number' && ms >= 0 && Number.isFinite(ms)) return ms;
  throw badOption('clockTolerance', ms, 'a number of ms, 0 or more');
}

function checkUser<T>(user: T): T {
  if (user === undefined || typeof user === 'function') return user;
  throw badOption('user', user, 'a function');
}
