import { concatMap, from, isObservable, Observable, type ObservableInput } from 'rxjs';
import { HoldfastError } from '../errors.ts';

/** What `sync` returned as one stream of whatever is in it. Throws `sync-invalid` for what nothing can be read from. */
export function itemsOf(given: unknown): Observable<unknown> {
  if (isThenable(given)) return from(given).pipe(concatMap(itemsOf));
  if (isAsyncIterable(given) && !isObservable(given)) return fromAsyncIterable(given);
  try {
    // Strings are iterable, and never meant.
    if (typeof given !== 'string') return from(given as ObservableInput<unknown>);
  } catch {
    // It told what it takes; ours is told below.
  }
  throw new HoldfastError('sync-invalid', '`sync` returned what no items can be read from');
}

/** RxJS's own lets go of an iterator at its next item, which a hanging one never gives; this does at once. */
function fromAsyncIterable(iterable: AsyncIterable<unknown>): Observable<unknown> {
  return new Observable((subscriber) => {
    const iterator = iterable[Symbol.asyncIterator]();
    let isDone = false;
    const read = async () => {
      try {
        for (;;) {
          const { done, value } = await iterator.next();
          if (subscriber.closed) return;
          if (done === true) break;
          subscriber.next(value);
        }
        isDone = true;
        subscriber.complete();
      } catch (thrown) {
        isDone = true;
        subscriber.error(thrown);
      }
    };
    void read();
    return () => {
      if (!isDone) letGo(iterator);
    };
  });
}

/** Nobody waits for it: a generator that hangs would never return. */
function letGo(iterator: AsyncIterator<unknown>): void {
  Promise.resolve()
    .then(() => iterator.return?.())
    .catch(() => {});
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return isObject(value) && typeof value['then'] === 'function';
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && typeof value[Symbol.asyncIterator] === 'function';
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
