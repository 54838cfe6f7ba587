import { clampDelay } from '../machines/policy.ts';
import type { RoomCall } from '../machines/rooms.ts';
import { failure } from '../machines/verdict.ts';
import { gaveOther, threw } from './callback-error.ts';
import type { Clock } from './clock.ts';
import type { CredentialDesk } from './credential.ts';
import type { AnyDialect, Call, Dialect } from './dialect/dialect.ts';
import { readAnswer, reader } from './dialect/read-answer.ts';
import { HoldfastError } from './errors.ts';
import { LinkCallError, type LinkSession } from './link/link.ts';
import { RoomRefused } from './membership.ts';
import type { Problems } from './problems.ts';

export interface RoomCallParts {
  readonly dialect: AnyDialect;
  readonly problems: Pick<Problems, 'report'>;
  readonly desk: Pick<CredentialDesk, 'redact'>;
  readonly clock: Clock;
  /** Ms for the answer to one call. */
  readonly ackTimeout: number;
}

/** What a call came to, in the words of the room's reducer. */
export type RoomAnswer =
  | { readonly event: 'joined' | 'left' | 'unanswered' }
  | { readonly event: 'refused'; readonly cause: RoomRefused };

export interface RoomCallListener<R> {
  answered(room: R, answer: RoomAnswer): void;
  /** All calls that were made together have settled. */
  settled(): void;
}

/**
 * The calls for rooms on one link. Each settles exactly once, whatever the dialect and its functions do (LC-13), by
 * its deadline at the latest; none does after `end`.
 */
export class RoomCalls<R extends { readonly name: string }> {
  readonly #parts: RoomCallParts;
  readonly #session: Pick<LinkSession, 'call'>;
  readonly #listener: RoomCallListener<R>;
  readonly #batches = new Set<Batch<R>>();
  /** Functions that were complained of. */
  #faulty: Set<string> | null = null;
  #isOver = false;

  constructor(parts: RoomCallParts, session: Pick<LinkSession, 'call'>, listener: RoomCallListener<R>) {
    this.#parts = parts;
    this.#session = session;
    this.#listener = listener;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Calls that share a deadline and are reported of together. To be sealed when all are made. */
  open(): Batch<R> {
    const batch: Batch<R> = new Batch(this.#parts, this.#call, {
      answered: (room, answer) => this.#listener.answered(room, answer),
      failed: (who, problem) => this.#complain(who, problem),
      settled: () => {
        this.#batches.delete(batch);
        if (!this.#isOver) this.#listener.settled();
      },
    });
    this.#batches.add(batch);
    return batch;
  }

  /** The link is gone: whatever is under way is moot. */
  end(): void {
    this.#isOver = true;
    for (const batch of this.#batches) batch.end();
    this.#batches.clear();
  }

  /** Once a link for each function: what goes wrong with one room goes wrong with thousands, and round after round. */
  #complain(who: string, problem: HoldfastError): void {
    this.#faulty ??= new Set();
    if (this.#faulty.has(who)) return;
    this.#faulty.add(who);
    this.#parts.problems.report(problem);
  }

  /** The session outlives the link: a function that calls late must not reach the next one. */
  readonly #call: Call = (event, ...args) => {
    const answer = this.#ask(event, args);
    // A function that drops the promise must not bring the process down.
    answer.catch(() => {});
    return answer;
  };

  async #ask(event: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#isOver) throw new LinkCallError('not-open');
    return this.#session.call(event, args, clampDelay(this.#parts.ackTimeout));
  }
}

interface BatchListener<R> extends RoomCallListener<R> {
  /** Something went wrong in a function of the user. */
  failed(who: string, problem: HoldfastError): void;
}

class Batch<R extends { readonly name: string }> {
  readonly #parts: RoomCallParts;
  readonly #call: Call;
  readonly #listener: BatchListener<R>;
  readonly #waiting = new Set<R>();
  readonly #deadline: unknown;
  #isSealed = false;

  constructor(parts: RoomCallParts, call: Call, listener: BatchListener<R>) {
    this.#parts = parts;
    this.#call = call;
    this.#listener = listener;
    // One timer for all, set before the link sets its own: thousands that time out are told of once.
    this.#deadline = parts.clock.setTimeout(() => this.#giveUp(), clampDelay(parts.ackTimeout));
  }

  ask(what: RoomCall, room: R): void {
    this.#waiting.add(room);
    const { dialect } = this.#parts;
    const who = `\`dialect.${what}\``;
    this.#make(
      who,
      () => dialect[what](room.name, this.#call),
      (answer) => this.#take(what, room, answer),
      [room],
    );
  }

  /** In one go. @param joinAll The dialect's. */
  joinAll(rooms: readonly R[], joinAll: NonNullable<Dialect['joinAll']>): void {
    const who = '`dialect.joinAll`';
    for (const room of rooms) this.#waiting.add(room);
    const names = rooms.map(({ name }) => name);
    this.#make(
      who,
      () => joinAll.call(this.#parts.dialect, names, this.#call),
      (answers) => {
        if (!Array.isArray(answers)) return this.#fail(rooms, who, gaveOther(who, 'an array of answers'));
        for (const [index, room] of rooms.entries()) {
          if (index < answers.length) this.#take('join', room, answers[index]);
          else this.#fail([room], who, gaveOther(who, 'as many answers as there are rooms'));
        }
      },
      rooms,
    );
  }

  seal(): void {
    this.#isSealed = true;
    this.#finish();
  }

  end(): void {
    this.#waiting.clear();
    this.#parts.clock.clearTimeout(this.#deadline as never);
  }

  #make(who: string, make: () => unknown, read: (answer: unknown) => void, rooms: readonly R[]): void {
    const fail = (thrown: unknown) => {
      // The deadline speaks for a link that gave no answer, and the end of the link for one that is lost.
      if (!(thrown instanceof LinkCallError)) this.#fail(rooms, who, threw(who, thrown));
    };
    try {
      const given = make();
      if (isThenable(given)) Promise.resolve(given).then(read, fail).catch(fail);
      else this.#fail(rooms, who, gaveOther(who, 'a promise of the answer'));
    } catch (thrown) {
      fail(thrown);
    }
  }

  #fail(rooms: readonly R[], who: string, problem: HoldfastError): void {
    if (!rooms.some((room) => this.#waiting.has(room))) return;
    for (const room of rooms) this.#settle(room, unanswered);
    this.#listener.failed(who, problem);
  }

  #giveUp(): void {
    for (const room of [...this.#waiting]) this.#settle(room, unanswered);
  }

  /** Not even read when it comes too late. */
  #take(what: RoomCall, room: R, answer: unknown): void {
    if (this.#waiting.has(room)) this.#settle(room, this.#read(what, answer));
  }

  #settle(room: R, answer: RoomAnswer): void {
    if (!this.#waiting.delete(room)) return;
    this.#listener.answered(room, answer);
    this.#finish();
  }

  #finish(): void {
    if (!this.#isSealed || this.#waiting.size > 0) return;
    this.#parts.clock.clearTimeout(this.#deadline as never);
    this.#listener.settled();
  }

  #read(what: RoomCall, answer: unknown): RoomAnswer {
    const read = readAnswer(this.#parts.dialect, answer);
    if (read instanceof HoldfastError) {
      this.#listener.failed(reader, read);
      return unanswered;
    }
    if (read.ok) return what === 'join' ? { event: 'joined' } : { event: 'left' };
    // A server that does not let go of a room is asked again where it can matter, after a recovery.
    if (what === 'leave' || read.retryable) return unanswered;
    return { event: 'refused', cause: new RoomRefused(this.#parts.desk.redact(read.error)) };
  }
}

const unanswered: RoomAnswer = Object.freeze({ event: 'unanswered' });

/** What `problems$` says of rooms that are joined by nobody's word. */
export function unansweredFailure(names: readonly string[]) {
  const shown = names.slice(0, 3).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  const list = more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
  return failure(
    'rooms-unanswered',
    `no answer from the server about ${names.length === 1 ? 'the room' : 'the rooms'} ${list}; asked again after a pause; join() asks at once`,
  );
}

function isThenable(given: unknown): boolean {
  return (
    typeof given === 'object' && given !== null && typeof (given as { then?: unknown }).then === 'function'
  );
}
