import type { OutboxStore } from './store.ts';

/** `OutboxOptions` with the defaults filled in. */
export interface OutboxSettings {
  /** `null`: a memory of its own. */
  readonly store: OutboxStore | null;
  readonly capacity: { readonly items: number; readonly bytes: number };
  readonly window: number;
  /** Ms. */
  readonly ackTimeout: number;
  /** Ms, or Infinity. */
  readonly ttl: number;
  readonly maxResends: number;
}

/** One for all connections that give none. */
export const defaultOutbox: OutboxSettings = {
  store: null,
  capacity: { items: 1_000, bytes: 4 * 1024 * 1024 },
  window: 32,
  ackTimeout: 10_000,
  ttl: Number.POSITIVE_INFINITY,
  maxResends: Number.POSITIVE_INFINITY,
};
