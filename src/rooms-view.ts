import type { Observable } from 'rxjs';
import type { Clock } from './clock.ts';
import type { MembershipState, RoomMembership } from './membership.ts';
import { Replayed } from './replayed.ts';

/** Every wished room by its name, with where it stands. A new map after each change. */
export type RoomStates = ReadonlyMap<string, MembershipState>;

/** Up to so many rooms, each change is told at once. */
const few = 64;

/** Ms between two maps of more rooms: copying all of them for each answer would grow with the square. */
const pause = 50;

/** All memberships as one map, for those who look: nobody looking, nothing is made. */
export class RoomsView {
  readonly rooms$: Observable<RoomStates>;
  readonly #clock: Clock;
  readonly #memberships: () => Iterable<RoomMembership>;
  readonly #wake: () => void;
  readonly #states: Replayed<RoomStates>;
  #current: RoomStates | null = null;
  #isUntold = false;
  #isHurried = false;
  #timer: { readonly id: unknown } | null = null;

  /** @param wake Called when it is time for `tell` again. */
  constructor(clock: Clock, memberships: () => Iterable<RoomMembership>, wake: () => void) {
    this.#clock = clock;
    this.#memberships = memberships;
    this.#wake = wake;
    this.#states = new Replayed(() => this.#read());
    this.rooms$ = this.#states.observable;
  }

  /** Something changed since the last map. */
  note(): void {
    this.#current = null;
    this.#isUntold = true;
  }

  /** Tells what changed, unless it is too early. False when there was nothing to tell. */
  tell(): boolean {
    if (!this.#isUntold || this.#timer !== null) return false;
    this.#isUntold = false;
    if (!this.#states.isObserved) return false;
    const states = this.#read();
    if (states.size > few && !this.#isHurried) this.#rest();
    this.#isHurried = false;
    this.#states.next(states);
    return true;
  }

  /** What is left to tell is told at the next `tell`, and no timer stays. */
  hurry(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer.id as never);
    this.#timer = null;
    this.#isHurried = true;
  }

  complete(): void {
    this.hurry();
    this.tell();
    this.#states.complete();
  }

  #read(): RoomStates {
    if (this.#current === null) {
      const states = new Map<string, MembershipState>();
      for (const { room, state } of this.#memberships()) states.set(room, state);
      this.#current = states;
    }
    return this.#current;
  }

  #rest(): void {
    const id = this.#clock.setTimeout(() => {
      this.#timer = null;
      this.#wake();
    }, pause);
    this.#timer = { id };
  }
}
