/** The one connection of this page: what comes and goes on the screen neither makes it nor ends it. */
import { createConnection, plain, socketIo, steady } from 'holdfast';
import { BehaviorSubject } from 'rxjs';
import type { ClientToServer, Post, ServerToClient } from '../shared/events.ts';

export const connection = createConnection<ServerToClient, ClientToServer>({
  // Where pages are rendered on a server there is no origin to be relative to, and nothing that connects.
  link: socketIo(import.meta.env.SSR ? 'http://localhost' : '/'),
  credential: async ({ identity, signal }) => {
    const response = await fetch(`/token?user=${encodeURIComponent(identity)}`, { method: 'POST', signal });
    // Nobody may sign in by that name: no attempt follows. Anything else is tried again.
    if (response.status === 403) return null;
    if (!response.ok) throw new Error(`no token: HTTP ${response.status}`);
    return response.text();
  },
  // The server knows a message again by this key, so that each takes effect once.
  dialect: plain({ idKey: 'id' }),
});

/** The status for people. The first attempt comes within a second, so most outages heal before they are shown. */
export const banner$ = new BehaviorSubject(connection.getStatus());
steady(connection.status$, { grace: 2_000 }).subscribe(banner$);

/** The latest messages, whether or not anybody looks. */
export const posts$ = new BehaviorSubject<readonly Post[]>([]);
connection.on('message:new').subscribe((post) => posts$.next([...posts$.value, post].slice(-100)));

export function signIn(user: string): void {
  connection.connect(user);
  connection.join('lobby');
}

/** What one user read is not for the next. */
export function signOut(): void {
  void connection.signOut();
  posts$.next([]);
}

// When this module is edited, the page begins anew: a second connection beside the first would be seen by nobody.
import.meta.hot?.accept(() => location.reload());
