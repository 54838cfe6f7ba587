import type { Standing } from './generations.ts';
import type { Budget, KeptMessage, NewMessage } from './store.ts';

/** The log of one room, in memory. Times are those of the store's clock, in whole ms. */
export class RoomLog {
  readonly generation: string;
  /** When it was last written to. */
  writtenAt = 0;
  /** When it was last written to or asked for. */
  touchedAt = 0;
  /** About what it takes in memory, besides being there. */
  size = 0;
  #last = 0;
  /** The oldest is at `#start`: what is before it is cut off now and then, not each time. */
  #entries: Entry[] = [];
  #start = 0;
  #ids: Map<string, Known> | undefined;

  constructor(generation: string) {
    this.generation = generation;
  }

  get length(): number {
    return this.#entries.length - this.#start;
  }

  get standing(): Standing {
    return { generation: this.generation, first: this.#last - this.length + 1, last: this.#last };
  }

  /** Gives the sequence. */
  append({ event, payload, exceptUsers, id }: NewMessage, now: number): number {
    this.#last += 1;
    const bytes = sizeOf(payload) + event.length + entryOverhead;
    const entry: Entry = { sequence: this.#last, event, payload, at: now, bytes };
    this.#entries.push(exceptUsers === undefined ? entry : withUsers(entry, exceptUsers));
    this.size += (this.#entries.at(-1) as Entry).bytes;
    if (id !== undefined) this.#note(id, now);
    this.writtenAt = now;
    this.touchedAt = now;
    return this.#last;
  }

  /** The sequence that was given when this id came first, unless that was before `since`. */
  sequenceOf(id: string, since: number): number | undefined {
    const known = this.#ids?.get(id);
    return known === undefined || known.at <= since ? undefined : known.sequence;
  }

  /** Forgets what is older than `since`, and all but the last so many messages and ids. */
  trim(since: number, messages: number, ids: number): void {
    while (this.length > messages || (this.#oldest?.at ?? Infinity) <= since) this.shift();
    if (this.#ids === undefined) return;
    for (const [id, { at }] of this.#ids) {
      if (at > since && this.#ids.size <= ids) break;
      this.#forget(id);
    }
  }

  /** Forgets the oldest message. */
  shift(): void {
    const oldest = this.#oldest;
    if (oldest === undefined) return;
    this.size -= oldest.bytes;
    this.#start += 1;
    if (this.#start < 64 || this.#start * 2 < this.#entries.length) return;
    this.#entries = this.#entries.slice(this.#start);
    this.#start = 0;
  }

  /** Forgets all but where it stands. */
  clear(): void {
    this.#entries = [];
    this.#start = 0;
    this.#ids = undefined;
    this.size = 0;
  }

  /** What came after that sequence, which is one that the log can go on from. */
  after(sequence: number, { messages, bytes }: Budget, isFirst: boolean): Excerpt {
    const from = this.#start + sequence - this.#last + this.length;
    const excerpt: { messages: KeptMessage[]; bytes: number; isAll: boolean } = {
      messages: [],
      bytes: 0,
      isAll: true,
    };
    for (let at = from; at < this.#entries.length; at += 1) {
      const message = this.#entries[at] as Entry;
      const size = Buffer.byteLength(message.payload);
      const isOver = excerpt.messages.length >= messages || excerpt.bytes + size > bytes;
      if (isOver && !(isFirst && excerpt.messages.length === 0 && messages > 0)) {
        excerpt.isAll = false;
        break;
      }
      excerpt.messages.push(message);
      excerpt.bytes += size;
    }
    return excerpt;
  }

  get #oldest(): Entry | undefined {
    return this.#entries[this.#start];
  }

  #note(id: string, at: number): void {
    this.#ids ??= new Map();
    // What had run out is as new.
    if (this.#ids.has(id)) this.#forget(id);
    this.#ids.set(id, { sequence: this.#last, at });
    this.size += sizeOf(id) + idOverhead;
  }

  #forget(id: string): void {
    this.#ids?.delete(id);
    this.size -= sizeOf(id) + idOverhead;
  }
}

export interface Excerpt {
  readonly messages: readonly KeptMessage[];
  /** UTF-8 bytes of their payloads. */
  readonly bytes: number;
  /** Whether nothing came after the last of them. */
  readonly isAll: boolean;
}

interface Entry extends KeptMessage {
  readonly at: number;
  /** What it takes in memory, about. */
  readonly bytes: number;
}

interface Known {
  readonly sequence: number;
  readonly at: number;
}

function withUsers(entry: Entry, exceptUsers: readonly string[]): Entry {
  const bytes = exceptUsers.reduce((sum, user) => sum + sizeOf(user), entry.bytes);
  return { ...entry, bytes, exceptUsers: [...exceptUsers] };
}

/** What objects take besides their texts, about. */
const entryOverhead = 120;
const idOverhead = 100;

/** V8 has one byte for each character of a text in Latin-1, and two for each of any other. */
function sizeOf(text: string): number {
  return Buffer.byteLength(text) === text.length ? text.length : 2 * text.length;
}
