/** Time for a connection: XState's clock, and a reading in ms. Replace it in tests; decisions use its timers only. */
export interface Clock {
  /** Calls back once, `ms` from now; gives what `clearTimeout` takes. */
  setTimeout(callback: (...args: unknown[]) => void, ms: number): unknown;
  /** Ends a timer of `setTimeout`; nothing happens for one that has fired. */
  clearTimeout(id: never): void;
  /** Epoch ms by default: what `since`, `retryAt` and `receivedAt` show. */
  now(): number;
}

export const systemClock: Clock = {
  setTimeout: (callback, ms) => globalThis.setTimeout(callback, ms),
  clearTimeout: (id) => globalThis.clearTimeout(id),
  now: () => Date.now(),
};
