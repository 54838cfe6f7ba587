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
  const { httpServer } = io;
  const closed = Promise.all([httpEnd(httpServer), io.close().catch(wasClosed)]).then(() => {});
  return within(grace, closed, () => {
    cut(httpServer);
    return within(lastTurns, closed, () => {});
  });
}

/** An engine without Node has none. */
type Http = Server['httpServer'] | undefined;

/** Resolves when its last connection is gone. `io.close()` does so itself since Socket.IO 4.8.2, but for a second call. */
function httpEnd(http: Http): Promise<void> {
  if (http === undefined) return Promise.resolve();
  if (!http.listening) return ends.get(http) ?? Promise.resolve();
  const end = new Promise<void>((resolve) => http.once('close', resolve));
  ends.set(http, end);
  return end;
}

const ends = new WeakMap<NonNullable<Http>, Promise<void>>();

/** Socket.IO 4.8.2, and no other one, minds a server that is closed already. */
function wasClosed(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ERR_SERVER_NOT_RUNNING') throw error;
}

/** A server of HTTP/2 has no such call. */
function cut(http: Http): void {
  if (http !== undefined && 'closeAllConnections' in http) http.closeAllConnections();
}
