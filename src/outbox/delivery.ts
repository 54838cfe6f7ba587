import type { Observable } from 'rxjs';

/** Where a message stands: `queued` and `sending`, in turns while links break, then exactly one of the others (OB-1). */
export type DeliveryState =
  | 'queued'
  | 'sending'
  /** The server acknowledged it. */
  | 'acknowledged'
  /** The server said no, or the message can never be sent. */
  | 'refused'
  /** Its `ttl` ran out before it was ever sent: the server never saw it and never will. */
  | 'expired'
  /** It was sent, and whether it arrived cannot be known any more: `once`, `ttl` or `maxResends` forbid to ask again. */
  | 'unknown'
  /** `signOut()` threw it away. */
  | 'discarded';

/** One message on its way, from `connection.send`. */
export interface Delivery<Answer = unknown> {
  /** A UUID of version 7, the same over resends and reloads (OB-3). */
  readonly id: string;
  /** Where it stands now. */
  readonly state: DeliveryState;
  /** Replays the current state, then each change; completes when settled, and when the connection is disposed of. */
  readonly state$: Observable<DeliveryState>;
  /**
   * The server's answer. Rejects with a `HoldfastError` when it is settled otherwise: `answer-refused` (an
   * `AnswerRefused`), `payload-too-large`, `message-too-big`, `delivery-expired`, `delivery-unknown`,
   * `delivery-discarded`, `disposed`. Never becomes an unhandled rejection.
   */
  readonly acknowledged: Promise<Answer>;
  /** Whether the store has it: true once it would survive a crash, false when the store failed. Never rejects. */
  readonly kept: Promise<boolean>;
}

/** What may be said of one message. */
export interface SendOptions {
  /** At most once: when it is uncertain whether it arrived, it ends as `unknown` and is not sent again (OB-4). Default false. */
  readonly once?: boolean;
  /** Ms from now after which it is not sent any more (OB-5). Default: `outbox.ttl`, else none. */
  readonly ttl?: number;
}

/** What waits in the outbox of the current identity. */
export interface OutboxView {
  /** Messages that wait for a link, or for their turn. */
  readonly queued: number;
  /** Messages that are under way, without an acknowledgement so far. */
  readonly sending: number;
  /** Payload bytes of both. */
  readonly bytes: number;
  /** When the oldest of them was accepted, as a clock reading. */
  readonly oldest: number | null;
}
