import type { Clock } from '../clock.ts';
import type { CredentialDesk } from '../credential.ts';
import type { Identify, Merge } from '../identify.ts';
import type { Inbound } from '../inbound.ts';
import type { Problems } from '../problems.ts';
import type { SyncRequest, SyncSettings } from '../sync-port.ts';
import type { Gap } from './gap.ts';

/** What keeps messages whole: from the options, and from the connection. */
export interface SequencerParts {
  readonly identify: Identify | null;
  readonly sync: SyncSettings | null;
  readonly merge: Merge | null;
  readonly problems: Pick<Problems, 'report' | 'caught'>;
  readonly desk: Pick<CredentialDesk, 'redact'>;
  /** A live stream has a hole that `sync` may fill; messages wait until `release`. */
  readonly onGap: () => void;
}

/** Whose messages were missed, in which rooms. */
export interface CatchUpRequest {
  readonly identity: string;
  /** Rooms that are joined. */
  readonly rooms: readonly string[];
  readonly epoch: number;
}

/** Where the last message before the hole was. */
export interface Debt extends Pick<SyncRequest, 'since'> {
  readonly cursors: Readonly<Record<string, number>>;
  /** Of those streams that are logs. */
  readonly logs: Record<string, string>;
}

/** Where it all comes out. */
export interface Outlets {
  readonly clock: Clock;
  emit(message: Inbound): void;
  tell(gap: Gap): void;
}
