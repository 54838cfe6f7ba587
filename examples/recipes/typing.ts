import type { Connection } from 'holdfast';
import { map, merge, type Observable, Subject, scan, startWith, switchMap, throttleTime, timer } from 'rxjs';

export interface TypingEvents {
  typing: (who: { user: string }) => void;
}

export interface TypingCommands {
  typing: (where: { room: string }) => void;
}

/** Ms between two words of it, and how long one counts: a little longer, so that it does not blink. */
const [every, lasts] = [2_000, 3_000];

/**
 * Says that the user types, and who else does. What is worth nothing later is never queued: `volatile` drops it while
 * there is no link, and nobody who comes back after a minute is told who typed then.
 */
export function typingIn(room: string, connection: Connection<TypingEvents, TypingCommands>) {
  const strokes = new Subject<void>();
  strokes.pipe(throttleTime(every)).subscribe(() => void connection.volatile('typing', { room }));

  const users$: Observable<readonly string[]> = connection.on('typing').pipe(
    scan(
      (until: ReadonlyMap<string, number>, { user }) => new Map(until).set(user, Date.now() + lasts),
      new Map(),
    ),
    switchMap((until) =>
      merge(...[...until.values()].map((at) => timer(new Date(at)))).pipe(
        startWith(0),
        map(() => until),
      ),
    ),
    map((until) => [...until].filter(([, at]) => at > Date.now()).map(([user]) => user)),
    startWith([]),
  );
  return { stroke: () => strokes.next(), stop: () => strokes.complete(), users$ };
}
