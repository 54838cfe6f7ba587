import type { Observable } from 'rxjs';
import { onScopeDispose, type ShallowRef, shallowRef } from 'vue';
import { connection } from './connection.ts';

/** The status, each change of it. */
export function useStatus() {
  const status = shallowRef(connection.getStatus());
  onScopeDispose(
    connection.subscribe(() => {
      status.value = connection.getStatus();
    }),
  );
  return status;
}

/** The values of an Observable that has one at once, such as a BehaviorSubject. */
export function useObservable<T>(source$: Observable<T>): Readonly<ShallowRef<T>> {
  const latest = shallowRef() as ShallowRef<T>;
  const subscription = source$.subscribe((value) => {
    latest.value = value;
  });
  onScopeDispose(() => subscription.unsubscribe());
  return latest;
}
