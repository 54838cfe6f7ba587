import { randomBytes, randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { isUser, type User } from '../shared/chat.ts';

/** The identity provider. In a demo, saying who you are is all it takes to sign in. */
export interface SignIn {
  /** For the chat server, in base64. */
  readonly key: string;
  issue(user: User): Promise<Issued>;
  /** Whose token it is, or `null`. */
  userOf(token: string): Promise<User | null>;
}

export interface Issued {
  readonly token: string;
  /** Ms from now. */
  readonly expiresIn: number;
}

const lifetime = 10 * 60;

export function createSignIn(): SignIn {
  const key = randomBytes(32);
  return {
    key: key.toString('base64'),
    async issue(user) {
      const token = await new SignJWT({})
        .setProtectedHeader({ alg: 'HS256' })
        .setSubject(user)
        // Two tokens of the same second are to differ: one that was refused is never presented again.
        .setJti(randomUUID())
        .setExpirationTime(`${lifetime} s`)
        .sign(key);
      return { token, expiresIn: lifetime * 1_000 };
    },
    userOf: (token) =>
      jwtVerify(token, key).then(
        ({ payload }) => (isUser(payload.sub) ? payload.sub : null),
        () => null,
      ),
  };
}
