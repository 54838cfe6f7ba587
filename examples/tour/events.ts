/** What client and server say to each other. The same maps type both ends, as is the custom with Socket.IO. */

export interface ServerToClient {
  'message:new': (message: { from: string; text: string }) => void;
}

export interface ClientToServer {
  /** `id` is written by the outbox: the same each time that a message is sent again. */
  'message:send': (message: { text: string; id?: string }, answer: (sent: { id: number }) => void) => void;
  'room:join': (room: string, answer: (joined: { ok: true }) => void) => void;
  'log:look': (question: null, answer: (log: LogView) => void) => void;
  'session:look': (question: null, answer: (session: SessionView) => void) => void;
}

/** A connection as the server sees it. */
export interface SessionView {
  socket: string;
  user: string;
  rooms: string[];
  /** Ms since the token ran out that this connection was made with; negative while it is good. */
  expiredFor: number;
}

/** What this server process has done since it began. */
export interface LogView {
  /** Texts of the messages that took effect, in order. */
  texts: string[];
  /** Messages that came once more, and were answered with the first answer. */
  repeats: number;
}

/** What the tour tells its server process. The key goes this way and no other: it is never printed. */
export type Order =
  | { type: 'key'; key: string }
  | { type: 'listen'; port: number }
  | { type: 'cut' }
  /** The next message is done, and the link breaks before anybody is told. */
  | { type: 'cut-next-answer' };

/** What the server process tells the tour. */
export type Report =
  | { type: 'loaded' }
  | { type: 'listening'; port: number }
  | { type: 'ready-to-cut' }
  | { type: 'users'; users: string[] };
