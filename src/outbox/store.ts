/** One message that waits for its acknowledgement, as plain data: payloads are JSON data and `Uint8Array`s. */
export interface OutboxEntry {
  /** The same over resends and reloads (OB-3). */
  readonly id: string;
  readonly event: string;
  readonly payload: unknown;
  /** Size of the payload on the wire, about. */
  readonly bytes: number;
  /** At most once: never sent again after it may have been (OB-4). */
  readonly once: boolean;
  /** Clock reading. */
  readonly acceptedAt: number;
  /** Clock reading after which it is not sent any more; `null` for never (OB-5). */
  readonly expiresAt: number | null;
  /** It was, or may have been, on the wire before. */
  readonly isTried: boolean;
}

/** What a store has for one identity. */
export interface LoadedEntries {
  /** In the order in which they were first put. */
  readonly entries: readonly OutboxEntry[];
  /** What could not be read and was set aside, told in words: where it is now, and what is wrong with it. Never its content. */
  readonly corrupt: readonly string[];
}

/**
 * The port to where unacknowledged messages are kept (OB-7). A method that returns nothing, or whose promise resolves,
 * has done it for good: what was put is there after a crash. What throws, rejects or hangs is reported, and the message
 * goes on without the promise to be kept. One that ships passes `outboxStoreConformance`, and so should yours (TS-4).
 */
export interface OutboxStore {
  /** What is there for this identity and belongs to nobody who is alive. Called before anything is sent for it. */
  load(identity: string): LoadedEntries | Promise<LoadedEntries>;
  /** Adds, or replaces in its place the entry with the same id. */
  put(identity: string, entry: OutboxEntry): void | Promise<void>;
  /** Removes; nothing happens when there is none. */
  remove(identity: string, id: string): void | Promise<void>;
  /** Removes everything of this identity, whoever it belongs to. */
  clear(identity: string): void | Promise<void>;
  /**
   * For stores that several processes or tabs share: calls back with what was left behind by one that died, until the
   * returned function is called. What is handed over belongs to the caller from there on.
   */
  watch?(identity: string, found: (left: LoadedEntries) => void): () => void;
  /** Called by `dispose()`: lets go of files, locks and connections; what is kept stays. */
  close?(): void | Promise<void>;
}
