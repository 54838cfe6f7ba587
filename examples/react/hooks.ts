import { useCallback, useSyncExternalStore } from 'react';
import type { Observable } from 'rxjs';
import { connection } from './connection.ts';

/** The status, each change of it. Also while rendering on a server, where it is `idle`. */
export function useStatus() {
  return useSyncExternalStore(connection.subscribe, connection.getStatus, connection.getStatus);
}

/** The current value of an Observable that has one, such as a BehaviorSubject. */
export function useCurrent<T>(source$: Observable<T>, current: () => T): T {
  const subscribe = useCallback(
    (changed: () => void) => {
      const subscription = source$.subscribe(changed);
      return () => subscription.unsubscribe();
    },
    [source$],
  );
  return useSyncExternalStore(subscribe, current, current);
}
