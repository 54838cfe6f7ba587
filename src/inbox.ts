import { type Observable, Subject } from 'rxjs';
import type { EventName, EventsMap, Payload } from './events-map.ts';

/** One message from the server (MS-1). */
export type Inbound<S extends EventsMap = EventsMap> = {
  [E in EventName<S>]: {
    readonly event: E;
    /** The first argument. */
    readonly payload: Payload<S, E>;
    readonly args: readonly unknown[];
    readonly id?: string;
    /** Sent again by the server for what was missed, in contrast to live. */
    readonly replayed: boolean;
    /** Clock reading. */
    readonly receivedAt: number;
  };
}[EventName<S>];

export interface Inbox<S extends EventsMap> {
  readonly messages$: Observable<Inbound<S>>;
  on<E extends EventName<S>>(event: E): Observable<Payload<S, E>>;
  deliver(event: string, args: readonly unknown[], replayed: boolean): void;
  complete(): void;
}

/**
 * Where messages come out. They pass the machine by (MS-2): control goes through the chart, data past it. One subject
 * an event name, so that a message costs its own subscribers and nobody else.
 */
export function createInbox<S extends EventsMap>(now: () => number): Inbox<S> {
  const messages = new Subject<Inbound<S>>();
  const byEvent = new Map<string, Subject<unknown>>();
  let isComplete = false;

  return {
    messages$: messages.asObservable(),
    on<E extends EventName<S>>(event: E): Observable<Payload<S, E>> {
      let subject = byEvent.get(event);
      if (subject === undefined) {
        subject = new Subject();
        byEvent.set(event, subject);
        if (isComplete) subject.complete();
      }
      return subject.asObservable() as Observable<Payload<S, E>>;
    },
    deliver(event, args, replayed) {
      byEvent.get(event)?.next(args[0]);
      if (messages.observed) {
        messages.next({ event, payload: args[0], args, replayed, receivedAt: now() } as Inbound<S>);
      }
    },
    complete() {
      isComplete = true;
      messages.complete();
      for (const subject of byEvent.values()) subject.complete();
    },
  };
}
