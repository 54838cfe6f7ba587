import { type Connection, OutboxFull, type OutboxOptions } from 'holdfast';
import { indexedDbStore } from 'holdfast/browser';
import { distinctUntilChanged, map, type Observable } from 'rxjs';

type EventsHeard = Record<never, never>;

export interface DraftCommands {
  'message:send': (message: { text: string }, acknowledge: (answer: unknown) => void) => void;
}

/**
 * `createConnection({ …, outbox: offlineQueue() })`: what waits outlives a reload and a crash of the browser, for three
 * days, and goes out in order under its old id. Needs the package `idb`.
 */
export function offlineQueue(): OutboxOptions {
  return { store: indexedDbStore(), capacity: { items: 500 }, ttl: 3 * 24 * 60 * 60_000 };
}

/** How many messages are not with the server yet, what is left of an earlier visit included. */
export function waiting(connection: Connection<EventsHeard, DraftCommands>): Observable<number> {
  return connection.outbox$.pipe(
    map(({ queued, sending }) => queued + sending),
    distinctUntilChanged(),
  );
}

/** What to tell the user: it is safe to close the page, it is safe while the page is open, or it was not taken. */
export type Kept = 'on-disk' | 'in-memory' | 'full';

/** Works with a link and without one. Where it was not taken, the text belongs back into its field. */
export async function write(connection: Connection<EventsHeard, DraftCommands>, text: string): Promise<Kept> {
  try {
    const { kept } = connection.send('message:send', { text });
    return (await kept) ? 'on-disk' : 'in-memory';
  } catch (error) {
    if (error instanceof OutboxFull) return 'full';
    throw error;
  }
}
