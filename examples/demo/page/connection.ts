import { type Connection, type ConnectionOptions, createConnection, plain, socketIo } from 'holdfast';
import { indexedDbStore } from 'holdfast/browser';
import type { ClientToServer, ServerToClient } from '../shared/chat.ts';
import type { Session } from './session.ts';

export type ChatConnection = Connection<ServerToClient, ClientToServer>;

/** What a demo adds to a connection, and an app would not: faults from outside, and eyes on the inside. */
type Outside = Required<Pick<ConnectionOptions, 'credential' | 'signals' | 'inspect'>> & {
  /** Tells the page's server which of the links are ours, so that a fault hits no other tab. */
  readonly tab: string;
};

/** The connection of a chat, as an app would write it. The times are short, so that nobody has to wait for a fault. */
export function createChatConnection(
  session: Session,
  { tab, credential, signals, inspect }: Outside,
): ChatConnection {
  return createConnection<ServerToClient, ClientToServer>({
    link: socketIo('/', { query: { tab } }),
    credential,
    credentialTimeout: 3_000,
    handshakeTimeout: 4_000,
    reconnect: { first: 500, base: 1_000, cap: 4_000, giveUpAfter: 20_000, stableAfter: 1_500 },
    probe: { timeout: 1_500 },
    dialect: plain({ idKey: 'id', probe: 'alive' }),
    outbox: { store: indexedDbStore(), ackTimeout: 3_000 },
    identify: ({ event, payload }) =>
      event === 'message:new'
        ? { id: payload.id, stream: payload.room, sequence: payload.sequence }
        : undefined,
    async sync({ rooms, cursors, signal }) {
      const after = Object.fromEntries(rooms.map((room) => [room, cursors[room] ?? 0]));
      const missed = await session.messagesAfter(after, signal);
      return missed.map((payload) => ({ event: 'message:new', payload }));
    },
    signals,
    inspect,
  });
}
