import type { LoadNews } from '../client/load.ts';
import type { Kill } from './killer.ts';

/** How long clients were without a live connection because of a kill, in ms from the kill on. */
export class Outages {
  readonly all: number[] = [];
  /** Of those whose link had proven itself before. */
  readonly ofProven: number[] = [];
  readonly #moved = new Map<string, { kill: Kill; wasProven: boolean }>();
  readonly #hereSince = new Map<string, number>();
  #lastKill: Kill | null = null;

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
    // One that comes back after it had gone away was not moved.
    if (is === 'between' && since !== undefined && this.#lastKill !== null)
      this.#moved.set(user, { kill: this.#lastKill, wasProven: at - since > stableAfter });
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
