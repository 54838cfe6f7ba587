import type { CredentialRequest } from 'holdfast';
import type { ChatMessage, User } from '../shared/chat.ts';

/** What an app has of its own: somebody who is signed in, and an access token that is renewed when it is asked for. */
export interface Session {
  /** Fits the option `credential`: a token, or `null` when nobody is signed in. */
  accessToken(request: CredentialRequest): Promise<string | null>;
  /** Messages after these, by room. */
  messagesAfter(cursors: Readonly<Record<string, number>>, signal?: AbortSignal): Promise<ChatMessage[]>;
  signIn(user: User): void;
  signOut(): void;
}

export function createSession(): Session {
  let user: User | null = null;
  let cached: { readonly token: string; readonly expiresAt: number } | null = null;

  return {
    async accessToken({ identity, forceRefresh, signal }) {
      if (user === null || user !== identity) return null;
      if (cached !== null && cached.expiresAt > Date.now() && !forceRefresh) return cached.token;
      const { token, expiresIn } = await post('/token', { user }, { signal });
      // Somebody else may have signed in meanwhile.
      if (user === identity) cached = { token, expiresAt: Date.now() + expiresIn };
      return token;
    },
    messagesAfter: (after, signal) =>
      post('/history', { after }, { headers: { authorization: `Bearer ${cached?.token}` }, signal }),
    signIn(who) {
      if (user !== who) cached = null;
      user = who;
    },
    signOut() {
      user = null;
      cached = null;
    },
  };
}

/** What the page's server answers. Whether that fits is between the two of them. */
export async function post(
  path: string,
  body: object,
  { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal | undefined } = {},
  // biome-ignore lint/suspicious/noExplicitAny: JSON, as it comes
): Promise<any> {
  const response = await fetch(path, {
    method: 'POST',
    body: JSON.stringify(body),
    ...(headers && { headers }),
    ...(signal && { signal }),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return response.json();
}
