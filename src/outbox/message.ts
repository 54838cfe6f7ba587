import type { Observable } from 'rxjs';
import { isSettled, type MessageLife } from '../../machines/outbox.ts';
import { HoldfastError } from '../errors.ts';
import { Replayed } from '../replayed.ts';
import type { DeliveryState } from './delivery.ts';
import type { OutboxEntry } from './store.ts';

/** One message in the outbox: what is sent, where it stands, and who wants to know. */
export class Message {
  entry: OutboxEntry;
  readonly identity: string;
  /** Lower places are sent first; it keeps its place over resends (OB-2). */
  readonly place: number;
  /** Whether this process accepted it, so that somebody may hold its delivery. */
  readonly isOwn: boolean;
  life: MessageLife;
  /** A write to the store must be over before it is sent (OB-7). */
  isHeld = false;
  /** The store failed to note that it is about to be sent. */
  isNoteLost = false;
  /** The writes to the store so far, while they are under way. Never rejects. */
  written: Promise<unknown> | null = null;
  /** Refusals in a row that may be tried again: the backoff grows with them. */
  refusals = 0;
  /** Where it is among those in flight. */
  slot = -1;
  /** Which link it was last sent on, and when. */
  link = 0;
  sentAt = 0;

  #published: DeliveryState;
  #isKept: boolean | null = null;
  #abandoned: HoldfastError | null = null;
  // Made when asked for: most deliveries are looked at once, or never.
  #states: Replayed<DeliveryState> | null = null;
  #answer: Promised<unknown> | null = null;
  #kept: Promised<boolean> | null = null;

  constructor(identity: string, entry: OutboxEntry, place: number, life: MessageLife, isOwn: boolean) {
    this.identity = identity;
    this.entry = entry;
    this.place = place;
    this.life = life;
    this.isOwn = isOwn;
    this.#published = life.state;
  }

  get states$(): Observable<DeliveryState> {
    if (this.#states === null) {
      this.#states = new Replayed(() => this.life.state);
      if (this.#isOver) this.#states.complete();
    }
    return this.#states.observable;
  }

  get answer(): Promise<unknown> {
    if (this.#answer === null) {
      this.#answer = promised();
      if (this.#isOver) this.#settleAnswer();
    }
    return this.#answer.promise;
  }

  get kept(): Promise<boolean> {
    if (this.#kept === null) {
      this.#kept = promised();
      if (this.#isKept !== null) this.#kept.resolve(this.#isKept);
    }
    return this.#kept.promise;
  }

  /** The store has it, or will not have it. The first word counts. */
  keep(isKept: boolean): void {
    this.#isKept ??= isKept;
    this.#kept?.resolve(this.#isKept);
  }

  /** Tells where it stands now. Whoever hears may call anything; so this comes last. */
  publish(): void {
    const { state } = this.life;
    if (state === this.#published) return;
    this.#published = state;
    this.#states?.next(state);
    if (this.#isOver) this.#finish();
  }

  /** Nothing more will come of it here. */
  abandon(reason: HoldfastError): void {
    if (this.#isOver) return;
    this.#abandoned = reason;
    this.#finish();
  }

  get #isOver(): boolean {
    return this.#abandoned !== null || isSettled(this.life);
  }

  #finish(): void {
    this.#settleAnswer();
    this.#states?.complete();
  }

  #settleAnswer(): void {
    if (this.#answer === null) return;
    if (this.life.state === 'acknowledged') {
      this.#answer.resolve(this.life.value);
      return;
    }
    // Whoever does not look must not be told by the process. Only here: nearly all are acknowledged.
    this.#answer.promise.catch(nothing);
    this.#answer.reject(this.#abandoned ?? failureOf(this.entry, this.life));
  }
}

/** Why there is no answer. */
export function failureOf({ id, event }: OutboxEntry, life: MessageLife): unknown {
  const message = `the message ${id} (${JSON.stringify(event)})`;
  switch (life.state) {
    case 'refused':
      return life.error;
    case 'expired':
      return new HoldfastError('delivery-expired', `${message} was not sent within its \`ttl\``);
    case 'discarded':
      return new HoldfastError('delivery-discarded', `${message} was discarded`);
    case 'unknown':
    // The rest are no failures; this answer is the cautious one.
    case 'queued':
    case 'sending':
    case 'acknowledged':
      return new HoldfastError('delivery-unknown', `whether ${message} arrived is not known`);
  }
}

interface Promised<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
}

function promised<T>(): Promised<T> {
  let resolve: (value: T) => void = nothing;
  let reject: (reason: unknown) => void = nothing;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}

const nothing = () => {};
