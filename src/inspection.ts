import type { InspectionEvent } from 'xstate';
import type { Connection } from './connection-api.ts';
import type { Problems } from './problems.ts';

/** What an inspector may read of the connection itself. */
export type Watched = Pick<Connection, 'trace' | 'stats'>;

/** What XState's `inspect` option takes: a function or an observer. */
export type Inspector =
  | ((event: InspectionEvent) => void)
  | {
      next?(event: InspectionEvent): void;
      error?(error: unknown): void;
      complete?(): void;
      /** Called once by each connection that is given this inspector, right after its machine was created. */
      watch?(connection: Watched): void;
    };

interface Inspecting {
  next(event: InspectionEvent): void;
}

/**
 * Joins our own eyes with the user's. A throw of the user's would escape from `send` and wedge the mailbox for good,
 * so it is caught and reported (IN-1, LC-13).
 */
export function inspectSafely(
  own: Inspecting,
  inspector: Inspector | undefined,
  problems: Pick<Problems, 'caught'>,
): Inspecting | ((event: InspectionEvent) => void) {
  if (inspector === undefined) return own;
  const theirs =
    typeof inspector === 'function' ? inspector : (event: InspectionEvent) => inspector.next?.(event);
  return (event) => {
    own.next(event);
    try {
      theirs(event);
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
