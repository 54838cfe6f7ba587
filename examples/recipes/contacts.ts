import type { Connection } from 'holdfast';
import { BehaviorSubject, distinctUntilChanged, filter, map, Subscription } from 'rxjs';

export interface ContactEvents {
  'presence:changed': (change: { user: string; online: boolean }) => void;
}

export interface ContactCommands {
  'contacts:watch': (nothing: null, answer: (online: Record<string, boolean>) => void) => void;
}

/**
 * Who of one's contacts is online. The server tells each change while there is a link; what changed while there was none
 * is asked for after each. During an outage the list stays as it was: it is out of date, and not empty.
 */
export function contactsOf(connection: Connection<ContactEvents, ContactCommands>) {
  const online$ = new BehaviorSubject<Readonly<Record<string, boolean>>>({});
  const all = new Subscription();
  all.add(
    connection
      .on('presence:changed')
      .subscribe(({ user, online }) => online$.next({ ...online$.value, [user]: online })),
  );
  all.add(
    connection.status$
      .pipe(
        map((status) => status.state === 'connected' && status.phase === 'live'),
        distinctUntilChanged(),
        filter(Boolean),
      )
      .subscribe(() => {
        connection.request('contacts:watch', null).then(
          (online) => online$.next(online),
          // The link broke meanwhile: the next one asks again.
          () => {},
        );
      }),
  );
  return { online$, stop: () => all.unsubscribe() };
}
