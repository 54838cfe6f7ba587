import type { RedisClient, RedisReader, RedisSource } from '../redis-client.ts';
import { type Script, script } from '../redis-script.ts';
import { isWhole } from '../whole-text.ts';
import { type FeedEntry, isAfter, readEntries, readMessage, type WrittenMessage } from './feed-entries.ts';
import { block, LastingReader, soon } from './lasting-reader.ts';
import * as scripts from './redis-scripts.ts';
import type { DeliveredMessage, Follower } from './store.ts';

export type ScriptArguments = readonly (string | number)[];

export interface FeedOptions {
  readonly key: string;
  /** How often Redis is told that rooms have members, in ms. */
  readonly touchEvery: number;
  readonly run: (by: RedisClient, one: Script, args: ScriptArguments) => Promise<unknown>;
}

/**
 * Delivers what any node appends, in the order in which Redis has it. It remembers the last entry that it delivered, and
 * goes on from there on the next connection. Entries are numbered: where some are missing, they were cut off before they
 * were read, and the logs of the rooms that somebody here is in are read instead.
 */
export class Feed {
  /** What this node knows Redis to have had; whoever shows it to Redis finds out whether it still has. */
  readonly witness = { epoch: '', seen: '', number: 0 };
  readonly #options: FeedOptions;
  readonly #reader: LastingReader;
  readonly #followers: Follower[] = [];
  #started: Promise<void> = Promise.resolve();
  #start: () => void = () => {};
  /** Of the last entry that was delivered; any number may be the next where there is none. */
  readonly #place: { id: string; number: number | null } = { id: '', number: null };
  #epoch = '';
  /** Epochs before this one: what was kept in them is void. */
  readonly #past = new Set<string>();
  /** Rooms that were read from their logs, up to which id of the feed. */
  readonly #ahead = new Map<string, string>();
  /** Whoever waits for this node to be as far as that. */
  readonly #waiting = new Set<Waiting>();
  #highest = 0;
  #touchAt = 0;

  constructor(source: RedisSource, options: FeedOptions) {
    this.#options = options;
    this.#touchAt = performance.now() + options.touchEvery;
    this.#reader = new LastingReader(source, {
      work: (reader, isOver) => this.#read(reader, isOver),
      failed: (error) => {
        for (const follower of this.#followers) follower.failed(error);
      },
    });
  }

  get isFollowed(): boolean {
    return this.#followers.length > 0;
  }

  /** How many messages there are that were not delivered here, as far as this node knows. */
  get behind(): number {
    return Math.max(0, this.#highest - (this.#place.number ?? this.#highest));
  }

  /** From then on nothing is left out. At once where nobody follows. */
  get started(): Promise<void> {
    return this.#started;
  }

  follow(follower: Follower): void {
    this.#followers.push(follower);
    if (this.#followers.length > 1) return;
    this.#started = new Promise((resolve) => {
      this.#start = resolve;
    });
    void this.#reader.run();
  }

  /** Until everything up to that number was delivered here, where anybody follows. Rejects when all begins anew. */
  async reached(epoch: string, number: number): Promise<void> {
    if (!this.isFollowed || this.#isAt(epoch, number)) return;
    await new Promise<void>((resolve, reject) => this.#waiting.add({ epoch, number, resolve, reject }));
  }

  #isAt(epoch: string, number: number): boolean {
    return epoch === this.#epoch && number <= (this.#place.number ?? -1);
  }

  /** What an answer of Redis said by the way: of the entry with that id, its number, else how many there are. */
  heard(epoch: string, number: number, id = ''): void {
    if (epoch !== this.witness.epoch) {
      Object.assign(this.witness, { epoch, seen: id, number: id === '' ? 0 : number });
      this.#highest = number;
    } else {
      if (isAfter(id, this.witness.seen)) Object.assign(this.witness, { seen: id, number });
      this.#highest = Math.max(this.#highest, number);
    }
  }

  close(): void {
    this.#reader.close();
  }

  async #read(reader: RedisReader, isOver: () => boolean): Promise<void> {
    await this.#look(reader);
    this.#reader.isUp();
    this.#start();
    while (!isOver()) {
      if (performance.now() > this.#touchAt) await this.#touch(reader);
      const stream = { key: this.#options.key, id: this.#place.id };
      await this.#take(reader, readEntries(await soon(reader.xRead(stream, { BLOCK: block, COUNT: most }))));
    }
  }

  /** Where Redis stands; `null` where that is not where it stood, and all begins anew. */
  async #look(reader: RedisReader): Promise<Place | null> {
    const answer = await soon(this.#options.run(reader, look, []));
    const [epoch, id, number, beginning] = answer as [string, string, number, string];
    this.heard(epoch, number);
    if (epoch === this.#epoch) return { id, number };
    const before = this.#epoch;
    this.#epoch = epoch;
    this.#ahead.clear();
    if (before === '') {
      Object.assign(this.#place, { id, number });
      return null;
    }
    // All that was kept is void. What is in the feed may be of before, or of after: it is read from its start.
    this.#past.add(before).delete(epoch);
    for (const waiting of this.#waiting) {
      if (waiting.epoch === epoch) continue;
      this.#waiting.delete(waiting);
      waiting.reject(new Error('the history begins anew'));
    }
    this.#arrive({ id: '0-0', number: number === 0 ? 0 : null });
    for (const follower of this.#followers)
      for (const room of follower.rooms()) follower.restarted(room, beginning);
    return null;
  }

  async #take(reader: RedisReader, entries: readonly FeedEntry[]): Promise<void> {
    for (const { id, number, epoch, room, said } of entries) {
      if (number !== (this.#place.number ?? number - 1) + 1) return this.#catchUp(reader);
      if (epoch !== this.#epoch && !this.#past.has(epoch)) {
        if ((await this.#look(reader)) === null) return;
        this.#past.add(epoch);
      }
      if (epoch === this.#epoch) {
        if (epoch === this.witness.epoch) this.heard(epoch, number, id);
        if ('words' in said) this.#tell(room, said.words);
        else this.#deliver(room, id, said.message);
      }
      this.#arrive({ id, number });
    }
  }

  /** From the logs. The feed goes on behind what there was before they were read. */
  async #catchUp(reader: RedisReader): Promise<void> {
    const from = this.#place.id;
    const place = await this.#look(reader);
    if (place === null) return;
    const told = (await soon(this.#options.run(reader, toldSince, [from]))) as [string, string][];
    for (const [room, words] of told) this.#tell(room, words);
    for (const some of this.#roomsBy(atATime)) {
      const logs = (await soon(this.#options.run(reader, since, [from, ...some]))) as WrittenMessage[][];
      for (const [n, room] of some.entries())
        for (const message of logs[n] ?? []) {
          const id = message[5];
          this.#deliver(room, id, readMessage(message));
          // The feed may bring it once more.
          this.#ahead.set(room, id);
        }
    }
    this.#arrive(place);
  }

  /** Who is in a room holds a cursor of it, however long nothing has been said there. */
  async #touch(reader: RedisReader): Promise<void> {
    for (const some of this.#roomsBy(touchesAtATime)) await soon(this.#options.run(reader, touch, some));
    this.#touchAt = performance.now() + this.#options.touchEvery;
  }

  #roomsBy(size: number): string[][] {
    const rooms = [...new Set(this.#followers.flatMap((follower) => [...follower.rooms()]))].filter(isWhole);
    return Array.from({ length: Math.ceil(rooms.length / size) }, (_, n) =>
      rooms.slice(n * size, (n + 1) * size),
    );
  }

  #arrive(place: { readonly id: string; readonly number: number | null }): void {
    Object.assign(this.#place, place);
    for (const waiting of this.#waiting) {
      if (!this.#isAt(waiting.epoch, waiting.number)) continue;
      this.#waiting.delete(waiting);
      waiting.resolve();
    }
  }

  #deliver(room: string, id: string, message: DeliveredMessage): void {
    const ahead = this.#ahead.get(room);
    if (ahead !== undefined) {
      if (!isAfter(id, ahead)) return;
      this.#ahead.delete(room);
    }
    for (const follower of this.#followers) follower.deliver(room, message);
  }

  #tell(room: string, words: string): void {
    for (const follower of this.#followers) follower.told(room, words);
  }
}

const look = script(scripts.look);
const since = script(scripts.since);
const toldSince = script(scripts.toldSince);
const touch = script(scripts.touch);

/** So many entries at a time, and logs. */
const most = 100;
const atATime = 16;
const touchesAtATime = 500;

interface Place {
  readonly id: string;
  readonly number: number;
}

interface Waiting {
  readonly epoch: string;
  readonly number: number;
  resolve(): void;
  reject(error: Error): void;
}
