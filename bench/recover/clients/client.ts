/** What a client is told, whichever it is. */
export interface Wish {
  /** `http://host:port`. */
  readonly url: string;
  /** Ms between two signs of life, and as much again for the answer. `null`: as the client and its server have it. */
  readonly heartbeat: number | null;
  /** The WebSocket of the host, for clients that do not bring their own. */
  readonly WebSocket: typeof WebSocket;
  /**
   * To be called each time when the server has answered over a new link. That a transport opened is not enough: whoever
   * waits for a message would still wait.
   */
  usable(): void;
}

/** Connects, and connects again whenever the link is lost, by the client's own rules. Gives the function that ends it. */
export type Connect = (wish: Wish) => () => unknown;

export function webSocketUrl(url: string, path = ''): string {
  return url.replace(/^http/, 'ws') + path;
}
