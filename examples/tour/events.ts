/** What client and server say to each other. The same maps type both ends, as is the custom with Socket.IO. */

export interface ServerToClient {
  'message:new': (message: { from: string; text: string }) => void;
}

export interface ClientToServer {
  'message:send': (message: { text: string }, answer: (sent: { id: number }) => void) => void;
  'session:look': (question: null, answer: (session: SessionView) => void) => void;
}

/** A connection as the server sees it. */
export interface SessionView {
  socket: string;
  user: string;
  /** Ms since the token ran out that this connection was made with; negative while it is good. */
  expiredFor: number;
}

/** What the tour tells its server process. The key goes this way and no other: it is never printed. */
export type Order = { type: 'key'; key: string } | { type: 'listen'; port: number } | { type: 'cut' };

/** What the server process tells the tour. */
export type Report =
  | { type: 'loaded' }
  | { type: 'listening'; port: number }
  | { type: 'users'; users: string[] };
