import type { Observable } from 'rxjs';
import { nextCall } from '../machines/rooms.ts';
import { HoldfastError } from './errors.ts';
import type { LinkSession } from './link/link.ts';
import { departed, type Membership, RoomMembership, RoomRefused } from './membership.ts';
import { type RoomAnswer, type RoomCallParts, RoomCalls, unansweredFailure } from './room-calls.ts';
import { RoomPause, type RoomPauseParts } from './room-pause.ts';
import { type Room, RoomTable } from './room-table.ts';
import { type RoomStates, RoomsView } from './rooms-view.ts';

/**
 * The rooms of a connection (RM-1, RM-2): wishes that outlive links, made so on every one. Whatever may call back into
 * here, the dialect's functions and subscribers, is called from one loop: a method that they call takes effect at
 * once, and what follows of it is done and told after what is being told (LC-12).
 */
export class Rooms {
  readonly #parts: RoomsParts;
  readonly #table = new RoomTable((membership) => this.#leaveAs(membership));
  #view: RoomsView | null = null;
  #identity: string | null = null;
  #calls: RoomCalls<Room> | null = null;
  #restoring: Restoring | null = null;
  /** Before what this link left unanswered is asked for again. Made when there is such a thing. */
  #pause: RoomPause | null = null;
  /** Rooms that were left unanswered while nobody restored. */
  #untold: Room[] = [];
  /** Once a link: the rounds that follow tell nothing new. */
  #isTold = false;
  #isRunning = false;
  #isDisposed = false;
  #isOver = false;

  constructor(parts: RoomsParts) {
    this.#parts = parts;
  }

  /** Whether there are rooms to restore. */
  get hasWishes(): boolean {
    return this.#table.wished > 0;
  }

  /** Replays all memberships that are not left, then a new map after each change; in bursts of many rooms, fewer. */
  get rooms$(): Observable<RoomStates> {
    if (this.#view === null) {
      this.#view = new RoomsView(
        this.#parts.clock,
        () => this.#table.memberships(),
        () => this.#run(() => {}),
      );
      if (this.#isOver) this.#view.complete();
    }
    return this.#view.rooms$;
  }

  /** Names of all rooms that are wished for. */
  wished(): readonly string[] {
    return this.#table.wishes();
  }

  /** Names of the rooms that the server confirmed on this link. */
  joined(): readonly string[] {
    return this.#table.joined();
  }

  join(room: string): Membership {
    checkRoom(room);
    if (this.#isDisposed) return departed(room);
    return this.#run(() => this.#table.join(room));
  }

  leave(room: string): void {
    checkRoom(room);
    const known = this.#table.get(room);
    if (known === undefined || this.#isDisposed) return;
    this.#parts.dialect.forget?.(room);
    this.#run(() => this.#table.apply(known, 'leave'));
  }

  /** Rooms wished before anybody was known are for whoever comes; those of somebody are for nobody else (ID-1). */
  belongTo(identity: string | null): void {
    if (this.#isDisposed) return;
    const isAnother = identity === null || (this.#identity !== null && this.#identity !== identity);
    this.#identity = identity;
    if (!isAnother) return;
    this.#run(() => {
      this.#unlink();
      this.#table.clear();
    });
  }

  /** The server has taken the connection out of the room by itself. */
  removed(room: string, error: unknown): void {
    const known = this.#table.get(room);
    if (known === undefined) return;
    this.#parts.dialect.forget?.(room);
    const cause = new RoomRefused(this.#parts.desk.redact(error));
    this.#run(() => this.#table.apply(known, 'removed', cause));
  }

  /**
   * A link was accepted: every wished room is asked for again, also after a recovery (RM-3). What its handshake asked
   * for and nobody wishes any more is left.
   */
  begin(session: Pick<LinkSession, 'call'>, recovered: boolean, greeted: readonly string[] = []): void {
    if (this.#isDisposed) return;
    this.#run(() => {
      this.#unlink();
      this.#calls = new RoomCalls(this.#parts, session, {
        answered: (room, answer) => this.#answered(room, answer),
        settled: () => this.#report(),
      });
      this.#table.applyToAll(recovered ? 'recovered' : 'begun');
      for (const room of greeted) this.#table.greeted(room);
    });
  }

  /**
   * Asks again, at once, for the rooms that were left unanswered. `settle` is told once every wished room has been
   * answered, or which were not; never after the returned function was called, or the link has ended.
   */
  restore(settle: (unanswered: readonly string[]) => void): () => void {
    const restoring: Restoring = { settle };
    this.#run(() => {
      this.#restoring = restoring;
      this.#askAgain();
    });
    return () => {
      if (this.#restoring !== restoring) return;
      this.#run(() => {
        this.#restoring = null;
      });
    };
  }

  /** The link is gone. Whoever was joined stays so for the app, until the next link is asked. */
  end(): void {
    this.#run(() => {
      this.#unlink();
      this.#table.applyToAll('ended');
      this.#view?.hurry();
    });
  }

  /** What is under way is moot, and every observable completes. */
  dispose(): void {
    this.#run(() => {
      this.#unlink();
      this.#isDisposed = true;
    });
  }

  #leaveAs(membership: Membership): void {
    // One that was left before has no say in what became of the room since.
    if (this.#table.get(membership.room)?.membership === membership) this.leave(membership.room);
  }

  #unlink(): void {
    this.#calls?.end();
    this.#calls = null;
    this.#restoring = null;
    this.#pause?.reset();
    this.#untold = [];
    this.#isTold = false;
  }

  #answered(room: Room, answer: RoomAnswer): void {
    this.#run(() => {
      this.#table.apply(room, answer.event, 'cause' in answer ? answer.cause : undefined);
      if (answer.event === 'refused') this.#parts.dialect.forget?.(room.name);
      const isNews = this.#restoring === null && !this.#isTold && this.#table.unanswered.has(room);
      if (isNews) this.#untold.push(room);
    });
  }

  #report(): void {
    // Those left since, or asked for again in the meantime, are not left to wait.
    const rooms = this.#untold.filter((room) => this.#table.unanswered.has(room));
    this.#untold = [];
    if (rooms.length === 0) return;
    // First: whoever hears of it may join again, which may fail at once.
    this.#isTold = true;
    this.#parts.problems.report(unansweredFailure(rooms.map(({ name }) => name)));
  }

  #askAgain(): void {
    for (const room of [...this.#table.unanswered]) this.#table.apply(room, 'join');
  }

  /** Does `change`, which calls nobody; then whatever follows, unless that is being done further up the stack. */
  #run<T>(change: () => T): T {
    const changed = change();
    if (this.#isRunning) return changed;
    this.#isRunning = true;
    try {
      while (this.#makeCalls() || this.#tell() || this.#view?.tell() || this.#settle());
      this.#pace();
      if (this.#isDisposed) this.#complete();
    } finally {
      this.#isRunning = false;
    }
    return changed;
  }

  #makeCalls(): boolean {
    const due = this.#table.takeDue();
    const calls = this.#calls;
    if (due.size === 0 || calls === null) return false;
    const batch = calls.open();
    const { joinAll } = this.#parts.dialect;
    const joins = joinAll === undefined ? [] : [...due].filter(({ state }) => nextCall(state) === 'join');
    if (joinAll !== undefined && joins.length > 1) {
      for (const room of joins) this.#table.apply(room, 'sent');
      batch.joinAll(joins, joinAll);
    }
    for (const room of due) {
      if (calls.isOver) break;
      // Not decided beforehand: the call before this one may have changed the wish.
      const call = nextCall(room.state);
      if (call === null) continue;
      this.#table.apply(room, 'sent');
      batch.ask(call, room);
    }
    batch.seal();
    return true;
  }

  #tell(): boolean {
    const changes = this.#table.takeChanges();
    if (changes.length === 0) return false;
    for (const { membership, state } of changes) RoomMembership.tell(membership, state);
    this.#view?.note();
    return true;
  }

  #settle(): boolean {
    if (this.#restoring === null || this.#calls === null || this.#table.pending > 0) return false;
    const { settle } = this.#restoring;
    this.#restoring = null;
    settle(Array.from(this.#table.unanswered, ({ name }) => name));
    return true;
  }

  /** Whatever is unanswered waits for its next round, unless somebody restores, who will have asked for it. */
  #pace(): void {
    const { unanswered, pending } = this.#table;
    const isAnswered = unanswered.size + pending === 0;
    if (this.#calls === null || isAnswered) this.#pause?.reset();
    else if (unanswered.size === 0 || this.#restoring !== null) this.#pause?.stop();
    else {
      this.#pause ??= new RoomPause(this.#parts, () => this.#run(() => this.#askAgain()));
      this.#pause.start();
    }
    if (this.#calls !== null && isAnswered) this.#parts.answered();
  }

  #complete(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const membership of this.#table.memberships()) RoomMembership.end(membership);
    this.#view?.complete();
  }
}

interface RoomsParts extends RoomCallParts, RoomPauseParts {
  /** Every wished room has been answered on this link. May be called any number of times. */
  readonly answered: () => void;
}

interface Restoring {
  readonly settle: (unanswered: readonly string[]) => void;
}

function checkRoom(room: unknown): void {
  if (typeof room === 'string' && room !== '') return;
  throw new HoldfastError('bad-argument', '`room` is not a non-empty string', {
    hint: 'Give the name of a room.',
  });
}
