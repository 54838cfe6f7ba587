import type { Observable } from 'rxjs';
import { HoldfastError } from './errors.ts';
import { Replayed } from './replayed.ts';

/** One room that the app wished for, from `connection.join`; the same object as long as it is not left (RM-2). */
export interface Membership {
  readonly room: string;
  /** Where it stands now. */
  readonly state: MembershipState;
  /** Replays the current state, then each change; completes when left, and when the connection is disposed of. */
  readonly state$: Observable<MembershipState>;
  /** Wishes to be out. Does nothing when it was left before, also if somebody joined the room anew since. */
  leave(): void;
}

/** From where a room is read. */
export interface JoinOptions {
  /**
   * A message's `cursor`: what came in the room after it is delivered first, `replayed`. For apps that keep messages over
   * restarts. Only where the room is joined anew, with a dialect whose server keeps logs: `holdfast()` (SV-8). Default:
   * from now on.
   */
  readonly after?: string;
}

/** Where one room stands (RM-1, RM-2). */
export interface MembershipState {
  /**
   * `joining`: asked for, or waiting for a link; one that the server leaves unanswered is asked for again by itself,
   * after pauses that grow, and by `join` at once. `joined`: the server said so; stays during an outage, until the
   * next link is asked. `refused`: the server said no, `cause` has its reason, and only `join` asks again. `left`: for
   * good.
   */
  readonly state: 'joining' | 'joined' | 'refused' | 'left';
  /** Of `refused`: a `RoomRefused`. */
  readonly cause?: HoldfastError;
}

/** The server refused the room; `answer` is what it said. */
export class RoomRefused extends HoldfastError {
  override readonly name = 'RoomRefused';
  /** The error in the acknowledgement, without what is secret of a credential (CR-12). */
  readonly answer: unknown;

  constructor(answer: unknown) {
    super('room-refused', 'the server refused the room');
    this.answer = answer;
  }
}

/** The states that have nothing to add, one object each: thousands of rooms may be joined. */
export const membershipStates = {
  joining: Object.freeze({ state: 'joining' }),
  joined: Object.freeze({ state: 'joined' }),
  left: Object.freeze({ state: 'left' }),
} as const satisfies Record<string, MembershipState>;

/** What only the rooms may do is static: the app holds the object. */
export class RoomMembership implements Membership {
  readonly room: string;
  readonly #leave: (membership: Membership) => void;
  #state: MembershipState;
  // Made when somebody looks.
  #states: Replayed<MembershipState> | null = null;
  #isOver = false;

  constructor(room: string, state: MembershipState, leave: (membership: Membership) => void) {
    this.room = room;
    this.#state = state;
    this.#leave = leave;
  }

  /** Tells a state that is not the current one; `left` is the last. */
  static tell(membership: RoomMembership, state: MembershipState): void {
    if (membership.#isOver || membership.#state === state) return;
    membership.#state = state;
    membership.#states?.next(state);
    if (state.state === 'left') RoomMembership.end(membership);
  }

  static end(membership: RoomMembership): void {
    membership.#isOver = true;
    membership.#states?.complete();
  }

  get state(): MembershipState {
    return this.#state;
  }

  get state$(): Observable<MembershipState> {
    if (this.#states === null) {
      this.#states = new Replayed(() => this.#state);
      if (this.#isOver) this.#states.complete();
    }
    return this.#states.observable;
  }

  leave(): void {
    this.#leave(this);
  }
}

/** What is joined after the end. */
export function departed(room: string): Membership {
  const membership = new RoomMembership(room, membershipStates.left, () => {});
  RoomMembership.end(membership);
  return membership;
}
