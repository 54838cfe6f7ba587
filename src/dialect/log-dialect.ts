import {
  cursorOf,
  type Greeting,
  greetingKey,
  helloEvent,
  joinEvent,
  probeEvent,
  type RoomWish,
  readCursor,
  skipEvent,
} from '../wire.ts';
import type { Call, Dialect, Greeted, LogDialect, LogItem, LogPlace, LogReader, Reading } from './dialect.ts';
import { Hello, roomOf } from './hello.ts';
import { batchesOf, itemOf, readGrant, roomsIn, stampIn } from './log-words.ts';

/** Told by the server when it takes a connection out of a room. The app hears it as well. */
const removedEvent = 'room:removed';

type Basics = Pick<Required<Dialect>, 'readBye' | 'readAnswer' | 'encode' | 'leave' | 'renew'>;

/**
 * What `holdfast()` remembers of one connection: of which generation each room's log is, and what the server gave of it
 * that was not read yet. How far each was read the inbox knows: a message counts when it was delivered.
 */
export class RoomLogs implements LogDialect {
  readonly readBye: Dialect['readBye'];
  readonly readAnswer: Dialect['readAnswer'];
  readonly encode: Dialect['encode'];
  readonly renew: NonNullable<Dialect['renew']>;
  readonly #base: Basics;
  readonly #reader: LogReader;
  readonly #generations = new Map<string, string>();
  #hello: Hello | null = null;
  /** What answers brought, until a catch-up reads it. */
  #missed: LogItem[] = [];
  /** From where a room has more than came. */
  readonly #more = new Map<string, string>();
  /** Rooms that need not be asked: all that they missed is in the two above. */
  readonly #answered = new Set<string>();
  /** The catch-up under way: what one before it is told still counts no more. */
  #round: object | null = null;

  constructor(base: Basics, reader: LogReader) {
    this.#base = base;
    this.#reader = reader;
    this.readBye = base.readBye;
    this.readAnswer = base.readAnswer;
    this.encode = base.encode;
    this.renew = base.renew;
  }

  greet(rooms: readonly string[]): Greeted {
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

  read(event: string, args: readonly unknown[]): Reading | 'ours' | null {
    if (event === helloEvent) {
      this.#hello?.hear(args[0]);
      return 'ours';
    }
    if (event === removedEvent) {
      const { room, reason } = (args[0] ?? {}) as { room?: unknown; reason?: unknown };
      if (typeof room === 'string') this.#reader.removed(room, { code: 'removed', reason });
      return null;
    }
    const stamp = stampIn(args.at(-1));
    if (stamp === null) return null;
    const place = this.#placeOf(...stamp);
    if (event !== skipEvent) return { place, args: args.slice(0, -1) };
    return place.sequence === null ? 'ours' : { place: { ...place, isSkip: true }, args: [] };
  }

  async join(room: string, call: Call): Promise<unknown> {
    return (await this.joinAll([room], call))[0];
  }

  /** Those that the handshake asked for are answered by the first packet; the others are asked for, in batches. */
  async joinAll(rooms: readonly string[], call: Call): Promise<readonly unknown[]> {
    const hello = this.#hello;
    const greeted = rooms.flatMap((room) => hello?.take(room) ?? []);
    const told = new Set(greeted.map(roomOf));
    const batches = batchesOf(this.#wishesFor(rooms.filter((room) => !told.has(room))));
    const answers = new Map<string, unknown>();
    const note = (wishes: readonly RoomWish[], given: readonly unknown[]) => {
      this.#take(wishes, given);
      for (const [index, wish] of wishes.entries()) answers.set(roomOf(wish), given[index]);
    };
    await Promise.all([
      hello !== null && greeted.length > 0 && hello.answerTo(greeted).then((given) => note(greeted, given)),
      ...batches.map(async (wishes) => note(wishes, await ask(wishes, call))),
    ]);
    if (this.#missed.length + this.#more.size > 0) this.#reader.owe();
    return rooms.map((room) => answers.get(room));
  }

  leave(room: string, call: Call): Promise<unknown> {
    this.forget(room);
    return this.#base.leave(room, call);
  }

  /** Only a server that greeted knows the event: another one would not answer, and its link be given up. */
  probe(call: Call): Promise<readonly string[] | null> | undefined {
    return this.#hello?.isHeard === true ? call(probeEvent).then(roomsIn) : undefined;
  }

  async *catchUp(rooms: readonly string[], call: Call): AsyncGenerator<LogItem> {
    const round = {};
    this.#round = round;
    const unanswered = rooms.filter((room) => !this.#answered.has(room));
    for (const wish of this.#wishesFor(unanswered)) if (typeof wish !== 'string') this.#more.set(...wish);
    // The next catch-up asks for all of it anew, should this one come to nothing.
    this.#answered.clear();
    for (;;) {
      yield* this.#missed.splice(0);
      const [wishes] = batchesOf([...this.#more]);
      if (wishes === undefined) return;
      for (const wish of wishes) this.#more.delete(roomOf(wish));
      const answers = await ask(wishes, call);
      if (this.#round !== round) return;
      this.#take(wishes, answers);
      this.#answered.clear();
      for (const [index, wish] of wishes.entries()) this.#judge(roomOf(wish), answers[index]);
    }
  }

  startAfter(room: string, cursor: string): boolean {
    const at = readCursor(cursor);
    if (at === null) return false;
    this.#generations.set(room, at.generation);
    this.#reader.begin(room, at.sequence);
    return true;
  }

  ended(): void {
    this.#hello = null;
    this.#round = null;
  }

  forget(room?: string): void {
    if (room === undefined) {
      this.#generations.clear();
      this.#missed = [];
      this.#more.clear();
      return;
    }
    this.#more.delete(room);
    this.#missed = this.#missed.filter(({ place }) => place.room !== room);
    if (this.#generations.delete(room)) this.#reader.forget(room);
  }

  #wishesFor(rooms: readonly string[]): RoomWish[] {
    const cursors = this.#reader.cursors();
    return rooms.map((room) => {
      const generation = this.#generations.get(room);
      const sequence = cursors[room];
      const isRead = generation !== undefined && sequence !== undefined;
      return isRead ? [room, cursorOf(generation, sequence)] : room;
    });
  }

  /** Takes in what answers say of the logs. */
  #take(wishes: readonly RoomWish[], answers: readonly unknown[]): void {
    const lost = new Map<string, number>();
    for (const [index, wish] of wishes.entries()) {
      const room = roomOf(wish);
      const grant = readGrant(answers[index]);
      if (grant === null) continue;
      const { cursor, generation, sequence, missed, more, reset } = grant;
      this.#answered.add(room);
      this.#generations.set(room, generation);
      if (reset) lost.set(room, sequence);
      else if (typeof wish === 'string') this.#reader.begin(room, sequence);
      for (const each of missed) {
        const item = itemOf(room, generation, each);
        if (item !== null) this.#missed.push(item);
      }
      if (more) this.#more.set(room, cursor);
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

  /** How the log counts, or began to with this very message. */
  #placeOf(room: string, cursor: string): LogPlace {
    const id = `${room} ${cursor}`;
    const at = readCursor(cursor);
    const known = this.#generations.get(room);
    if (at === null || known === undefined) return { id, room, cursor, sequence: null };
    const { sequence, generation } = at;
    if (generation === known) return { id, room, cursor, sequence };
    this.#generations.set(room, generation);
    return { id, room, cursor, sequence, isRestart: true };
  }
}

async function ask(wishes: readonly RoomWish[], call: Call): Promise<readonly unknown[]> {
  const answers = await call(joinEvent, wishes);
  // A refusal of all of it answers every wish.
  return Array.isArray(answers) ? answers : wishes.map(() => answers);
}
