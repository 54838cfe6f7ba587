import { randomBytes } from 'node:crypto';
import { cursorOf } from '../../wire.ts';
import { checkOptions, count, timer } from '../checks.ts';
import { emptyLog, generationOf, placeOf } from './generations.ts';
import { RoomLog } from './room-log.ts';
import type { HistoryStore, NewMessage, Page } from './store.ts';

/** How much `memoryHistory` keeps, and for how long. */
export interface MemoryHistoryOptions {
  /** Most messages that are kept of a room. Default: 1,000. */
  readonly messages?: number;
  /** For how long messages and ids are kept, in ms. Default: a day. */
  readonly ttl?: number;
  /** Most bytes that all of it takes, about. Default: 64 MiB. */
  readonly bytes?: number;
}

/**
 * Keeps the logs in this process: for one node, until it restarts. Past `bytes`, the room that was written to longest
 * ago is forgotten first. It has no timers: what is too old goes when the next message comes, or is asked for.
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 * @example
 * rooms(io, { mayJoin, history: memoryHistory() });
 */
export function memoryHistory(options: MemoryHistoryOptions = {}): HistoryStore {
  checkOptions('memoryHistory()', options, { messages: count, ttl: timer, bytes: count });
  return new MemoryHistory(options);
}

class MemoryHistory implements HistoryStore {
  readonly #most: number;
  readonly #ttl: number;
  readonly #mostBytes: number;
  /** Those with messages; whichever was written to last is last. */
  readonly #rooms = new Map<string, RoomLog>();
  /** Those whose messages are all gone, by when they went: it is still known where they stood. */
  readonly #quiet = new Map<string, Quiet>();
  readonly #attended: ((room: string) => boolean)[] = [];
  #epoch = newEpoch();
  /** The last of them. */
  #latest: RoomLog | undefined;
  #sweepAt = 0;
  #bytes = 0;
  #messages = 0;

  constructor({ messages = 1_000, ttl = 86_400_000, bytes = 64 * 2 ** 20 }: MemoryHistoryOptions) {
    this.#most = messages;
    this.#ttl = ttl;
    this.#mostBytes = bytes;
  }

  append(room: string, message: NewMessage) {
    const now = this.#sweep();
    const log = this.#rooms.get(room) ?? this.#quiet.get(room)?.log ?? new RoomLog(this.#generation(now));
    const known = message.id === undefined ? undefined : log.sequenceOf(message.id, now - this.#ttl);
    if (known !== undefined) return { cursor: cursorOf(log.generation, known), isRepeat: true };
    this.#moveToEnd(room, log);
    const { size, length } = log;
    const sequence = log.append(message, now);
    log.trim(now - this.#ttl, this.#most, idsForEach * this.#most);
    this.#weigh(log, size, length);
    if (this.#bytes > this.#mostBytes) this.#shrink(now);
    return { cursor: cursorOf(log.generation, sequence), isRepeat: false };
  }

  read(...[asked, budget]: Parameters<HistoryStore['read']>): readonly Page[] {
    const now = this.#sweep();
    let { messages, bytes } = budget;
    let isFirst = true;
    return asked.map(({ room, after }): Page => {
      const log = this.#rooms.get(room) ?? this.#quiet.get(room)?.log;
      if (log !== undefined) {
        log.touchedAt = now;
        this.#trim(log, now);
      }
      const standing = log?.standing ?? emptyLog(this.#generation(now));
      const end = cursorOf(standing.generation, standing.last);
      const place = after === null ? standing.last : placeOf(after, standing);
      if (place === null) return { cursor: end, messages: [], reset: true };
      if (log === undefined || place === standing.last) return { cursor: end, messages: [] };
      const excerpt = log.after(place, { messages, bytes }, isFirst);
      messages -= excerpt.messages.length;
      bytes -= excerpt.bytes;
      isFirst &&= excerpt.messages.length === 0;
      const cursor = cursorOf(standing.generation, place + excerpt.messages.length);
      return { cursor, messages: excerpt.messages, ...(!excerpt.isAll && { more: true }) };
    });
  }

  attend(isOccupied: (room: string) => boolean): void {
    this.#attended.push(isOccupied);
  }

  size() {
    this.#sweep();
    return { rooms: this.#rooms.size, messages: this.#messages, bytes: this.#bytes };
  }

  #generation(now: number): string {
    return generationOf(this.#epoch, Math.floor(now / this.#ttl));
  }

  #moveToEnd(room: string, log: RoomLog): void {
    if (log === this.#latest) return;
    if (!this.#rooms.delete(room)) {
      this.#quiet.delete(room);
      this.#bytes += roomSize(room);
    }
    this.#rooms.set(room, log);
    this.#latest = log;
  }

  #trim(log: RoomLog, now: number): void {
    const { size, length } = log;
    log.trim(now - this.#ttl, this.#most, idsForEach * this.#most);
    this.#weigh(log, size, length);
  }

  /** What has become of a log that was of this size, and had so many messages. */
  #weigh(log: RoomLog, size: number, length: number): void {
    this.#bytes += log.size - size;
    this.#messages += log.length - length;
  }

  /**
   * Gives the time. Each room is looked at twice in its life: when its last message is too old, and a while after. Now
   * and then is enough: what is too old is not handed out meanwhile.
   */
  #sweep(): number {
    const now = Math.floor(performance.now());
    if (now < this.#sweepAt) return now;
    this.#sweepAt = now + Math.min(this.#ttl / 100, mostPause);
    for (const [room, log] of this.#rooms) {
      if (log.writtenAt + this.#ttl > now) break;
      this.#quieten(room, log, now);
    }
    for (const [room, { log, since }] of this.#quiet) {
      if (since + this.#ttl > now) break;
      this.#quiet.delete(room);
      // Whoever is there, or was there since this was looked at last, holds a cursor.
      if (this.#attended.some((isOccupied) => isOccupied(room))) log.touchedAt = now;
      if (log.touchedAt + 2 * this.#ttl > now) this.#quiet.set(room, { log, since: now });
    }
    return now;
  }

  #quieten(room: string, log: RoomLog, now: number): void {
    const { size, length } = log;
    log.clear();
    this.#weigh(log, size, length);
    this.#bytes -= roomSize(room);
    this.#rooms.delete(room);
    if (log === this.#latest) this.#latest = undefined;
    this.#quiet.set(room, { log, since: now });
    if (this.#quiet.size <= mostQuiet) return;
    const [longest] = this.#quiet.keys();
    this.#quiet.delete(longest as string);
    // Of a room without a log nobody knows any more whether it was never written to: cursors of all such are void.
    this.#epoch = newEpoch();
  }

  #shrink(now: number): void {
    for (const [room, log] of this.#rooms) {
      if (this.#bytes <= this.#mostBytes) return;
      // Of the one that is left, the oldest messages.
      while (this.#rooms.size === 1 && log.length > 1 && this.#bytes > this.#mostBytes) {
        const { size, length } = log;
        log.shift();
        this.#weigh(log, size, length);
      }
      if (this.#bytes > this.#mostBytes) this.#quieten(room, log, now);
    }
  }
}

interface Quiet {
  readonly log: RoomLog;
  readonly since: number;
}

/** Of more rooms without messages it is not kept where they stood: about 20 MB. */
const mostQuiet = 65_536;

/** ms between one sweep and the next. */
const mostPause = 1_000;

/** Ids are remembered for longer than messages are kept, but not any number of them. */
const idsForEach = 10;

function newEpoch(): string {
  return randomBytes(6).toString('base64url');
}

/** What a log takes without anything in it, about. */
function roomSize(room: string): number {
  return room.length + 300;
}
