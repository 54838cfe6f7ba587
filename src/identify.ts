import type { DefaultEventsMap } from './events-map.ts';
import type { Inbound } from './inbound.ts';

/** Who a message is, as far as the app can tell (MS-3). */
export interface MessageIdentity {
  /** The same for every copy of the message. Up to 1,024 characters. */
  readonly id: string;
  /** Name of the sequence it belongs to, such as a conversation. Default: one for all, `default`. */
  readonly stream?: string;
  /** Its place in the stream: whole, from 0, growing by one with each message. */
  readonly sequence?: number;
  /** Grows with each edit: a newer version of a known id is delivered as an update (SY-2). Whole, default 0. */
  readonly version?: number;
}

/**
 * Which event it is, and so what its payload is, the app knows.
 *
 * @inline
 */
type AnyInbound = Inbound<DefaultEventsMap>;

/** Reads from a message who it is (MS-3); `undefined` for one that takes no part. Pure; called for every message. */
export type Identify = (message: AnyInbound) => MessageIdentity | undefined;

/** One of two messages with the same id, or something made of both (SY-2). */
export type Merge = (first: AnyInbound, second: AnyInbound) => AnyInbound;
