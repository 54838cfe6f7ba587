import type { Observable } from 'rxjs';
import type { RestoringEvent } from '../machines/events.ts';
import type { Clock } from './clock.ts';
import type { LogPlace } from './dialect/dialect.ts';
import type { EventName, EventsMap, Payload } from './events-map.ts';
import { Hot } from './hot.ts';
import type { Inbound } from './inbound.ts';
import type { Gap } from './inbox/gap.ts';
import type { CatchUpRequest, SequencerParts } from './inbox/parts.ts';
import { Sequencer } from './inbox/sequencer.ts';

export type { Inbound } from './inbound.ts';

/**
 * Where messages come out. They pass the machine by (MS-2): control goes through the chart, data past it. One `Hot`
 * an event name, so that a message costs its own subscribers and nobody else.
 */
export class Inbox<S extends EventsMap = EventsMap> {
  readonly #clock: Clock;
  // There for those who gave `identify` or `sync`: all others pay a look at it, and nothing else.
  readonly #sequencer: Sequencer | null;
  // Each made when asked for: most connections ask for a few events only, and a Map weighs more than all else here.
  #messages: Hot<Inbound<S>> | null = null;
  #messages$: Observable<Inbound<S>> | null = null;
  #byEvent: Map<string, Hot<unknown>> | null = null;
  #gaps: Hot<Gap> | null = null;
  #isComplete = false;

  constructor(clock: Clock, parts?: SequencerParts) {
    this.#clock = clock;
    this.#sequencer =
      parts === undefined || (parts.identify === null && parts.sync === null)
        ? null
        : new Sequencer(parts, {
            clock,
            emit: (message) => this.#emit(message as Inbound<S>),
            tell: (gap) => this.#gaps?.next(gap),
          });
  }

  get messages$(): Observable<Inbound<S>> {
    this.#messages ??= this.#open(new Hot());
    this.#messages$ ??= this.#messages.observable();
    return this.#messages$;
  }

  get gaps$(): Observable<Gap> {
    this.#gaps ??= this.#open(new Hot());
    return this.#gaps.observable();
  }

  /** For the counts (ST-6). */
  get duplicatesDropped(): number {
    return this.#sequencer?.duplicatesDropped ?? 0;
  }

  get gaps(): number {
    return this.#sequencer?.gaps ?? 0;
  }

  on<E extends EventName<S>>(event: E): Observable<Payload<S, E>> {
    this.#byEvent ??= new Map();
    let hot = this.#byEvent.get(event);
    if (hot === undefined) {
      hot = this.#open(new Hot());
      this.#byEvent.set(event, hot);
    }
    return hot.observable() as Observable<Payload<S, E>>;
  }

  deliver(event: string, args: readonly unknown[], replayed: boolean, place?: LogPlace): void {
    if (this.#sequencer !== null) {
      this.#sequencer.take(event, args, replayed, place);
      return;
    }
    this.#byEvent?.get(event)?.next(args[0]);
    if (this.#messages?.isObserved) {
      const receivedAt = this.#clock.now();
      this.#messages.next({ event, payload: args[0], args, replayed, receivedAt } as Inbound<S>);
    }
  }

  /** What reads the logs of rooms; `null` where nobody keeps any. */
  get sequencer(): Sequencer | null {
    return this.#sequencer;
  }

  /** From here on messages wait, until `release` (MS-4). Without `identify` and `sync` nothing ever waits. */
  hold(): void {
    this.#sequencer?.hold();
  }

  /** One try to get what was missed (SY-1). `settle` is called at most once, and never after the returned function was. */
  catchUp(request: CatchUpRequest, settle: (event: RestoringEvent) => void): () => void {
    if (this.#sequencer !== null) return this.#sequencer.catchUp(request, settle);
    settle({ type: 'restoring.done', epoch: request.epoch });
    return () => {};
  }

  /** Live: what was missed is delivered, then what waited. Call it each time the session opens. */
  release(): void {
    this.#sequencer?.release();
  }

  /** The identity changed, or there is none any more (ID-1). */
  forget(): void {
    this.#sequencer?.forget();
  }

  complete(): void {
    this.#isComplete = true;
    this.#sequencer?.forget();
    this.#messages?.complete();
    this.#gaps?.complete();
    for (const hot of this.#byEvent?.values() ?? []) hot.complete();
  }

  #emit(message: Inbound<S>): void {
    this.#byEvent?.get(message.event)?.next(message.payload);
    this.#messages?.next(message);
  }

  /** One that is asked for after the end is at its end too. */
  #open<T>(hot: Hot<T>): Hot<T> {
    if (this.#isComplete) hot.complete();
    return hot;
  }
}
