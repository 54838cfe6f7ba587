import type { Subscription } from 'rxjs';
import type { Connection } from '../connection-api.ts';
import { isHoldfastError } from '../errors.ts';
import type { Gap } from '../inbox/gap.ts';
import type { Delivery, DeliveryState, OutboxView, SendOptions } from '../outbox/delivery.ts';
import type { Post } from './backend.ts';

/** One message that was sent, and everything its sender was told about it. */
export interface Sent {
  /** `null` when `send` threw: it was never accepted. */
  readonly id: string | null;
  readonly n: number;
  /** Whose it was when it was accepted. */
  readonly identity: string | null;
  readonly options: SendOptions;
  /** How many of the same identity waited when it was sent. */
  readonly waiting: number;
  readonly states: readonly DeliveryState[];
  /** How `acknowledged` settled: `kept` for an answer, a code for an error, `null` while it is pending. */
  readonly outcome: string | null;
  /** What `kept` said, `null` while it is pending. */
  readonly isKept: boolean | null;
  /** Its identity signed out since. */
  readonly isSignedOut: boolean;
}

type Entry = { -readonly [K in keyof Sent]: Sent[K] } & { states: DeliveryState[] };

/** The wish to be in a room. */
export interface Wish {
  /** How many links had been dialled when it was made. */
  readonly dials: number;
  /** The client heard that the server refuses this. */
  isRefused: boolean;
}

/** What the n-th message of a run is. */
export type MessageMaker = (n: number) => { readonly event: string; readonly payload: unknown };

const numbered: MessageMaker = (n) => ({ event: 'message', payload: { n } });

const settled: ReadonlySet<DeliveryState | undefined> = new Set([
  'acknowledged',
  'refused',
  'expired',
  'unknown',
  'discarded',
]);

/** Whether nothing more may come of it. */
export function isOver({ states, outcome }: Sent): boolean {
  return outcome !== null || settled.has(states.at(-1));
}

export function isSettled(state: DeliveryState): boolean {
  return settled.has(state);
}

/** What the app keeps account of, to hold it against what the server saw. */
export class Ledger {
  readonly sent: Entry[] = [];
  /** Rooms that the app wants to be in now. */
  readonly wished = new Map<string, Wish>();
  /** Posts as they came, and gaps between them. A new identity begins a new list. */
  received: (Post | 'gap')[] = [];
  /** What `outbox$` told last, once there is an outbox. */
  view: OutboxView | null = null;
  mostSending = 0;
  /** Grows with everything that is noted here. */
  revision = 0;
  /** Hears of every post as it comes. */
  onPost: (n: number) => void = () => {};
  readonly #connection: Connection;
  readonly #dials: () => number;
  readonly #message: MessageMaker;
  #identity: string | null = null;
  #hadLink = false;
  #mayMiss = false;
  #outbox: Subscription | null = null;
  #rooms: Subscription | null = null;

  /**
   * @param dials How many links were dialled so far.
   * @param message What the n-th message is.
   */
  constructor(connection: Connection, dials: () => number, message: MessageMaker = numbered) {
    this.#connection = connection;
    this.#dials = dials;
    this.#message = message;
    connection.on('post').subscribe((post) => {
      this.#receive(post);
      this.onPost(post.n);
    });
    connection.gaps$.subscribe((_: Gap) => this.#receive('gap'));
    connection.status$.subscribe((status) => {
      const isSignedOut = status.state === 'idle' && status.reason === 'signed-out';
      if ('identity' in status || isSignedOut) this.#belongTo('identity' in status ? status.identity : null);
    });
  }

  send(options: SendOptions): void {
    const entry: Entry = {
      id: null,
      n: this.sent.length,
      identity: this.#identity,
      options,
      waiting: this.waitingOf(this.#identity),
      states: [],
      outcome: null,
      isKept: null,
      isSignedOut: false,
    };
    this.sent.push(entry);
    this.revision += 1;
    let delivery: Delivery;
    try {
      const { event, payload } = this.#message(entry.n);
      delivery = this.#connection.send(event, payload, options);
    } catch (thrown) {
      entry.outcome = codeOf(thrown);
      return;
    }
    entry.id = delivery.id;
    // Not before something is sent: what nobody asked for is not made, and that is to be played too.
    this.#outbox ??= this.#connection.outbox$.subscribe((view) => {
      this.view = view;
      this.mostSending = Math.max(this.mostSending, view.sending);
      this.revision += 1;
    });
    this.#watch(entry, delivery);
  }

  join(room: string): void {
    if (!this.wished.has(room)) this.wished.set(room, { dials: this.#dials(), isRefused: false });
    this.#connection.join(room);
    this.#rooms ??= this.#connection.rooms$.subscribe((rooms) => {
      for (const [each, { state }] of rooms) if (state === 'refused') this.wished.delete(each);
    });
  }

  leave(room: string): void {
    this.wished.delete(room);
    this.#connection.leave(room);
  }

  signOut(): Promise<void> {
    // Also where nobody was signed in: what was wished for whoever comes is forgotten.
    this.wished.clear();
    const identity = this.#identity;
    const done = this.#connection.signOut();
    for (const each of this.sent) if (each.identity === identity) each.isSignedOut = true;
    this.revision += 1;
    return done;
  }

  /** How many of its messages wait, or are under way. */
  waitingOf(identity: string | null): number {
    return this.sent.filter((each) => each.id !== null && each.identity === identity && !isOver(each)).length;
  }

  /** A link of this identity was accepted; true when something may have been missed before it. */
  connects(identity: string, isRecovered: boolean): boolean {
    const isFresh = this.#hadLink && identity === this.#identity && !isRecovered;
    this.#hadLink = true;
    if (isFresh) this.#mayMiss = true;
    return isFresh;
  }

  misses(identity: string): void {
    if (identity === this.#identity) this.#mayMiss = true;
  }

  /** Whether there ever was something to ask for, since this identity came. */
  mayMiss(identity: string): boolean {
    return this.#mayMiss && identity === this.#identity;
  }

  #watch(entry: Entry, delivery: Delivery): void {
    delivery.state$.subscribe((state) => {
      entry.states.push(state);
      this.revision += 1;
    });
    void delivery.kept.then((isKept) => {
      entry.isKept = isKept;
      this.revision += 1;
    });
    const end = (outcome: string) => {
      entry.outcome = outcome;
      this.revision += 1;
    };
    delivery.acknowledged.then(
      () => end('kept'),
      (thrown) => end(codeOf(thrown)),
    );
  }

  #receive(what: Post | 'gap'): void {
    this.received.push(what);
    this.revision += 1;
  }

  #belongTo(identity: string | null): void {
    if (identity === this.#identity) return;
    if (this.#identity !== null) this.wished.clear();
    this.#identity = identity;
    this.#hadLink = false;
    this.#mayMiss = false;
    this.received = [];
  }
}

function codeOf(thrown: unknown): string {
  return isHoldfastError(thrown) ? thrown.code : 'not ours';
}
