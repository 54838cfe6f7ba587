import { clampDelay } from '../../machines/policy.ts';
import type { Clock } from '../clock.ts';
import type { Message } from './message.ts';

/** Whether its `ttl` has run out (OB-5). */
export function isOver({ entry: { expiresAt } }: Message, clock: Clock): boolean {
  return expiresAt !== null && expiresAt <= clock.now();
}

/** Watches over every `ttl` of a queue with one timer, for the earliest (OB-5). Runs at rest too. */
export class Expiry {
  readonly #clock: Clock;
  readonly #messages: () => Iterable<Message>;
  readonly #over: (message: Message) => void;
  #watched = 0;
  #due = Number.POSITIVE_INFINITY;
  #timer: unknown = null;

  constructor(clock: Clock, messages: () => Iterable<Message>, over: (message: Message) => void) {
    this.#clock = clock;
    this.#messages = messages;
    this.#over = over;
  }

  add({ entry: { expiresAt } }: Message): void {
    if (expiresAt === null) return;
    this.#watched += 1;
    if (expiresAt < this.#due) this.#wait(expiresAt);
  }

  remove({ entry: { expiresAt } }: Message): void {
    if (expiresAt === null) return;
    this.#watched -= 1;
    // Else the timer stays as it is, and finds the next one when it fires.
    if (this.#watched === 0) this.stop();
  }

  stop(): void {
    this.#due = Number.POSITIVE_INFINITY;
    if (this.#timer === null) return;
    this.#clock.clearTimeout(this.#timer as never);
    this.#timer = null;
  }

  #wait(due: number): void {
    this.stop();
    this.#due = due;
    // A timer may be early by the clock, or the clock may have been set back: then it waits again, never for a part of a
    // millisecond, which a timer may round to none, or a clock not count: it would wait for ever in no time.
    const ms = clampDelay(Math.ceil(due - this.#clock.now()));
    this.#timer = this.#clock.setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    this.#timer = null;
    this.#due = Number.POSITIVE_INFINITY;
    // A copy: those that are over leave.
    for (const message of [...this.#messages()]) {
      if (isOver(message, this.#clock)) this.#over(message);
    }
    let next = Number.POSITIVE_INFINITY;
    for (const { entry } of this.#messages()) next = Math.min(next, entry.expiresAt ?? next);
    if (next < this.#due) this.#wait(next);
  }
}
