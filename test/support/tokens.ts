import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export const secret = 'a-secret-of-the-tests-that-is-long-enough';

/** A token of `alice` that is good for an hour, or what is said instead; `undefined` leaves a claim out. */
export async function tokenOf(
  claims: Record<string, unknown> = {},
  {
    key = secret as string | CryptoKey | Uint8Array,
    alg = 'HS256',
    kid = undefined as string | undefined,
  } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const payload = { sub: 'alice', iat: now, exp: now + 3_600, jti: crypto.randomUUID(), ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(payload)))
    .setProtectedHeader({ alg, ...(kid !== undefined && { kid }) })
    .sign(typeof key === 'string' ? new TextEncoder().encode(key) : key);
}

/** What a forger makes: any header and payload, with any signature. */
export function forged(header: object, payload: object, signature = ''): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode(header)}.${encode(payload)}.${signature}`;
}

export interface Signer {
  readonly kid: string;
  readonly jwk: JWK;
  sign(claims?: Record<string, unknown>): Promise<string>;
}

/** A key pair of an issuer: the public half to publish, the private one to sign with. */
export async function signer(kid: string, alg = 'RS256'): Promise<Signer> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return {
    kid,
    jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' },
    sign: (claims = {}) => tokenOf(claims, { key: privateKey, alg, kid }),
  };
}

/** An issuer's key set over real HTTP; what it holds and how it answers may change. */
export async function jwksServer(...signers: Signer[]) {
  const state = { signers, status: 200, body: undefined as string | undefined, requests: 0 };
  const http = createServer((_, response) => {
    state.requests += 1;
    response.writeHead(state.status, { 'content-type': 'application/json' });
    response.end(state.body ?? JSON.stringify({ keys: state.signers.map(({ jwk }) => jwk) }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/jwks.json`,
    async close() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  });
}
