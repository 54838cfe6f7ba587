import type { InspectionEvent } from 'xstate';
import type { Connection } from './connection-api.ts';
import type { Problems } from './problems.ts';

/** What an inspector may read of the connection itself. */
export type Watched = Pick<Connection, 'trace' | 'stats'>;

/** What XState's `inspect` option takes: a function or an observer. */
export type Inspector =
  | ((event: InspectionEvent) => void)
  | {
      /** Called with every inspection event of XState. */
      next?(event: InspectionEvent): void;
      /** Never called. It is here so that any observer fits. */
      error?(error: unknown): void;
      /** Never called. */
      complete?(): void;
      /** Called once by each connection that is given this inspector, right after its machine was created. */
      watch?(connection: Watched): void;
    };

/** A throw of an inspector would escape from `send` and wedge the mailbox for good: it is caught and reported (IN-1, LC-13). */
export function inspectSafely(
  inspector: Inspector,
  problems: Pick<Problems, 'caught'>,
): (event: InspectionEvent) => void {
  return (event) => {
    try {
      if (typeof inspector === 'function') inspector(event);
      else inspector.next?.(event);
    } catch (thrown) {
      problems.caught('the inspector', thrown);
    }
  };
}

/** Lets the inspector have the connection, where it wants it. */
export function introduce(
  inspector: Inspector | undefined,
  connection: Watched,
  problems: Pick<Problems, 'caught'>,
): void {
  if (typeof inspector !== 'object') return;
  try {
    inspector.watch?.(connection);
  } catch (thrown) {
    problems.caught('the inspector', thrown);
  }
}
