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
