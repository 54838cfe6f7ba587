import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
} from 'jose';
import { AuthError, badOption, ServerError } from './errors.ts';

/** One of the two, and not both: what a token is verified with decides which signatures may be trusted. */
export interface KeySource {
  /**
   * Shared with whoever signs. A function is called for every verification, so that a secret may be set after import
   * and changed later.
   */
  readonly secret?: string | Uint8Array | (() => string | Uint8Array | undefined);
  /** The issuer's public keys: where to fetch them, or the set itself. They are fetched at the first verification. */
  readonly jwks?: string | URL | JSONWebKeySet;
}

export interface Keys {
  readonly key: JWTVerifyGetKey;
  /** Those that the user pinned, or the safe ones of this kind of key. */
  readonly algorithms: string[];
  readonly ready: () => void;
}

const symmetric = ['HS256', 'HS384', 'HS512'];
const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

export function keysOf(options: KeySource & { readonly algorithms?: readonly string[] }): Keys {
  const { secret, jwks } = options;
  if ((secret === undefined) === (jwks === undefined)) {
    throw secret === undefined && 'secret' in options
      ? missing()
      : badOption('secret', secret, 'a secret, or `jwks`, but not both');
  }
  if (jwks === undefined) {
    if (typeof secret !== 'function') readSecret(secret);
    return {
      key: () => readSecret(secret),
      algorithms: pinned(options.algorithms, ['HS256'], symmetric),
      ready: () => void readSecret(secret),
    };
  }
  return {
    key: typeof jwks === 'string' || jwks instanceof URL ? remoteKeys(urlOf(jwks)) : localKeys(jwks),
    // Never HS*: with a public key for a secret, everybody could sign.
    algorithms: pinned(options.algorithms, ['RS256', 'ES256', 'EdDSA'], asymmetric),
    ready: () => {},
  };
}

function pinned(given: unknown, safe: string[], allowed: readonly string[]): string[] {
  if (given === undefined) return safe;
  if (Array.isArray(given) && given.length > 0 && given.every((name) => allowed.includes(name)))
    return [...given];
  throw badOption('algorithms', given, `some of ${allowed.join(', ')} for this kind of key`);
}

function readSecret(secret: unknown): Uint8Array {
  const found = typeof secret === 'function' ? secret() : secret;
  if (found === undefined || found === null || found.length === 0) throw missing();
  if (typeof found === 'string') return new TextEncoder().encode(found);
  if (found instanceof Uint8Array) return found;
  throw badOption('secret', found, 'a non-empty string, bytes, or a function that gives them');
}

function missing(): ServerError {
  return new ServerError('secret-missing', 'there is no secret to verify tokens with');
}

function urlOf(given: string | URL): URL {
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url !== null && /^https?:$/.test(url.protocol)) return url;
  throw badOption('jwks', given, 'the http(s) URL of a JSON Web Key Set, or the set itself');
}

function localKeys(jwks: JSONWebKeySet): JWTVerifyGetKey {
  try {
    return createLocalJWKSet(jwks);
  } catch (cause) {
    throw badOption('jwks', jwks, `the http(s) URL of a JSON Web Key Set, or the set itself (${cause})`);
  }
}

/** After a fetch, ms without another for a key that is not in the set: strange tokens must not drive our requests. */
const cooldown = 30_000;
/** ms after which a client may ask again when the key set could not be fetched. */
const retryAfter = 5_000;
/** What a token brings about, and not the key set. */
const faultOfToken = [
  'ERR_JWKS_NO_MATCHING_KEY',
  'ERR_JWKS_MULTIPLE_MATCHING_KEYS',
  'ERR_JOSE_NOT_SUPPORTED',
];

function remoteKeys(url: URL): JWTVerifyGetKey {
  let fetchedAt = Number.NEGATIVE_INFINITY;
  const remote = createRemoteJWKSet(url, {
    cooldownDuration: cooldown,
    async [customFetch](...request) {
      const answer = await fetch(...request);
      if (answer.ok) fetchedAt = Date.now();
      return answer;
    },
  });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (thrown) {
      const code = (thrown as { code?: unknown } | null)?.code;
      if (!faultOfToken.includes(String(code))) {
        throw new AuthError('busy', `the key set cannot be fetched: ${codeOf(thrown)}`, { retryAfter });
      }
      // A token younger than our copy of the set may be signed with a key that came after it. Called unauthorized, all
      // whose token was just refreshed would be signed out by a rotation.
      const patience = fetchedAt + cooldown - Date.now();
      if (code === 'ERR_JWKS_NO_MATCHING_KEY' && patience > 0 && issuedAt(token) >= fetchedAt - 1_000) {
        throw new AuthError('busy', 'its key is not in the set, which may be fetched again later', {
          retryAfter: patience,
        });
      }
      throw thrown;
    }
  };
}

/** ms, as the token itself says; it decides about the kind of refusal only. */
function issuedAt({ payload }: { readonly payload: string | Uint8Array }): number {
  try {
    return (decodeJwt(`.${payload}.`).iat ?? 0) * 1_000;
  } catch {
    return 0;
  }
}

/** The system's own word where there is one, such as ECONNREFUSED. */
function codeOf(thrown: unknown): string {
  const { code, cause, message } = thrown as {
    code?: unknown;
    cause?: { code?: unknown };
    message?: unknown;
  };
  return String(cause?.code ?? code ?? message);
}
