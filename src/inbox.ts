import { type Observable, Subject } from 'rxjs';
import type { Clock } from './clock.ts';
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

/**
 * Where messages come out. They pass the machine by (MS-2): control goes through the chart, data past it. One subject
 * an event name, so that a message costs its own subscribers and nobody else.
 */
export class Inbox<S extends EventsMap = EventsMap> {
  readonly #clock: Clock;
  // Each made when asked for: most connections ask for a few events only, and a Map weighs more than all else here.
  #messages: Subject<Inbound<S>> | null = null;
  #messages$: Observable<Inbound<S>> | null = null;
  #byEvent: Map<string, Subject<unknown>> | null = null;
  #isComplete = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get messages$(): Observable<Inbound<S>> {
    this.#messages ??= this.#open(new Subject());
    this.#messages$ ??= this.#messages.asObservable();
    return this.#messages$;
  }

  on<E extends EventName<S>>(event: E): Observable<Payload<S, E>> {
    this.#byEvent ??= new Map();
    let subject = this.#byEvent.get(event);
    if (subject === undefined) {
      subject = this.#open(new Subject());
      this.#byEvent.set(event, subject);
    }
    return subject.asObservable() as Observable<Payload<S, E>>;
  }

  deliver(event: string, args: readonly unknown[], replayed: boolean): void {
    this.#byEvent?.get(event)?.next(args[0]);
    if (this.#messages?.observed) {
      const receivedAt = this.#clock.now();
      this.#messages.next({ event, payload: args[0], args, replayed, receivedAt } as Inbound<S>);
    }
  }

  complete(): void {
    this.#isComplete = true;
    this.#messages?.complete();
    for (const subject of this.#byEvent?.values() ?? []) subject.complete();
  }

  /** One that is asked for after the end is at its end too. */
  #open<T>(subject: Subject<T>): Subject<T> {
    if (this.#isComplete) subject.complete();
    return subject;
  }
}
