/** What client and server say to each other. */

export interface ServerToClient {
  'message:new': (message: ChatMessage) => void;
}

export interface ClientToServer {
  'message:send': (message: { room: string; key: string }, answer: (done: { ok: true }) => void) => void;
}

export interface ChatMessage {
  room: string;
  from: string;
  /** The author's own name for it, `client-7/42`: by it the verdict tells messages apart. */
  key: string;
}
