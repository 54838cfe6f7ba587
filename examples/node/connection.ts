/** The one connection of this process. */
import { createConnection, plain, socketIo, steady } from 'holdfast';
import type { ClientToServer, ServerToClient } from '../shared/events.ts';

const server = process.env['CHAT_SERVER'] ?? 'http://localhost:5173';

export const connection = createConnection<ServerToClient, ClientToServer>({
  link: socketIo(server),
  credential: async ({ identity, signal }) => {
    const url = new URL(`/token?user=${encodeURIComponent(identity)}`, server);
    const response = await fetch(url, { method: 'POST', signal });
    // Nobody may sign in by that name: no attempt follows. Anything else is tried again.
    if (response.status === 403) return null;
    if (!response.ok) throw new Error(`no token: HTTP ${response.status}`);
    return response.text();
  },
  // The server knows a message again by this key, so that each takes effect once.
  dialect: plain({ idKey: 'id' }),
});

/** The status for people. The first attempt comes within a second, so most outages heal before they are shown. */
export const banner$ = steady(connection.status$, { grace: 2_000 });
