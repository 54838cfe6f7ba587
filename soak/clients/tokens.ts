import { SignJWT } from 'jose';

/** What an identity provider would issue: a token that is good for so many ms from now, rounded up to seconds; or was. */
export function issueToken(user: string, secret: string, lasts: number): Promise<string> {
  return new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime(Math.ceil((Date.now() + lasts) / 1_000))
    .sign(new TextEncoder().encode(secret));
}

/** Whether a token can be read in it: every one begins with an object in base64url. */
export function hasToken(text: string): boolean {
  return text.includes(beginning);
}

const beginning = Buffer.from('{"alg"').toString('base64url').slice(0, -1);
