import { createConnection, holdfast, type Status, socketIo } from 'holdfast';
import { BehaviorSubject } from 'rxjs';

export interface Post {
  id: string;
  from: string;
  text: string;
}

interface ServerToClient {
  'message:new': (post: Post) => void;
}

interface ClientToServer {
  'message:send': (message: { text: string }, answer: (said: string) => void) => void;
}

function open() {
  const connection = createConnection<ServerToClient, ClientToServer>({
    // The whole address: where pages are rendered there is no origin to be relative to.
    link: socketIo(process.env.NEXT_PUBLIC_CHAT_URL ?? 'http://localhost:3001'),
    dialect: holdfast(),
    credential: async ({ signal }) => {
      const response = await fetch('/token', { method: 'POST', signal });
      if (response.status === 401) return null;
      if (!response.ok) throw new Error(`no token: HTTP ${response.status}`);
      return response.text();
    },
  });
  const posts$ = new BehaviorSubject<readonly Post[]>([]);
  connection.on('message:new').subscribe((post) => posts$.next([...posts$.value, post].slice(-100)));
  return { connection, posts$ };
}

// One for each tab. Hot reload runs this module again, and finds the one that is there. On the server it is made as well,
// and stays idle: `connect` is called in an effect, and effects do not run there.
const kept = globalThis as { chat?: ReturnType<typeof open> };
kept.chat ??= open();
export const { connection, posts$ } = kept.chat;

/** What the server rendered. A part of the page may be hydrated when another one has been connected for long. */
export const atFirst: Status = { state: 'idle', reason: 'initial', since: 0 };
