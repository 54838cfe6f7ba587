import { nextPause, type ReconnectPolicy } from '../machines/policy.ts';
import type { Clock } from './clock.ts';

export interface RoomPauseParts {
  readonly clock: Clock;
  /** How long to wait before rooms are asked for again on the same link. */
  readonly policy: ReconnectPolicy;
  readonly random: () => number;
}

/**
 * The waits before rooms that a link left unanswered are asked for again on it (RM-1): each drawn anew, below a bound
 * that grows with every round as that of attempts does (RE-1).
 */
export class RoomPause {
  readonly #parts: RoomPauseParts;
  readonly #askAgain: () => void;
  #timer: { readonly id: unknown } | null = null;
  #rounds = 0;

  constructor(parts: RoomPauseParts, askAgain: () => void) {
    this.#parts = parts;
    this.#askAgain = askAgain;
  }

  /** A wait that is on goes on: whatever is unanswered when it is over is asked for together. */
  start(): void {
    if (this.#timer !== null) return;
    const { clock, policy, random } = this.#parts;
    const id = clock.setTimeout(
      () => {
        this.#timer = null;
        // Counted here: a round that somebody else asked instead, sooner, was not one of these.
        this.#rounds += 1;
        this.#askAgain();
      },
      nextPause(policy, random, this.#rounds + 1),
    );
    this.#timer = { id };
  }

  stop(): void {
    if (this.#timer !== null) this.#parts.clock.clearTimeout(this.#timer.id as never);
    this.#timer = null;
  }

  /** The next wait is a first one. */
  reset(): void {
    this.stop();
    this.#rounds = 0;
  }
}
