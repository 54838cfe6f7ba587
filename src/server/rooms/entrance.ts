import type { Namespace, Socket } from 'socket.io';
import { type Missed, type RefusedWish, type RoomAnswer, readCursor } from '../../wire.ts';
import { type Awaitable, after, allOf, isPromise } from '../awaitable.ts';
import { readPayload } from '../history/payload.ts';
import type { HistoryStore, KeptMessage, Page } from '../history/store.ts';
import { tell } from '../notices.ts';
import { Refuse } from '../refuse.ts';
import { within } from '../within.ts';
import { type Doorkeeper, removed } from './doorkeeper.ts';
import { logOf } from './names.ts';
import { readWish, type Wish } from './wishes.ts';

export interface EntranceOptions {
  readonly limit: number;
  readonly timeout?: number;
  readonly history?: HistoryStore | undefined;
}

/** Lets clients in and hands them what they missed (SV-8, RM-4). */
export class Entrance {
  readonly #namespace: Namespace;
  readonly #doorkeeper: Doorkeeper;
  readonly #options: EntranceOptions;
  /** Of sockets that a log is read for: one reading after the other, however many a client asks for. */
  readonly #readings = new WeakMap<Socket, Promise<unknown>>();
  /** Of sockets that a log is read for: who asked last for each room. An older question that fails takes nobody out of it. */
  readonly #latest = new WeakMap<Socket, Map<string, Entry>>();

  constructor(namespace: Namespace, doorkeeper: Doorkeeper, options: EntranceOptions) {
    this.#namespace = namespace;
    this.#doorkeeper = doorkeeper;
    this.#options = options;
  }

  /**
   * Calls `answer` with an answer for each wish, in the order asked; or with one refusal for all of it. In the same turn
   * where neither `mayJoin` nor the history has to be waited for. Not for a socket that is gone by then.
   */
  enter(
    socket: Socket,
    user: string,
    wishes: readonly unknown[],
    answer: (answers: readonly RoomAnswer[] | RefusedWish) => void,
  ): void {
    const { limit } = this.#options;
    // All of it at once: an answer for each of a million names would be work, too.
    if (wishes.length > limit) {
      answer(new Refuse('too-many-rooms', { details: { most: limit } }).answer);
      return;
    }
    const joined = allOf(wishes.map((wish) => this.#join(socket, user, readWish(wish))));
    // First in the room, then to the log: what is said in between comes twice, and is not missed.
    const answered = after(joined, (entries) => {
      if (!socket.connected) return;
      return after(this.#read(socket, entries), (pages) => {
        if (!socket.connected) return;
        // Nobody else has a turn between this look and the answer: who was removed gets nothing.
        answer(entries.map((entry) => this.#answer(socket, user, entry, pages)));
        this.#tell(socket, pages);
      });
    });
    if (isPromise(answered)) answered.catch((error) => this.#failed(error));
  }

  #join(socket: Socket, user: string, { room, after: cursor }: Wish): Awaitable<Entry> {
    if (cursor !== null && readCursor(cursor) === null) {
      this.#doorkeeper.leave(socket, room);
      return { refusal: new Refuse('bad-cursor').answer };
    }
    return after(this.#doorkeeper.join(socket, user, room), (answer) =>
      'error' in answer ? { refusal: answer } : { room: room as string, after: cursor as string | null },
    );
  }

  /** Never rejects. `null`: the history is out of reach. */
  #read(socket: Socket, entries: readonly Entry[]): Awaitable<Pages> {
    const { history } = this.#options;
    const granted = entries.filter((entry) => 'room' in entry);
    if (history === undefined || granted.length === 0) return new Map();
    const asked = granted.map(({ room, after: cursor }) => ({
      room: logOf(this.#namespace, room),
      after: cursor,
    }));
    const read = () => history.read(asked, budget);
    const filed = (pages: readonly Page[]): Pages =>
      new Map(granted.map((entry, at) => [entry, checked(pages[at])]));
    try {
      const before = this.#readings.get(socket);
      const pages = before === undefined ? read() : before.then(read);
      if (!isPromise(pages)) return filed(pages);
      const latest = this.#latest.get(socket) ?? new Map<string, Entry>();
      this.#latest.set(socket, latest);
      for (const entry of granted) latest.set(entry.room, entry);
      return this.#await(socket, pages)
        .then(filed)
        .catch((error) => this.#failed(error));
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #await(socket: Socket, pages: Promise<readonly Page[]>): Promise<readonly Page[]> {
    const { timeout = 5_000 } = this.#options;
    const late = () => Promise.reject(new Error(`the history gave nothing within ${timeout} ms`));
    const reading = within(timeout, pages, late);
    const settled = reading.catch(() => {});
    this.#readings.set(socket, settled);
    void settled.then(() => {
      if (this.#readings.get(socket) === settled) this.#readings.delete(socket);
    });
    return reading;
  }

  #answer(socket: Socket, user: string, entry: Entry, pages: Pages): RoomAnswer {
    if ('refusal' in entry) return entry.refusal;
    const isSuperseded = this.#isSuperseded(socket, entry);
    if (!socket.rooms.has(entry.room)) return removed();
    if (this.#options.history === undefined)
      return { ok: true, ...(entry.after !== null && { reset: true as const }) };
    const page = pages?.get(entry);
    if (page === undefined) {
      // Who does not know what it missed asks again; until then it is not in the room, as after any refusal.
      if (!isSuperseded) this.#doorkeeper.leave(socket, entry.room);
      return new Refuse('history-unavailable', { retryable: true }).answer;
    }
    const { cursor, messages, more, reset } = page;
    const missed = messages.map((message) => this.#missed(user, message));
    return {
      ok: true,
      cursor,
      ...(missed.length > 0 && { missed }),
      ...(more && { more }),
      ...(reset && { reset }),
    };
  }

  /** Whether the client has asked for the room again since: then that question decides. */
  #isSuperseded(socket: Socket, entry: Granted): boolean {
    const latest = this.#latest.get(socket);
    const last = latest?.get(entry.room) ?? entry;
    if (last !== entry) return true;
    latest?.delete(entry.room);
    if (latest?.size === 0) this.#latest.delete(socket);
    return false;
  }

  #missed(user: string, { sequence, event, payload, exceptUsers }: KeptMessage): Missed {
    if (exceptUsers?.includes(user)) return [sequence];
    try {
      return [sequence, event, readPayload(payload)];
    } catch (error) {
      // A store that gives back something else than it was given: the others need not be lost with it.
      this.#failed(error);
      return [sequence];
    }
  }

  #tell(socket: Socket, pages: Pages): void {
    let messages = 0;
    let resets = 0;
    for (const page of pages?.values() ?? []) {
      messages += page.messages.length;
      resets += Number(page.reset ?? false);
    }
    if (messages + resets > 0)
      tell(this.#namespace, { kind: 'caught-up', socket: socket.id, messages, resets });
  }

  #failed(error: unknown): null {
    this.#doorkeeper.failed(error);
    return null;
  }
}

/** @throws TypeError for what a store of somebody's own gave instead. */
function checked(page: Page | undefined): Page {
  if (typeof page?.cursor === 'string' && Array.isArray(page.messages)) return page;
  throw new TypeError('the history did not give a page for each room');
}

type Entry = Granted | { readonly refusal: RefusedWish };

interface Granted {
  readonly room: string;
  readonly after: string | null;
}

type Pages = ReadonlyMap<Entry, Page> | null;

/** For all rooms of one answer together: what is more comes when it is asked for. */
const budget = { messages: 500, bytes: 256 * 1024 };
