import type { EventName, EventsMap, Payload } from './events-map.ts';

/** One message from the server (MS-1). */
export type Inbound<S extends EventsMap = EventsMap> = {
  [E in EventName<S>]: {
    readonly event: E;
    /** The first argument. */
    readonly payload: Payload<S, E>;
    /** All arguments, as they came. */
    readonly args: readonly unknown[];
    /** As `identify` read it; left out where it read none. */
    readonly id?: string;
    /** Sent again by the server for what was missed, in contrast to live. */
    readonly replayed: boolean;
    /** The room whose log keeps it, and where it stands there: `join(room, { after: cursor })` goes on after it (SV-8). */
    readonly room?: string;
    readonly cursor?: string;
    /** Clock reading. For what `sync` gave: when it was delivered. */
    readonly receivedAt: number;
  };
}[EventName<S>];
