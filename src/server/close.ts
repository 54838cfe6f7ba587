import type { Server } from 'socket.io';
import { checkOptions, duration } from './checks.ts';
import { within } from './within.ts';

/** How a server is closed. */
export interface CloseOptions {
  /** How long HTTP requests in progress may go on, in ms. Default 1,000. */
  readonly grace?: number;
}

/** What Node needs to see that a connection is over, with much to spare, in ms. */
const lastTurns = 100;

/**
 * Closes the server, at the end of a `drain()` or without one (SV-5): nobody new is let in, every link ends, requests in
 * progress have `grace` to end, and then whatever is left is cut. Resolves when all that is over.
 *
 * `io.close()` alone waits for ever for somebody who connected and never sent a request, a browser ahead of time or a
 * health check: Node's server times nobody out while it closes (nodejs/node#63452). Node cuts whoever has not even
 * finished the handshake of TLS after `handshakeTimeout` of its server, 120 s, and by nothing else; `close()` resolves
 * without them.
 *
 * @throws ServerError `bad-option` or `unknown-option`.
 * @example
 * await drain(io);
 * await close(io);
 */
export function close(io: Server, options: CloseOptions = {}): Promise<void> {
  checkOptions('close()', options, { grace: duration });
  const { grace = 1_000 } = options;
  // A server of HTTP/2 cannot be cut, and an engine without Node has no HTTP server.
  const cut = () => {
    const http: object | undefined = io.httpServer;
    if (http && 'closeAllConnections' in http)
      (http as { closeAllConnections(): void }).closeAllConnections();
  };
  const closed = io.close();
  return within(grace, closed, () => {
    cut();
    return within(lastTurns, closed, () => {});
  });
}
