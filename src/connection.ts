import { connectionMachine } from '../machines/connection.ts';
import type { Connection } from './connection-api.ts';
import type { DefaultEventsMap, EventsMap } from './events-map.ts';
import type { ConnectionOptions } from './options.ts';
import { Wiring } from './wiring.ts';

/**
 * Makes a connection; dials nothing until `connect()`.
 *
 * @throws HoldfastError `bad-option` or `unknown-option`, naming the option and what is allowed (ER-1).
 * @example
 * const connection = createConnection({
 *   link: socketIo('https://api.example.com'),
 *   credential: ({ forceRefresh, signal }) => session.accessToken({ forceRefresh, signal }),
 * });
 * connection.status$.subscribe((status) => render(status));
 * connection.connect(user.id);
 */
export function createConnection<
  S extends EventsMap = DefaultEventsMap,
  C extends EventsMap = DefaultEventsMap,
>(options: ConnectionOptions): Connection<S, C> {
  return new Wiring<S, C>(connectionMachine, options);
}
