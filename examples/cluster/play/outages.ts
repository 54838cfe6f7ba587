import type { LoadNews } from '../client/load.ts';
import type { Kill } from './killer.ts';

/** How long clients were without a live connection because of a kill, in ms from the kill on. */
export class Outages {
  readonly all: number[] = [];
  /** Of those whose link had proven itself before. */
  readonly ofProven: number[] = [];
  readonly #moved = new Map<string, { kill: Kill; wasProven: boolean }>();
  readonly #hereSince = new Map<string, number>();
  readonly #aftermath: number;
  #lastKill: Kill | null = null;

  /** `aftermath`: for how long after a kill, in ms, links break because of it; where they break for other reasons, too. */
  constructor(aftermath = Number.POSITIVE_INFINITY) {
    this.#aftermath = aftermath;
  }

  killed(kill: Kill): void {
    this.#lastKill = kill;
  }

  note({ user, is, at }: LoadNews): void {
    if (is === 'here') {
      this.#returned(user, at);
      this.#hereSince.set(user, at);
      return;
    }
    const since = this.#hereSince.get(user);
    this.#hereSince.delete(user);
    this.#moved.delete(user);
    const kill = this.#lastKill;
    // One that comes back after it had gone away was not moved, nor was one whose link broke at another time.
    if (is === 'between' && since !== undefined && kill !== null && at - kill.at < this.#aftermath)
      this.#moved.set(user, { kill, wasProven: at - since > stableAfter });
  }

  #returned(user: string, at: number): void {
    const moved = this.#moved.get(user);
    if (moved === undefined) return;
    const { kill, wasProven } = moved;
    this.#moved.delete(user);
    this.all.push(at - kill.at);
    if (wasProven) this.ofProven.push(at - kill.at);
    kill.liveAt = Math.max(kill.liveAt, at);
  }
}

/** What a connection's `reconnect.stableAfter` is unless it is told otherwise. */
const stableAfter = 5_000;
