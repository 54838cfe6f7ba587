import type { Observable } from 'rxjs';
import type { FailureCode } from '../../machines/verdict.ts';
import { HoldfastError } from '../errors.ts';
import type { LinkSession } from '../link/link.ts';
import { copyPayload } from '../payload.ts';
import { uuidV7 } from '../uuid.ts';
import { without } from '../without.ts';
import { checkSend, OutboxFull, tooLarge } from './checks.ts';
import type { Delivery, OutboxView, SendOptions } from './delivery.ts';
import { Keeping } from './keeping.ts';
import { PendingDelivery } from './pending-delivery.ts';
import { Queue, type QueueOwner } from './queue.ts';
import { Sender, type SenderContext } from './sender.ts';
import type { OutboxSettings } from './settings.ts';
import { Views } from './views.ts';

export interface OutboxParts extends SenderContext {
  readonly outbox: OutboxSettings;
  /** Makes ids, for tests; `null` for UUIDs of version 7. */
  readonly id: (() => string) | null;
}

/**
 * What the app sends waits here until the server acknowledged it, over lost links, changes of user and, with a store,
 * reloads (OB-1 to OB-7). The machine says whose it is and when the link is live; it never throws into the machine.
 */
export class Outbox implements QueueOwner {
  readonly parts: OutboxParts;
  readonly keeping: Keeping | null;
  readonly #sender: Sender;
  #current: Queue | null = null;
  /** What other identities left and is not settled. Never changed, but replaced: most have none, and share it. */
  #left: readonly Queue[] = none;
  // Made when somebody looks.
  #views: Views | null = null;
  #disposed: Promise<void> | null = null;

  constructor(parts: OutboxParts) {
    const { outbox, clock, problems } = parts;
    this.parts = parts;
    this.keeping = outbox.store === null ? null : new Keeping(outbox.store, clock, problems);
    this.#sender = new Sender(parts);
  }

  /** What waits for the current identity: the current view first, then at most one a turn. */
  get view$(): Observable<OutboxView> {
    if (this.#views === null) {
      this.#views = new Views(() => this.view);
      if (this.#disposed !== null) this.#views.complete();
    }
    return this.#views.view$;
  }

  get view(): OutboxView {
    return this.#current?.view ?? nothingWaits;
  }

  get isEmpty(): boolean {
    return this.view.oldest === null;
  }

  /**
   * Whose it is from here on. What another identity left stays theirs, stored, with its deliveries pending, and goes on
   * when they return (ID-2).
   */
  belongTo(identity: string | null): void {
    if (this.#disposed !== null || identity === (this.#current?.identity ?? null)) return;
    this.#sender.end();
    this.#leave();
    if (identity !== null) {
      const left = this.#left.find((queue) => queue.identity === identity);
      if (left !== undefined) this.#forget(left);
      this.#current = left ?? new Queue(identity, this);
      this.#current.load();
    }
    this.#views?.changed();
  }

  /**
   * Takes a message on its way (OB-1).
   *
   * @throws HoldfastError `bad-argument`, `payload-invalid`, `payload-too-large`, `no-identity`, `disposed`, and
   * `OutboxFull`; then nothing was accepted.
   */
  send(event: string, payload: unknown, options?: SendOptions): Delivery {
    checkSend(event, options);
    const { payload: copy, bytes, largest } = copyPayload(payload);
    const { outbox, clock } = this.parts;
    // Only here: what was copied may have called anything.
    if (this.#disposed !== null) throw disposed();
    const queue = this.#current;
    if (queue === null) throw new HoldfastError('no-identity', 'there is nobody to send for');
    this.#checkRoom(queue, bytes, largest);

    const now = clock.now();
    const ttl = options?.ttl ?? outbox.ttl;
    const message = queue.accept({
      id: this.#nextId(queue, now),
      event,
      payload: copy,
      bytes,
      once: options?.once ?? false,
      acceptedAt: now,
      expiresAt: ttl === Number.POSITIVE_INFINITY ? null : now + ttl,
      isTried: false,
    });
    this.changed(queue);
    return new PendingDelivery(message);
  }

  /** Called by a queue: there may be more to send, or nothing left of what somebody left. */
  changed(queue: Queue): void {
    if (queue === this.#current) {
      this.#sender.pump();
      this.#views?.changed();
    } else if (queue.isIdle) this.#forget(queue);
  }

  /** Live: what waits is sent. */
  open(session: LinkSession): void {
    if (this.#current !== null) this.#sender.open(this.#current, session);
  }

  /** Not live any more: nothing is sent; what is in flight may still be answered. */
  pause(): void {
    this.#sender.pause();
  }

  /** The link is gone. One that broke under a message too big for the server does not get it again (LK-5). */
  end(code: FailureCode | null): void {
    this.#sender.end();
    if (code === 'message-too-big' && this.#current !== null) this.#setAside(this.#current);
  }

  /** Settles all of this identity as discarded, and erases it. Resolves when that is done, or the store hangs. */
  signOut(identity: string): Promise<void> {
    if (this.#disposed !== null) return this.#disposed;
    const queue = this.#queues.find((each) => each.identity === identity);
    if (queue !== undefined && queue === this.#current) {
      this.#sender.end();
      this.#current = null;
    } else if (queue !== undefined) this.#forget(queue);
    // Before anybody hears of it, or what they send at once would be erased with the rest.
    const messages = queue?.discardAll() ?? [];
    const erased = this.keeping?.erase(identity, messages) ?? Promise.resolve();
    for (const message of messages) message.publish();
    this.#views?.changed();
    return erased;
  }

  /** Rejects what is pending with `disposed`. The store is closed, and keeps what it has. */
  dispose(): Promise<void> {
    if (this.#disposed !== null) return this.#disposed;
    let finish: (closed: Promise<void>) => void = () => {};
    // Before anything else: whoever hears of the end may call again.
    this.#disposed = new Promise((resolve) => {
      finish = resolve;
    });
    this.#sender.end();
    const reason = disposed();
    const queues = this.#queues;
    this.#left = none;
    this.#current = null;
    finish(this.keeping?.close() ?? Promise.resolve());
    for (const queue of queues) queue.abandonAll(reason);
    this.#views?.complete();
    return this.#disposed;
  }

  #leave(): void {
    const queue = this.#current;
    if (queue === null) return;
    this.#current = null;
    this.#left = this.#left.concat(queue);
    queue.stopWatching();
    if (queue.isIdle) this.#forget(queue);
  }

  #forget(queue: Queue): void {
    this.#left = without(this.#left, queue);
  }

  get #queues(): readonly Queue[] {
    return this.#current === null ? this.#left : this.#left.concat(this.#current);
  }

  #checkRoom(queue: Queue, bytes: number, largest: number): void {
    const { capacity } = this.parts.outbox;
    const { maxPayload } = this.#sender;
    if (bytes > capacity.bytes) throw tooLarge(bytes, capacity.bytes);
    if (maxPayload !== null && largest > maxPayload) throw tooLarge(largest, maxPayload);
    if (queue.size >= capacity.items || queue.bytes + bytes > capacity.bytes) {
      throw new OutboxFull(queue.size, queue.bytes, capacity);
    }
  }

  /** An id that no other message has which waits; somebody's own maker of ids may fail at that (LC-13). */
  #nextId(queue: Queue, now: number): string {
    const { id, problems } = this.parts;
    if (id === null) return uuidV7(now);
    try {
      const made: unknown = id();
      if (typeof made === 'string' && made !== '' && !queue.has(made)) return made;
      problems.report(new HoldfastError('bad-option', '`id` gave no new non-empty string'));
    } catch (thrown) {
      problems.caught('`id`', thrown);
    }
    return uuidV7(now);
  }

  #setAside(queue: Queue): void {
    let largest = null;
    for (const message of queue.inFlight.items) {
      if (largest === null || message.entry.bytes > largest.entry.bytes) largest = message;
    }
    if (largest === null) return;
    const { id, event, bytes } = largest.entry;
    const words = `the message ${id} (${JSON.stringify(event)}, ${bytes} bytes) is too big for the server`;
    const error = new HoldfastError('message-too-big', words);
    queue.move(largest, { type: 'unsendable', error });
    if (largest.isOwn) this.parts.problems.report(error);
  }
}

const none: readonly Queue[] = [];
const nothingWaits: OutboxView = { queued: 0, sending: 0, bytes: 0, oldest: null };

function disposed(): HoldfastError {
  return new HoldfastError('disposed', 'the connection was disposed of');
}
