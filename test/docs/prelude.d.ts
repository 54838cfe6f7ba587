// What the examples in README.md and docs/ take for granted: the names of an app.

import type { Connection, Status } from 'holdfast';
import type { Server } from 'socket.io';

declare global {
  interface Message {
    readonly id: string;
    readonly text: string;
  }

  interface ServerToClient {
    'message:new': (message: Message) => void;
  }

  interface ClientToServer {
    'message:send': (message: { text: string }, acknowledge: (stored: Message) => void) => void;
    typing: (where: { conversation: string }) => void;
  }

  const connection: Connection<ServerToClient, ClientToServer>;
  const user: { readonly id: string };
  const session: {
    accessToken(options: { forceRefresh: boolean; signal: AbortSignal }): Promise<string>;
    onTokenChange(listener: () => void): void;
    onUserChange(listener: (user: { readonly id: string }) => void): void;
  };
  /** On the server. */
  const io: Server<
    ClientToServer & {
      'contacts:watch': (nothing: null, answer: (online: Record<string, boolean>) => void) => void;
    },
    ServerToClient
  >;
  const db: {
    store(user: string, text: string, id?: string): Promise<Message>;
    isMember(user: string, room: string): Promise<boolean>;
    contactsOf(user: string): Promise<string[]>;
  };
  function userOfSession(cookie: string | undefined): string;
  const isDevelopment: boolean;
  const logger: { info(text: string): void };
  function render(status: Status): void;
  function show(message: Message): void;
  function label(status: Status): string;
}
