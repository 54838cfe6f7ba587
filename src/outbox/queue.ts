import {
  accepted,
  advance,
  inherited,
  isSettled,
  type MessageEvent,
  type MessageRules,
} from '../../machines/outbox.ts';
import { Bag } from '../bag.ts';
import type { Clock } from '../clock.ts';
import type { HoldfastError } from '../errors.ts';
import type { Problems } from '../problems.ts';
import type { OutboxView } from './delivery.ts';
import { Expiry, isOver } from './expiry.ts';
import type { Keeping } from './keeping.ts';
import { readLoaded, tellEnd } from './left-behind.ts';
import { Message } from './message.ts';
import type { OutboxEntry } from './store.ts';
import { Waiting } from './waiting.ts';

/** What its queues know of an outbox. */
export interface QueueOwner {
  readonly parts: {
    readonly clock: Clock;
    readonly problems: Pick<Problems, 'report'>;
    readonly outbox: { readonly maxResends: number };
  };
  /** `null`: nothing is kept beyond this process. */
  readonly keeping: Keeping | null;
  /** Something changed: there may be more to send, or to show. */
  changed(queue: Queue): void;
}

/** The messages of one identity: each in one place, until it is settled (ID-2). */
export class Queue {
  readonly identity: string;
  readonly waiting = new Waiting();
  readonly inFlight = new Bag<Message>();
  readonly #owner: QueueOwner;
  // Both made when needed: most queues never see a `ttl` or a refusal.
  #expiry: Expiry | null = null;
  /** Refused for now: they let others pass until their timer fires. */
  #aside: Map<Message, unknown> | null = null;
  #bytes = 0;
  #loads = 0;
  #loading = 0;
  #isReady = true;
  #isClosed = false;
  #nextPlace = 0;
  // What earlier processes left behind comes before all that this one accepts, whenever it turns up.
  #nextInherited = firstInherited;
  #stopWatching: (() => void) | null = null;

  constructor(identity: string, owner: QueueOwner) {
    this.identity = identity;
    this.#owner = owner;
  }

  get size(): number {
    return this.waiting.size + this.inFlight.size + (this.#aside?.size ?? 0);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Nothing waits for anything here. */
  get isIdle(): boolean {
    return this.size === 0 && this.#loading === 0;
  }

  get view(): OutboxView {
    const sending = this.inFlight.size;
    let oldest = this.waiting.first?.entry.acceptedAt ?? Number.POSITIVE_INFINITY;
    for (const { entry } of this.inFlight.items) oldest = Math.min(oldest, entry.acceptedAt);
    for (const { entry } of this.#asideNow) oldest = Math.min(oldest, entry.acceptedAt);
    return {
      queued: this.size - sending,
      sending,
      bytes: this.#bytes,
      oldest: this.size === 0 ? null : oldest,
    };
  }

  has(id: string): boolean {
    return this.#all().some(({ entry }) => entry.id === id);
  }

  /** The next to be sent, unless something must be over before that. */
  next(): Message | null {
    const message = this.#isReady ? this.waiting.first : undefined;
    return message === undefined || message.isHeld ? null : message;
  }

  accept(entry: OutboxEntry): Message {
    const message = new Message(this.identity, entry, this.#nextPlace, accepted, true);
    this.#nextPlace += 1;
    this.#enter(message);
    const { keeping } = this.#owner;
    if (keeping === null) message.keep(true);
    else keeping.put(message, () => this.#owner.changed(this));
    return message;
  }

  isOver(message: Message): boolean {
    return isOver(message, this.#owner.parts.clock);
  }

  /** Of a `once` message, notes before its first time that there was one. False: the note takes a while. */
  isNoted(message: Message): boolean {
    const { keeping } = this.#owner;
    if (keeping === null || !message.entry.once || message.entry.isTried) return true;
    if (!message.isNoteLost) keeping.markTried(message, () => this.#owner.changed(this));
    if (message.isHeld) return false;
    if (!message.isNoteLost) return true;
    // The note of before would have it sent a second time.
    keeping.remove(message);
    message.entry = { ...message.entry, isTried: true };
    return true;
  }

  /** Something happened to a message: its life goes on, and everything that counts it follows. */
  move(message: Message, event: MessageEvent): void {
    if (this.shift(message, event)) this.tell(message);
  }

  /** The first half of `move`, that nobody hears of. False: nothing changed. */
  shift(message: Message, event: MessageEvent): boolean {
    if (this.#isClosed) return false;
    const before = message.life;
    message.life = advance(before, event, this.#rulesOf(message));
    if (message.life === before) return false;
    if (before.state === 'sending') this.inFlight.delete(message);
    else if (!this.#return(message)) this.waiting.remove(message);

    if (message.life.state === 'sending') this.inFlight.add(message);
    else if (message.life.state === 'queued') this.waiting.add(message);
    else this.#leave(message);
    return true;
  }

  /** The second half: last, since whoever hears may call anything. */
  tell(message: Message): void {
    message.publish();
    if (!message.isOwn) tellEnd(message, this.#owner.parts.problems);
    this.#owner.changed(this);
  }

  stepAside(message: Message, delay: number): void {
    this.waiting.remove(message);
    this.#aside ??= new Map();
    const aside = this.#aside;
    const timer = this.#owner.parts.clock.setTimeout(() => {
      aside.delete(message);
      this.waiting.add(message);
      this.#owner.changed(this);
    }, delay);
    aside.set(message, timer);
  }

  /** The link they were refused on is gone: with the next one they go in their turn. */
  returnAll(): void {
    for (const message of this.#asideNow) {
      this.#return(message);
      this.waiting.add(message);
    }
  }

  /** Asks the store for what there is; nothing is sent before it answered, or did not for too long (OB-7). */
  load(): void {
    const { keeping } = this.#owner;
    if (keeping === null) return;
    this.#loading += 1;
    this.#loads += 1;
    const load = this.#loads;
    this.#isReady = false;
    const found = (loaded: unknown) => this.#inherit(loaded);
    const foundAtLast = (loaded: unknown) => {
      this.#loading -= 1;
      found(loaded);
    };
    keeping.load(this.identity, foundAtLast, () => {
      // Of one before it, when the identity went and came back: this one is still to be waited for.
      if (load === this.#loads) this.#isReady = true;
      this.#owner.changed(this);
    });
    this.#stopWatching ??= keeping.watch(this.identity, found);
  }

  stopWatching(): void {
    this.#stopWatching?.();
    this.#stopWatching = null;
  }

  /** Settles everything as discarded. What erases it from the store is to tell of it then. */
  discardAll(): Message[] {
    const messages = this.#all();
    this.#end();
    for (const message of messages) {
      message.life = advance(message.life, { type: 'discarded' }, this.#rulesOf(message));
    }
    return messages;
  }

  /** Nothing goes on here; the store keeps what it has. */
  abandonAll(reason: HoldfastError): void {
    const messages = this.#all();
    this.#end();
    for (const message of messages) message.abandon(reason);
  }

  /** By their places. */
  #all(): Message[] {
    const all = [...this.waiting.items, ...this.inFlight.items, ...this.#asideNow];
    return all.sort((one, other) => one.place - other.place);
  }

  /** A copy: they may go back while they are looked at. */
  get #asideNow(): readonly Message[] {
    return this.#aside === null ? none : [...this.#aside.keys()];
  }

  #end(): void {
    this.#isClosed = true;
    this.returnAll();
    this.stopWatching();
    this.#expiry?.stop();
    this.waiting.clear();
    this.inFlight.clear();
    this.#bytes = 0;
  }

  #enter(message: Message): void {
    this.#bytes += message.entry.bytes;
    this.waiting.add(message);
    if (message.entry.expiresAt !== null) this.#expiryOf().add(message);
  }

  #leave(message: Message): void {
    this.#bytes -= message.entry.bytes;
    this.#expiry?.remove(message);
    this.#owner.keeping?.remove(message);
  }

  #expiryOf(): Expiry {
    this.#expiry ??= new Expiry(
      this.#owner.parts.clock,
      () => this.#all(),
      (message) => this.move(message, ttlOver),
    );
    return this.#expiry;
  }

  /** Back from standing aside, if it did. */
  #return(message: Message): boolean {
    if (this.#aside === null || !this.#aside.has(message)) return false;
    this.#owner.parts.clock.clearTimeout(this.#aside.get(message) as never);
    return this.#aside.delete(message);
  }

  #inherit(loaded: unknown): void {
    // Signed out meanwhile, or disposed of.
    if (this.#isClosed) return;
    const { keeping } = this.#owner;
    const known = new Set(this.#all().map(({ entry }) => entry.id));
    for (const entry of readLoaded(loaded, this.#owner.parts.problems)) {
      if (known.has(entry.id) || keeping?.isGone(entry.id)) continue;
      known.add(entry.id);
      this.#take(entry);
    }
    this.#owner.changed(this);
  }

  #take(entry: OutboxEntry): void {
    const life = inherited(entry);
    const place = this.#nextInherited;
    this.#nextInherited += 1;
    const message = new Message(this.identity, entry, place, life, false);
    if (!isSettled(life)) {
      this.#enter(message);
      return;
    }
    this.#owner.keeping?.remove(message);
    tellEnd(message, this.#owner.parts.problems);
  }

  #rulesOf({ entry }: Message): MessageRules {
    return { once: entry.once, maxResends: this.#owner.parts.outbox.maxResends };
  }
}

const none: readonly Message[] = [];
/** Far below all that is accepted, and no less than what V8 keeps in a field without a box for it. */
const firstInherited = -(2 ** 30);
const ttlOver: MessageEvent = { type: 'ttl-over' };
