import { Observable, type Subscriber } from 'rxjs';
import {
  cursorOf,
  type Greeting,
  greetingKey,
  helloEvent,
  joinEvent,
  probeEvent,
  type RoomWish,
  readCursor,
  removedEvent,
  skipEvent,
} from '../wire.ts';
import type {
  Call,
  Dialect,
  LogDialect,
  LogGreeting,
  LogItem,
  LogPosition,
  LogReader,
  LogReading,
} from './dialect.ts';
import { Hello, roomOf } from './hello.ts';
import { roomsIn } from './list-of-names.ts';
import { batchesOf, itemOf, placeAt, readGrant, stampIn } from './log-words.ts';

type Basics = Pick<Required<Dialect>, 'readBye' | 'readAnswer' | 'encode' | 'leave' | 'renew'>;

/**
 * What `holdfast()` remembers of one connection: what the server gave of the logs of its rooms that was not read yet.
 * How far each was read the inbox knows: a message counts when it was delivered.
 */
export class RoomLogs implements LogDialect {
  readonly readBye: Dialect['readBye'];
  readonly readAnswer: Dialect['readAnswer'];
  readonly encode: Dialect['encode'];
  readonly renew: NonNullable<Dialect['renew']>;
  readonly #base: Basics;
  readonly #reader: LogReader;
  #hello: Hello | null = null;
  /** On this link, the server has said something that only one with `rooms()` says. */
  #isUnderstood = false;
  /** What answers brought, until a catch-up reads it. */
  #missed: LogItem[] = [];
  /** From where a room has more than came. */
  readonly #more = new Map<string, string>();
  /** Rooms that the next catch-up need not ask: all that they missed is in the two above. */
  readonly #answered = new Set<string>();

  constructor(base: Basics, reader: LogReader) {
    this.#base = base;
    this.#reader = reader;
    this.readBye = base.readBye;
    this.readAnswer = base.readAnswer;
    this.encode = base.encode;
    this.renew = base.renew;
  }

  greet(rooms: readonly string[]): LogGreeting {
    this.#missed = [];
    this.#more.clear();
    this.#answered.clear();
    // The first batch only: a server takes no packet of any size. `joinAll` asks for the rest.
    const [wishes = []] = batchesOf(this.#wishesFor(rooms));
    this.#hello = new Hello(wishes);
    const greeting: Greeting = { v: 1, rooms: wishes };
    return {
      auth: { [greetingKey]: greeting },
      rooms: wishes.map(roomOf),
      catchesUp: wishes.some((wish) => typeof wish !== 'string'),
    };
  }

  read(event: string, args: readonly unknown[]): LogReading | 'ours' | null {
    if (event === helloEvent) {
      const hello = this.#hello;
      // At once: what follows on the link is placed by it.
      if (hello?.hear(args[0])) this.#take(hello.wishes, hello.answersTo(hello.wishes));
      return 'ours';
    }
    if (event === removedEvent) {
      const { room, reason } = (args[0] ?? {}) as { room?: unknown; reason?: unknown };
      if (typeof room === 'string') this.#reader.removed(room, { code: 'removed', reason });
      return null;
    }
    const stamp = stampIn(args.at(-1));
    if (stamp === null) return null;
    const [room, cursor] = stamp;
    const place = placeAt(room, cursor, this.#reader.isRead(room) ? readCursor(cursor) : null);
    if (event !== skipEvent) return { place, args: args.slice(0, -1) };
    return place.at === null ? 'ours' : { place: { ...place, isSkip: true }, args: [] };
  }

  async join(room: string, call: Call): Promise<unknown> {
    return (await this.joinAll([room], call))[0];
  }

  /** Those that the handshake asked for are answered by the first packet; the others are asked for, in batches. */
  async joinAll(rooms: readonly string[], call: Call): Promise<readonly unknown[]> {
    const hello = this.#hello;
    const greeted = rooms.map((room) => hello?.claim(room)).filter((wish) => wish !== undefined);
    const told = new Set(greeted.map(roomOf));
    const batches = batchesOf(this.#wishesFor(rooms.filter((room) => !told.has(room))));
    const answers = new Map<string, unknown>();
    const note = (wishes: readonly RoomWish[], given: readonly unknown[]) => {
      for (const [index, wish] of wishes.entries()) answers.set(roomOf(wish), given[index]);
    };
    await Promise.all([
      greeted.length > 0 && hello?.heard.then(() => note(greeted, hello.takeAnswersTo(greeted))),
      ...batches.map(async (wishes) => {
        const given = await ask(wishes, call);
        this.#take(wishes, given);
        note(wishes, given);
      }),
    ]);
    // One that was left and joined again meanwhile was forgotten, and is answered by this all the same.
    for (const [room, answer] of answers) {
      const grant = readGrant(answer);
      if (grant?.at) this.#reader.begin(room, grant.at);
    }
    const isCatchingUp = [...greeted, ...batches.flat()].some((wish) => typeof wish !== 'string');
    if (isCatchingUp) this.#reader.owe();
    else this.#answered.clear();
    return rooms.map((room) => answers.get(room));
  }

  leave(room: string, call: Call): Promise<unknown> {
    this.forget(room);
    return this.#base.leave(room, call);
  }

  /** Only a server that greeted knows the event: another one would not answer, and its link be given up. */
  probe(call: Call): Promise<readonly string[] | null> | undefined {
    return this.#isUnderstood ? call(probeEvent).then(roomsIn) : undefined;
  }

  catchUp(rooms: readonly string[], call: Call): Observable<LogItem> {
    return new Observable((subscriber) => {
      this.#catchUp(rooms, call, subscriber).catch((thrown) => subscriber.error(thrown));
    });
  }

  startAfter(room: string, cursor: string): boolean {
    const at = readCursor(cursor);
    if (at === null) return false;
    this.#reader.begin(room, at);
    return true;
  }

  ended(): void {
    this.#hello = null;
    this.#isUnderstood = false;
  }

  forget(room?: string): void {
    if (room === undefined) {
      this.#missed = [];
      this.#more.clear();
      return;
    }
    this.#hello?.drop(room);
    this.#more.delete(room);
    this.#missed = this.#missed.filter(({ place }) => place.room !== room);
    this.#reader.forget(room);
  }

  async #catchUp(rooms: readonly string[], call: Call, subscriber: Subscriber<LogItem>): Promise<void> {
    const unanswered = rooms.filter((room) => !this.#answered.has(room));
    for (const wish of this.#wishesFor(unanswered)) if (typeof wish !== 'string') this.#more.set(...wish);
    for (;;) {
      // The next catch-up asks for all of it anew, should this one come to nothing.
      this.#answered.clear();
      for (const item of this.#missed.splice(0)) subscriber.next(item);
      const [wishes] = batchesOf([...this.#more]);
      if (wishes === undefined) return subscriber.complete();
      for (const wish of wishes) this.#more.delete(roomOf(wish));
      const answers = await ask(wishes, call);
      // Another one may have begun since.
      if (subscriber.closed) return;
      this.#take(wishes, answers);
      for (const [index, wish] of wishes.entries()) this.#judge(roomOf(wish), answers[index]);
    }
  }

  #wishesFor(rooms: readonly string[]): RoomWish[] {
    const cursors = this.#reader.cursors();
    return rooms.map((room) => {
      const cursor = cursors[room];
      return cursor === undefined ? room : [room, cursor];
    });
  }

  /** Takes in what answers say of the logs. */
  #take(wishes: readonly RoomWish[], answers: readonly unknown[]): void {
    this.#isUnderstood = true;
    const lost = new Map<string, LogPosition | null>();
    for (const [index, wish] of wishes.entries()) {
      const room = roomOf(wish);
      const grant = readGrant(answers[index]);
      if (grant === null) continue;
      const { at, missed, more, reset } = grant;
      this.#answered.add(room);
      const isLost = reset && typeof wish !== 'string';
      if (isLost) lost.set(room, at);
      if (isLost || at === null) continue;
      // One that was left since, and perhaps joined again, goes on from here like any that is new.
      const isRead = this.#reader.isRead(room);
      this.#reader.begin(room, at);
      if (!isRead) continue;
      const items = missed.map((each) => itemOf(room, at.generation, each));
      this.#missed.push(...items.filter((item) => item !== null));
      if (more) this.#more.set(room, cursorOf(at.generation, at.sequence));
    }
    if (lost.size > 0) this.#reader.lose(lost);
  }

  /** A room that the client may not read any more is left; whatever else went wrong is tried again. */
  #judge(room: string, answer: unknown): void {
    const read = this.#base.readAnswer(answer);
    if (read.ok) return;
    if (read.retryable)
      throw new Error(`the server could not say what was missed in ${JSON.stringify(room)}`);
    this.#reader.removed(room, read.error);
  }
}

async function ask(wishes: readonly RoomWish[], call: Call): Promise<readonly unknown[]> {
  const answers = await call(joinEvent, wishes);
  // A refusal of all of it answers every wish.
  return Array.isArray(answers) ? answers : wishes.map(() => answers);
}
