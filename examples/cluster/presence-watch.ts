import type { Whereabouts } from './client/load.ts';
import type { Kill } from './killer.ts';
import type { Seat } from './nodes.ts';
import type { Sighting } from './verdict.ts';

/** Compares what the nodes say of users with where the users are. */
export class PresenceWatch {
  readonly #seats: readonly Seat[];
  readonly #users = new Map<string, { is: Whereabouts; kill: Kill | null }>();
  #lastKill: Kill | null = null;

  constructor(seats: readonly Seat[]) {
    this.#seats = seats;
  }

  killed(kill: Kill): void {
    this.#lastKill = kill;
  }

  /** Where a user is from now on. One that goes, goes because of the last kill. */
  note(user: string, is: Whereabouts): void {
    const known = this.#users.get(user);
    this.#users.set(user, { is, kill: is === 'here' ? (known?.kill ?? null) : this.#lastKill });
  }

  /** Asks every node of everybody once; whoever is seen wrong, or is on the way, keeps the kill that moved them open. */
  async look(): Promise<readonly Sighting[]> {
    const before = new Map(this.#users);
    const users = [...before.keys()];
    const sightings: Sighting[] = [];
    await Promise.all(
      this.#seats.map(async ({ name, online }) => {
        const seen = await online(users);
        if (seen === null) return;
        for (const user of users) {
          const was = before.get(user);
          // Who is on the way, or was on the way a moment ago, is nowhere.
          if (was === undefined || was.is === 'between' || this.#users.get(user) !== was) continue;
          sightings.push({ node: name, user, isOnline: seen[user] === true, isHere: was.is === 'here' });
        }
      }),
    );
    const now = Date.now();
    for (const { user, isOnline, isHere } of sightings) {
      const kill = this.#users.get(user)?.kill;
      if (kill && isOnline !== isHere) kill.settledAt = now;
    }
    for (const { is, kill } of this.#users.values()) if (kill && is === 'between') kill.settledAt = now;
    return sightings;
  }
}
