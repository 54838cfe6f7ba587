/**
 * Messages are missing, or may be (MS-3, MS-4, SY-1, SY-3).
 *
 * - `sequence`: a stream went on without some, and `sync` was not there or did not bring them.
 * - `restarted`: a stream began again at 0 or 1; how much of the old one is missing cannot be known.
 * - `overflow`: more was missed, or came meanwhile, than is held: 10,000 messages.
 * - `failed`: `sync` failed and the connection is live without what was missed. The next try asks from the same place.
 * - `junk`: `sync` gave items that are no messages; they were left out.
 * - `cursor-unknown`: the server no longer knows from where to catch up. Load everything anew.
 */
export type GapReason = 'sequence' | 'restarted' | 'overflow' | 'failed' | 'junk' | 'cursor-unknown';

/** A hole in what came, as `gaps$` tells it (MS-3, SY-1, SY-3). */
export interface Gap {
  /** Clock reading. */
  readonly at: number;
  readonly reason: GapReason;
  /** The stream it is in, where that is known; `default` for messages without one. */
  readonly stream?: string;
  /** `receivedAt` of the last message before the hole, or `null` when there was none. */
  readonly since: number | null;
  /** The `sequence` that should have come next in the stream. */
  readonly expected?: number;
  /** The `sequence` that came. */
  readonly received?: number;
  /** Nothing will bring what is missing: load everything that is shown anew. Told once each time. */
  readonly reload: boolean;
}
