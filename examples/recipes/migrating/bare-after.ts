import { createConnection, plain, socketIo, steady } from 'holdfast';
import type { App, Message } from './app.ts';

interface ServerToClient {
  'message:new': (message: Message) => void;
}

interface ClientToServer {
  'message:send': (message: { text: string }, acknowledge: (answer: unknown) => void) => void;
}

/** The same with holdfast, before the same server. */
export function chat(url: string, { session, banner, show }: App) {
  const connection = createConnection<ServerToClient, ClientToServer>({
    link: socketIo(url),
    credential: ({ forceRefresh }) => (forceRefresh ? session.refresh() : session.token),
    // A server that remembers ids does each message once; any other finds one more key in the payload.
    dialect: plain({ idKey: 'id' }),
  });
  steady(connection.status$).subscribe(({ state }) => {
    if (state === 'connected') banner.hide();
    else banner.show();
  });
  connection.on('message:new').subscribe(show);
  session.onUserChange((user) => connection.connect(user));
  connection.connect(session.user);
  return {
    say: (text: string) => void connection.send('message:send', { text }),
    stop: () => connection.disconnect(),
  };
}
