/**
 * Who is answered in the same turn where nothing has to be waited for (RM-4) cannot use `await`, which always waits.
 *
 * @inline
 */
export type Awaitable<T> = T | Promise<T>;

/** `next` of the value: at once, where it is there. */
export function after<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(next) : next(value);
}

export function allOf<T>(values: readonly Awaitable<T>[]): Awaitable<readonly T[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as readonly T[]);
}

/** Anything with a `then`, as `await` sees it. */
export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { readonly then?: unknown }).then === 'function'
  );
}
