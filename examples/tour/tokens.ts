import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { SignJWT } from 'jose';
import type { CredentialRequest } from '../../src/index.ts';

/** What an app has of its own: somebody who is signed in, and an access token that is renewed when it is asked for. */
export interface Session {
  /** Fits the option `credential`: a token, or `null` when nobody is signed in. */
  accessToken(request: CredentialRequest): Promise<string | null>;
  signIn(user: string): void;
  /** The sign-in has ended: what is cached stays, but no other token will come of it. */
  end(): void;
  /** From now on tokens are signed with this key; those that are out in the world become worthless. */
  rotateKey(): string;
}

/** Plays the app's session and the identity provider behind it. The key never leaves but to the server. */
export function createSession(firstLifetime: number): Session & { readonly key: string } {
  let key = randomBytes(32);
  let user: string | null = null;
  let cached: { token: string; expiresAt: number } | null = null;
  let lifetime = firstLifetime;

  return {
    key: key.toString('base64'),
    async accessToken({ identity, forceRefresh, signal }) {
      const isGood = cached !== null && cached.expiresAt > Date.now();
      if (isGood && !forceRefresh) return cached?.token ?? null;
      // The way to the identity provider and back. Given up when nobody wants the answer any more.
      await pause(60, undefined, { signal });
      if (user !== identity) return null;
      cached = await issue(user, lifetime, key);
      lifetime = 600;
      return cached.token;
    },
    signIn(who) {
      user = who;
      cached = null;
    },
    end() {
      user = null;
    },
    rotateKey() {
      key = randomBytes(32);
      return key.toString('base64');
    },
  };
}

/** JWT counts in whole seconds: the lifetime is cut to the full second before. */
async function issue(user: string, seconds: number, key: Uint8Array) {
  const exp = Math.floor(Date.now() / 1000) + seconds;
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime(exp)
    .sign(key);
  return { token, expiresAt: exp * 1000 };
}
