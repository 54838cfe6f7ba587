import {
  isForgettable,
  nextCall,
  nextRoom,
  type RoomEvent,
  type RoomState,
  strangeRoom,
} from '../machines/rooms.ts';
import { type Membership, type MembershipState, membershipStates, RoomMembership } from './membership.ts';

/** One room of the table. */
export interface Room {
  readonly name: string;
  state: RoomState;
  /** What the app holds of it, since it was joined last. */
  membership: RoomMembership | null;
}

/** Something that the app is to be told. */
export interface Change {
  readonly membership: RoomMembership;
  readonly state: MembershipState;
}

/**
 * Every room that is wished for, or that the server may think of, and the sums over them, kept up with each event: no
 * question but `joined` looks at all rooms. Calls nobody; what there is to do and to tell is collected.
 */
export class RoomTable {
  readonly #leave: (membership: Membership) => void;
  readonly #rooms = new Map<string, Room>();
  readonly #unanswered = new Set<Room>();
  #isLinked = false;
  #wished = 0;
  #pending = 0;
  #due = new Set<Room>();
  #changes: Change[] = [];

  /** @param leave What `leave()` of a membership does. */
  constructor(leave: (membership: Membership) => void) {
    this.#leave = leave;
  }

  /** How many rooms are wished for. */
  get wished(): number {
    return this.#wished;
  }

  /** How many of those have a call under way. */
  get pending(): number {
    return this.#pending;
  }

  /** The wished ones that the link left unanswered. */
  get unanswered(): ReadonlySet<Room> {
    return this.#unanswered;
  }

  get(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  /** Every membership that is not left. */
  *memberships(): Generator<RoomMembership> {
    for (const { membership, state } of this.#rooms.values()) {
      if (membership !== null && state.shown !== 'left') yield membership;
    }
  }

  /** Names of the wished rooms that the server confirmed on this link. */
  joined(): string[] {
    const names: string[] = [];
    for (const { name, state } of this.#rooms.values()) {
      if (state.isLinked && state.wish === 'in' && state.server === 'in') names.push(name);
    }
    return names;
  }

  wishes(): string[] {
    const names: string[] = [];
    for (const { name, state } of this.#rooms.values()) if (state.wish === 'in') names.push(name);
    return names;
  }

  /** The handshake of the link that began asked for it. */
  greeted(name: string): void {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = { name, state: strangeRoom(this.#isLinked), membership: null };
      this.#rooms.set(name, room);
    }
    this.apply(room, 'greeted');
  }

  join(name: string): Membership {
    let room = this.#rooms.get(name);
    if (room === undefined) {
      room = { name, state: strangeRoom(this.#isLinked), membership: null };
      this.#rooms.set(name, room);
    }
    this.apply(room, 'join');
    room.membership ??= this.#membership(room);
    return room.membership;
  }

  /** @param cause Why a room is refused. */
  apply(room: Room, event: RoomEvent, cause?: MembershipState['cause']): void {
    const before = room.state;
    const after = nextRoom(before, event);
    if (after === before) return;
    room.state = after;
    this.#wished += Number(after.wish === 'in') - Number(before.wish === 'in');
    this.#pending += Number(isPending(after)) - Number(isPending(before));
    if (after.wish === 'in' && after.unanswered === 'join') this.#unanswered.add(room);
    else this.#unanswered.delete(room);
    if (nextCall(after) !== null) this.#due.add(room);
    if (isForgettable(after)) this.#rooms.delete(room.name);
    if (after.shown === before.shown) return;
    if (before.shown === 'left') room.membership = this.#membership(room);
    if (room.membership !== null) {
      const state = after.shown === 'refused' ? refusedFor(cause) : membershipStates[after.shown];
      this.#changes.push({ membership: room.membership, state });
    }
  }

  applyToAll(event: 'begun' | 'recovered' | 'ended'): void {
    this.#isLinked = event !== 'ended';
    for (const room of this.#rooms.values()) this.apply(room, event);
  }

  /** Forgets every room; the app is told that it left. */
  clear(): void {
    for (const membership of this.memberships()) {
      this.#changes.push({ membership, state: membershipStates.left });
    }
    this.#rooms.clear();
    this.#unanswered.clear();
    this.#due.clear();
    this.#wished = 0;
    this.#pending = 0;
  }

  /** The rooms that may have a call to make, in the order in which that came up. */
  takeDue(): ReadonlySet<Room> {
    const due = this.#due;
    if (due.size > 0) this.#due = new Set();
    return due;
  }

  takeChanges(): readonly Change[] {
    const changes = this.#changes;
    if (changes.length > 0) this.#changes = [];
    return changes;
  }

  #membership({ name, state }: Room): RoomMembership {
    const first = state.shown === 'joined' ? membershipStates.joined : membershipStates.joining;
    return new RoomMembership(name, first, this.#leave);
  }
}

function isPending({ wish, call }: RoomState): boolean {
  return wish === 'in' && call !== null;
}

function refusedFor(cause: MembershipState['cause']): MembershipState {
  return Object.freeze(cause === undefined ? { state: 'refused' } : { state: 'refused', cause });
}
