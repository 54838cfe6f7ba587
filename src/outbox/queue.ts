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
import { Expiry } from './expiry.ts';
import type { Keeping } from './keeping.ts';
import { readLoaded, tellEnd } from './left-behind.ts';
import { Message } from './message.ts';
import type { OutboxEntry } from './store.ts';
import { Waiting } from './waiting.ts';

export interface QueueContext {
  readonly clock: Clock;
  readonly problems: Pick<Problems, 'report'>;
  /** `null`: nothing is kept beyond this process. */
  readonly keeping: Keeping | null;
  readonly maxResends: number;
  /** Something changed: there may be more to send, or to show. */
  readonly changed: (queue: Queue) => void;
}

/** The messages of one identity: each in one place, until it is settled (ID-2). */
export class Queue {
  readonly identity: string;
  readonly waiting = new Waiting();
  readonly inFlight = new Bag<Message>();
  readonly #context: QueueContext;
  readonly #onceRules: MessageRules;
  readonly #rules: MessageRules;
  readonly #expiry: Expiry;
  /** Refused for now: they let others pass until their timer fires. */
  readonly #aside = new Map<Message, unknown>();
  #bytes = 0;
  #loads = 0;
  #loading = 0;
  #isReady = true;
  #isClosed = false;
  #nextPlace = 0;
  // What earlier processes left behind comes before all that this one accepts, whenever it turns up.
  #nextInherited = Number.MIN_SAFE_INTEGER;
  #stopWatching: (() => void) | null = null;

  constructor(identity: string, context: QueueContext) {
    this.identity = identity;
    this.#context = context;
    this.#onceRules = { once: true, maxResends: context.maxResends };
    this.#rules = { once: false, maxResends: context.maxResends };
    this.#expiry = new Expiry(
      context.clock,
      () => this.#all(),
      (message) => this.move(message, ttlOver),
    );
  }

  get size(): number {
    return this.waiting.size + this.inFlight.size + this.#aside.size;
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
    for (const { entry } of this.#aside.keys()) oldest = Math.min(oldest, entry.acceptedAt);
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
    const message = new Message(this.identity, entry, this.#nextPlace, this.#rulesOf(entry), accepted, true);
    this.#nextPlace += 1;
    this.#enter(message);
    const { keeping } = this.#context;
    if (keeping === null) message.keep(true);
    else keeping.put(message, () => this.#context.changed(this));
    return message;
  }

  isOver(message: Message): boolean {
    return this.#expiry.isOver(message);
  }

  /** Of a `once` message, notes before its first time that there was one. False: the note takes a while. */
  isNoted(message: Message): boolean {
    const { keeping } = this.#context;
    if (keeping === null || !message.rules.once || message.entry.isTried) return true;
    if (!message.isNoteLost) keeping.markTried(message, () => this.#context.changed(this));
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
    message.life = advance(before, event, message.rules);
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
    if (!message.isOwn) tellEnd(message, this.#context.problems);
    this.#context.changed(this);
  }

  stepAside(message: Message, delay: number): void {
    this.waiting.remove(message);
    const timer = this.#context.clock.setTimeout(() => {
      this.#aside.delete(message);
      this.waiting.add(message);
      this.#context.changed(this);
    }, delay);
    this.#aside.set(message, timer);
  }

  /** The link they were refused on is gone: with the next one they go in their turn. */
  returnAll(): void {
    for (const message of [...this.#aside.keys()]) {
      this.#return(message);
      this.waiting.add(message);
    }
  }

  /** Asks the store for what there is; nothing is sent before it answered, or did not for too long (OB-7). */
  load(): void {
    const { keeping, changed } = this.#context;
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
      changed(this);
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
      message.life = advance(message.life, { type: 'discarded' }, message.rules);
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
    const all = [...this.waiting.items, ...this.inFlight.items, ...this.#aside.keys()];
    return all.sort((one, other) => one.place - other.place);
  }

  #end(): void {
    this.#isClosed = true;
    this.returnAll();
    this.stopWatching();
    this.#expiry.stop();
    this.waiting.clear();
    this.inFlight.clear();
    this.#bytes = 0;
  }

  #enter(message: Message): void {
    this.#bytes += message.entry.bytes;
    this.waiting.add(message);
    this.#expiry.add(message);
  }

  #leave(message: Message): void {
    this.#bytes -= message.entry.bytes;
    this.#expiry.remove(message);
    this.#context.keeping?.remove(message);
  }

  /** Back from standing aside, if it did. */
  #return(message: Message): boolean {
    if (this.#aside.size === 0 || !this.#aside.has(message)) return false;
    this.#context.clock.clearTimeout(this.#aside.get(message) as never);
    return this.#aside.delete(message);
  }

  #inherit(loaded: unknown): void {
    // Signed out meanwhile, or disposed of.
    if (this.#isClosed) return;
    const { problems, keeping, changed } = this.#context;
    const known = new Set(this.#all().map(({ entry }) => entry.id));
    for (const entry of readLoaded(loaded, problems)) {
      if (known.has(entry.id) || keeping?.isGone(entry.id)) continue;
      known.add(entry.id);
      this.#take(entry);
    }
    changed(this);
  }

  #take(entry: OutboxEntry): void {
    const life = inherited(entry);
    const place = this.#nextInherited;
    this.#nextInherited += 1;
    const message = new Message(this.identity, entry, place, this.#rulesOf(entry), life, false);
    if (!isSettled(life)) {
      this.#enter(message);
      return;
    }
    this.#context.keeping?.remove(message);
    tellEnd(message, this.#context.problems);
  }

  #rulesOf({ once }: OutboxEntry): MessageRules {
    return once ? this.#onceRules : this.#rules;
  }
}

const ttlOver: MessageEvent = { type: 'ttl-over' };
