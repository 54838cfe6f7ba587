import type { LoadNews, Whereabouts } from '../client/load.ts';
import type { Seat } from '../processes/nodes.ts';
import type { Sighting } from '../verdict.ts';
import type { Kill } from './killer.ts';

/** Compares what the nodes say of users with where the users are. */
export class PresenceWatch {
  readonly #seats: readonly Seat[];
  readonly #users = new Map<string, { is: Whereabouts; since: number; kill: Kill | null }>();
  #lastKill: Kill | null = null;

  constructor(seats: readonly Seat[]) {
    this.#seats = seats;
  }

  killed(kill: Kill): void {
    this.#lastKill = kill;
  }

  /** Where a user is from now on. One that goes, goes because of the last kill. */
  note({ user, is, at }: LoadNews): void {
    const known = this.#users.get(user);
    const kill = is === 'here' ? (known?.kill ?? null) : this.#lastKill;
    this.#users.set(user, { is, since: at, kill });
  }

  /** Asks every node of everybody once. What it says of those who are on the way does not count. */
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
          // Who moved meanwhile was neither here nor there.
          if (was === undefined || was.is === 'between' || this.#users.get(user) !== was) continue;
          sightings.push({ node: name, user, isOnline: seen[user] === true, isHere: was.is === 'here' });
        }
      }),
    );
    const now = Date.now();
    for (const { user, isOnline, isHere } of sightings) {
      const { kill = null, since = 0 } = this.#users.get(user) ?? {};
      if (kill === null || isOnline === isHere) continue;
      kill.wrongFor = Math.max(kill.wrongFor, now - Math.max(kill.at, since));
    }
    return sightings;
  }
}
