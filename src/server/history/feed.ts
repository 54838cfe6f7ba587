import type { RedisClient, RedisReader, RedisSource } from '../redis-client.ts';
import { type Script, script } from '../redis-script.ts';
import { isWhole } from '../whole-text.ts';
import { within } from '../within.ts';
import * as scripts from './redis-scripts.ts';
import type { DeliveredMessage, Follower } from './store.ts';

export type ScriptArguments = readonly (string | number)[];

export interface FeedOptions {
  readonly key: string;
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
  /** From then on nothing is left out. At once where nobody follows. */
  started: Promise<void> = Promise.resolve();
  readonly #source: RedisSource;
  readonly #options: FeedOptions;
  readonly #followers: Follower[] = [];
  #start: () => void = () => {};
  #reader: RedisReader | undefined;
  #wasOpen = false;
  #isClosed = false;
  #isDown = false;
  /** Of the last entry that was delivered. */
  readonly #place: { id: string; number: number | null } = { id: '', number: null };
  #epoch = '';
  /** Epochs before this one: what was kept in them is void. */
  readonly #past = new Set<string>();
  /** Rooms that were read from their logs, up to which id of the feed. */
  readonly #ahead = new Map<string, string>();
  #highest = 0;

  constructor(source: RedisSource, options: FeedOptions) {
    this.#source = source;
    this.#options = options;
  }

  get isFollowed(): boolean {
    return this.#followers.length > 0;
  }

  /** How many messages there are that were not delivered here, as far as this node knows. */
  get behind(): number {
    return Math.max(0, this.#highest - (this.#place.number ?? this.#highest));
  }

  follow(follower: Follower): void {
    this.#followers.push(follower);
    if (this.#followers.length > 1) return;
    this.started = new Promise((resolve) => {
      this.#start = resolve;
    });
    void this.#read();
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
    this.#isClosed = true;
    if (this.#reader !== undefined) end(this.#reader);
  }

  /** One connection after the other. */
  async #read(): Promise<void> {
    for (let pause = soonest; !this.#isOver(); pause = Math.min(2 * pause, latest)) {
      try {
        await this.#follow(() => {
          pause = soonest;
        });
      } catch (error) {
        this.#failed(error);
      }
      await sleep(pause);
    }
  }

  async #follow(connected: () => void): Promise<void> {
    const reader = this.#source.duplicate();
    this.#reader = reader;
    // Told by what waits for it.
    reader.on('error', () => {});
    try {
      await soon(reader.connect());
      await this.#look(reader);
      connected();
      this.#isDown = false;
      this.#start();
      while (!this.#isOver()) {
        const stream = { key: this.#options.key, id: this.#place.id };
        await this.#take(reader, await soon(reader.xRead(stream, { BLOCK: block, COUNT: most })));
      }
    } finally {
      end(reader);
    }
  }

  /** It was closed, or its owner has closed the client. */
  #isOver(): boolean {
    const { isOpen } = this.#source;
    this.#isClosed ||= this.#wasOpen && isOpen === false;
    this.#wasOpen ||= isOpen === true;
    return this.#isClosed;
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
    Object.assign(this.#place, { id: '0-0', number: null });
    for (const follower of this.#followers)
      for (const room of follower.rooms()) follower.restarted(room, beginning);
    return null;
  }

  async #take(reader: RedisReader, answer: unknown): Promise<void> {
    for (const { id, message } of entriesOf(answer)) {
      const number = Number(message.n);
      const epoch = message.c.slice(0, message.c.lastIndexOf('-'));
      if (number !== (this.#place.number ?? number - 1) + 1) return this.#catchUp(reader);
      if (epoch !== this.#epoch && !this.#past.has(epoch)) {
        if ((await this.#look(reader)) === null) return;
        this.#past.add(epoch);
      }
      Object.assign(this.#place, { id, number });
      if (epoch !== this.#epoch) continue;
      if (epoch === this.witness.epoch) this.heard(epoch, number, id);
      this.#deliver(message.r, id, {
        cursor: message.c,
        event: message.e,
        payload: message.p,
        exceptUsers: namesIn(message.u),
        exceptSockets: namesIn(message.x),
      });
    }
  }

  /** From the logs. The feed goes on behind what there was before they were read. */
  async #catchUp(reader: RedisReader): Promise<void> {
    const from = this.#place.id;
    const place = await this.#look(reader);
    if (place === null) return;
    const rooms = [...new Set(this.#followers.flatMap((follower) => [...follower.rooms()]))].filter(isWhole);
    for (let at = 0; at < rooms.length; at += atATime) {
      const some = rooms.slice(at, at + atATime);
      const logs = (await soon(this.#options.run(reader, since, [from, ...some]))) as WrittenMessage[][];
      for (const [n, room] of some.entries()) this.#deliverLog(room, logs[n] ?? []);
    }
    Object.assign(this.#place, place);
  }

  #deliverLog(room: string, messages: readonly WrittenMessage[]): void {
    for (const [cursor, event, payload, users, sockets, id] of messages) {
      const [exceptUsers, exceptSockets] = [namesIn(users), namesIn(sockets)];
      this.#deliver(room, id, { cursor, event, payload, exceptUsers, exceptSockets });
      // The feed may bring it once more.
      this.#ahead.set(room, id);
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

  /** Once for each time that Redis is away. */
  #failed(error: unknown): void {
    if (this.#isClosed || this.#isDown) return;
    this.#isDown = true;
    for (const follower of this.#followers) follower.failed(error);
  }
}

const [look, since] = [script(scripts.look), script(scripts.since)];

/** ms that Redis waits for something to come, and how much it gives at a time. */
const block = 2_000;
const most = 100;
const atATime = 16;
/** ms between one connection and the next. */
const soonest = 25;
const latest = 1_000;

interface Place {
  readonly id: string;
  readonly number: number;
}

type WrittenMessage = [
  cursor: string,
  event: string,
  payload: string,
  users: string,
  sockets: string,
  id: string,
];

interface Entry {
  readonly id: string;
  /** Number, room, cursor, event, payload, and users and sockets to leave out. */
  readonly message: Readonly<Record<'n' | 'r' | 'c' | 'e' | 'p', string>> & {
    readonly u?: string;
    readonly x?: string;
  };
}

/** `null`: nothing came. */
function entriesOf(answer: unknown): readonly Entry[] {
  const streams = answer as readonly { readonly messages: readonly Entry[] }[] | null;
  return streams?.[0]?.messages ?? [];
}

function namesIn(list: string | undefined): readonly string[] {
  return list === undefined || list === '' ? [] : JSON.parse(list);
}

/** Of two ids of a stream, `<ms>-<number>`; nothing is after everything. */
function isAfter(one: string, other: string): boolean {
  if (other === '') return one !== '';
  const [a = 0, b = 0] = one.split('-').map(Number);
  const [c = 0, d = 0] = other.split('-').map(Number);
  return a > c || (a === c && b > d);
}

/** One that is closed already says so by throwing. */
function end(reader: RedisReader): void {
  try {
    reader.destroy();
  } catch {
    // Then there is nothing to end.
  }
}

/** A connection that has gone dumb is no better than one that is lost. */
function soon<T>(work: Promise<T>): Promise<T> {
  return within(block + 3_000, work, () => Promise.reject(new Error('Redis does not answer')));
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
