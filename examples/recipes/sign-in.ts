import type { Connection, CredentialProvider } from 'holdfast';

/**
 * The provider, for `createConnection({ …, credential: accessToken })`: an access token of the app's own server, which
 * knows the user by a cookie.
 */
export const accessToken: CredentialProvider = async ({ forceRefresh, signal }) => {
  const response = await fetch(`/token${forceRefresh ? '?fresh' : ''}`, { method: 'POST', signal });
  // Nobody is signed in: no attempt is worth making, and the status says `auth-failed`.
  if (response.status === 401) return null;
  // Anything else may pass: thrown, it is tried again.
  if (!response.ok) throw new Error(`no token: HTTP ${response.status}`);
  const { token, expiresIn } = (await response.json()) as { token: string; expiresIn: number };
  return { token, expiresIn };
};

/** After the form was sent, at the start of a page where the session lives on, and whenever another user signs in. */
export function signedIn(connection: Connection, user: string): void {
  connection.connect(user);
}

/** What waits to be sent is thrown away with the session: nobody sends it under the next user's name. */
export async function signedOut(connection: Connection): Promise<void> {
  await connection.signOut();
  await fetch('/session', { method: 'DELETE' });
}

/** Where the session ended elsewhere: the one state that needs a sign-in page. Called once each time. */
export function whenSignInIsNeeded(connection: Connection, show: (why: string) => void): () => void {
  let wasNeeded = false;
  const subscription = connection.status$.subscribe((status) => {
    const isNeeded = status.state === 'auth-failed';
    if (isNeeded && !wasNeeded) show(status.cause.message);
    wasNeeded = isNeeded;
  });
  return () => subscription.unsubscribe();
}
