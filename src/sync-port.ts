import type { Observable } from 'rxjs';

/** From where to catch up (SY-1). */
export interface SyncRequest {
  /** Whose messages are asked for. */
  readonly identity: string;
  /** `receivedAt` of the last message before the hole, or `null` when there was none. */
  readonly since: number | null;
  /** Rooms that are joined. */
  readonly rooms: readonly string[];
  /** The last `sequence` that was delivered, by `stream`. */
  readonly cursors: Readonly<Record<string, number>>;
  /** Aborted when the answer is not wanted any more: link lost, timeout, disconnect. */
  readonly signal: AbortSignal;
}

/** A missed message, as `sync` gives it. */
export interface SyncItem {
  readonly event: string;
  readonly payload: unknown;
}

/**
 * Gives what was missed, oldest first: an array or another iterable, a promise of an array, an async iterable or an
 * Observable of items. Throws `CursorUnknown` when the server no longer knows from where (SY-3).
 */
export type Sync = (
  request: SyncRequest,
) => PromiseLike<readonly SyncItem[]> | Iterable<SyncItem> | AsyncIterable<SyncItem> | Observable<SyncItem>;

/** `sync` with its bounds. */
export interface SyncOptions {
  /** Called as `sync` itself would be. */
  readonly fetch: Sync;
  /** Ms for one try. Default 10,000. */
  readonly timeout?: number;
  /** How often a try that failed is followed by another, before the connection is live with a gap told. Default 2. */
  readonly retries?: number;
}

export interface SyncSettings {
  readonly fetch: Sync;
  /** It reads the logs of rooms: its items have places there. */
  readonly hasPlaces?: true;
  readonly timeout: number;
  readonly retries: number;
}
