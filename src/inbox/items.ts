import { observable, type Subscriber, type TeardownLogic } from 'rxjs';
import { HoldfastError } from '../errors.ts';

/**
 * Reads whatever is in what `sync` returned, item by item; gives what ends that. Throws `sync-invalid` for what nothing
 * can be read from. RxJS's `from` reads the same, but weighs as much as all else that is used of RxJS (docs/size.md).
 */
export function readItems(given: unknown, subscriber: Subscriber<unknown>): TeardownLogic {
  if (has(given, 'then')) {
    Promise.resolve(given)
      .then((promised) => {
        if (!subscriber.closed) subscriber.add(readItems(promised, subscriber));
      })
      .catch((thrown) => subscriber.error(thrown));
    return undefined;
  }
  if (has(given, observable)) return (given as Interop)[observable]?.().subscribe(subscriber);
  if (has(given, Symbol.asyncIterator)) return readAsync(given as AsyncIterable<unknown>, subscriber);
  // Strings are iterable too, but never meant: they are no objects.
  if (has(given, Symbol.iterator)) return readAll(given as Iterable<unknown>, subscriber);
  // Not every browser's streams can be iterated over.
  if (has(given, 'getReader')) return readAsync(chunksOf(given as ReadableStream), subscriber);
  throw new HoldfastError('sync-invalid', '`sync` returned what no items can be read from');
}

/** An Observable of whichever RxJS, or of another library. */
type Interop = Record<typeof observable, () => { subscribe(to: Subscriber<unknown>): TeardownLogic }>;

function readAll(iterable: Iterable<unknown>, subscriber: Subscriber<unknown>): undefined {
  for (const item of iterable) {
    subscriber.next(item);
    if (subscriber.closed) return;
  }
  subscriber.complete();
}

/** An iterator that hangs never gives the next item, so that it is let go of at once. */
function readAsync(iterable: AsyncIterable<unknown>, subscriber: Subscriber<unknown>): () => void {
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
}

/** Nobody waits for it: a generator that hangs would never return. */
function letGo(iterator: AsyncIterator<unknown>): void {
  Promise.resolve()
    .then(() => iterator.return?.())
    .catch(() => {});
}

async function* chunksOf(stream: ReadableStream): AsyncGenerator<unknown> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    reader.releaseLock();
  }
}

function has(value: unknown, method: PropertyKey): boolean {
  if (typeof value !== 'object' && typeof value !== 'function') return false;
  return typeof (value as Record<PropertyKey, unknown> | null)?.[method] === 'function';
}
