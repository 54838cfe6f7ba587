/** What client and server say to each other. The same maps type both ends, as is the custom with Socket.IO. */

export interface Post {
  id: number;
  from: string;
  text: string;
}

export interface ServerToClient {
  'message:new': (post: Post) => void;
}

export interface ClientToServer {
  /** `id` is written by the outbox: the same each time that a message is sent again. */
  'message:send': (
    message: { text: string; id?: string },
    answer: (sent: { id: number } | { error: string }) => void,
  ) => void;
  'room:join': (room: string, answer: (joined: { ok: true } | { error: string }) => void) => void;
}
