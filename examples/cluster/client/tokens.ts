import { SignJWT } from 'jose';

/** What an identity provider would issue: a token that is good for an hour. */
export function issueToken(user: string, secret: string): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
}
