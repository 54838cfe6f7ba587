import type { LoadNews } from './client/load.ts';
import type { Kill } from './killer.ts';

/** How long each client was without a live connection because of a kill, from the kill on. */
export class Outages {
  readonly ms: number[] = [];
  readonly #moved = new Map<string, Kill>();
  readonly #wasHere = new Set<string>();
  #lastKill: Kill | null = null;

  killed(kill: Kill): void {
    this.#lastKill = kill;
  }

  note({ user, is, at }: LoadNews): void {
    const kill = this.#moved.get(user);
    if (is === 'here' && kill) {
      this.ms.push(at - kill.at);
      kill.liveAt = Math.max(kill.liveAt, at);
    }
    // One that comes back after it had left for good was not moved.
    if (is === 'between' && this.#wasHere.has(user) && this.#lastKill) this.#moved.set(user, this.#lastKill);
    else if (is !== 'between') this.#moved.delete(user);
    if (is === 'here') this.#wasHere.add(user);
    else this.#wasHere.delete(user);
  }
}
