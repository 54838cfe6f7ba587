/** What client and server say to each other, typed as Socket.IO has it. */
export interface Post {
  readonly from: string;
  readonly text: string;
}

export interface ServerToClient {
  'message:new': (post: Post) => void;
  'room:removed': (removed: { readonly room: string }) => void;
}

export interface ClientToServer {
  'message:send': (
    message: { readonly text: string },
    answer: (said: { readonly id: number }) => void,
  ) => void;
  typing: (room: string) => void;
}
