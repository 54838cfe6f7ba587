import { EMPTY, type Observable } from 'rxjs';
import type { ProbeEvent, RestoringEvent, RestoringStep } from '../machines/events.ts';
import type { SessionPort } from '../machines/ports.ts';
import { type FailureCode, failure } from '../machines/verdict.ts';
import type { CredentialDesk } from './credential.ts';
import type { AnyDialect, Call, LogGreeting, LogItem } from './dialect/dialect.ts';
import { HoldfastError } from './errors.ts';
import type { Inbox } from './inbox.ts';
import type { Line } from './line.ts';
import { LinkCallError } from './link/link.ts';
import type { JoinOptions, Membership } from './membership.ts';
import type { Settings } from './options.ts';
import type { Delivery, OutboxView, SendOptions } from './outbox/delivery.ts';
import { Outbox } from './outbox/outbox.ts';
import { probeLink } from './probe.ts';
import type { Problems } from './problems.ts';
import { Rooms } from './rooms.ts';
import type { RoomStates } from './rooms-view.ts';

interface SessionParts extends Pick<Settings, 'outbox' | 'clock' | 'id' | 'policy' | 'deadlines'> {
  /** Of this connection. */
  readonly dialect: AnyDialect;
  /** Beside the machine's own chance: what the outbox draws is no part of a trace. */
  readonly random: () => number;
  readonly desk: CredentialDesk;
  readonly problems: Problems;
  readonly inbox: Pick<Inbox, 'forget' | 'hold' | 'release' | 'catchUp'>;
  readonly machine: { send(event: RestoringEvent): void };
}

/**
 * What outlives a link: rooms, missed messages, the outbox. The machine says when; each part knows how. What nobody
 * asked for is not made.
 */
export class Session implements SessionPort {
  readonly #parts: SessionParts;
  readonly #line: Pick<Line, 'session' | 'listen' | 'greet'>;
  #identity: string | null = null;
  #outbox: Outbox | null = null;
  #rooms: Rooms | null = null;
  /** Of the link: none accepted, accepted, or live. */
  #stage: 'none' | 'begun' | 'open' | 'disposed' = 'none';
  /** Epoch of the link on which rooms were given up on for now: they may be answered yet. */
  #unanswered: number | null = null;
  /** The same, when they were answered while something else was being restored: told once it is live. */
  #answered: number | null = null;
  /** What the handshake under way, or the last one, asked for (RM-4). */
  #greeted: LogGreeting | null = null;
  /** Resolves when what was signed out is erased. */
  erased: Promise<void> | null = null;

  constructor(parts: SessionParts, line: Pick<Line, 'session' | 'listen' | 'greet'>) {
    this.#parts = parts;
    this.#line = line;
    const { dialect } = parts;
    if (dialect.greet === undefined) return;
    line.greet = () => {
      this.#greeted = dialect.greet?.(this.#rooms?.wished() ?? []) ?? null;
      return this.#greeted?.auth ?? {};
    };
  }

  get hasRooms(): boolean {
    return this.#rooms?.hasWishes === true;
  }

  /** The handshake asked for what was missed in some rooms. */
  get catchesUp(): boolean {
    return this.#greeted?.catchesUp === true;
  }

  belongTo(identity: string | null): void {
    const former = this.#identity;
    this.#identity = identity;
    if (former !== null && former !== identity) {
      this.#parts.inbox.forget();
      this.#parts.dialect.forget?.();
    }
    this.#rooms?.belongTo(identity);
    if (identity === null) {
      if (former !== null) this.erased = this.#outbox?.signOut(former) ?? null;
      return;
    }
    // A store may hold what a former process left: it goes out without anybody sending anything new (OB-7).
    if (this.#parts.outbox.store !== null) this.#outboxOf();
    this.#outbox?.belongTo(identity);
  }

  begin(recovered: boolean): void {
    this.#stage = 'begun';
    const link = this.#line.session();
    const greeted = this.#greeted?.rooms ?? [];
    if (link !== null && (this.#rooms !== null || greeted.length > 0)) {
      this.#roomsOf().begin(link, recovered, greeted);
    }
  }

  hold(): void {
    this.#parts.inbox.hold();
  }

  restore(step: RestoringStep, epoch: number, settle: (event: RestoringEvent) => void): () => void {
    if (step === 'rooms') return this.#restoreRooms(epoch, settle);
    const rooms = this.#rooms?.joined() ?? [];
    return this.#parts.inbox.catchUp({ identity: this.#identity ?? '', rooms, epoch }, settle);
  }

  probe(epoch: number, settle: (event: ProbeEvent) => void): () => void {
    const link = this.#line.session();
    if (link === null) return nothing;
    const { dialect, deadlines, problems } = this.#parts;
    const listen = (heard: () => void) => this.#line.listen(heard);
    const joined = () => this.#rooms?.joined() ?? [];
    return probeLink({ link, dialect, listen, joined, timeout: deadlines.probe, problems }, (found) =>
      settle({ type: `probe.${found}`, epoch }),
    );
  }

  open(): void {
    this.#stage = 'open';
    this.#parts.inbox.release();
    const link = this.#line.session();
    if (link !== null) this.#outbox?.open(link);
    this.#tellAnswered();
  }

  pause(): void {
    this.#stage = 'begun';
    this.#outbox?.pause();
  }

  end(code: FailureCode | null): void {
    this.#stage = 'none';
    this.#unanswered = null;
    this.#answered = null;
    this.#rooms?.end();
    this.#parts.dialect.ended?.();
    this.#outbox?.end(code);
  }

  send(event: string, payload: unknown, options: SendOptions | undefined): Delivery {
    return this.#outboxOf().send(event, payload, options);
  }

  get outbox$(): Observable<OutboxView> {
    return this.#outboxOf().view$;
  }

  join(room: string, { after }: JoinOptions = {}): Membership {
    const rooms = this.#roomsOf();
    if (after !== undefined && !rooms.wished().includes(room)) this.#startAfter(room, after);
    return rooms.join(room);
  }

  /** Called by the dialect: the server has taken the connection out of a room. */
  removed(room: string, error: unknown): void {
    this.#rooms?.removed(room, error);
  }

  /** Reads what was missed in the logs of rooms (SV-8). */
  catchUp(rooms: readonly string[]): Observable<LogItem> {
    const link = this.#line.session();
    const { dialect, outbox } = this.#parts;
    const call: Call = (event, ...args) =>
      link?.call(event, args, outbox.ackTimeout) ?? Promise.reject(new LinkCallError('not-open'));
    return dialect.catchUp?.(rooms, call) ?? EMPTY;
  }

  leave(room: string): void {
    this.#roomsOf().leave(room);
  }

  get rooms$(): Observable<RoomStates> {
    return this.#roomsOf().rooms$;
  }

  /** Resolves when the store has let go of what it holds. Idempotent. */
  async dispose(): Promise<void> {
    this.#stage = 'disposed';
    this.#rooms?.dispose();
    await this.#outbox?.dispose();
  }

  #startAfter(room: string, after: string): void {
    const { startAfter } = this.#parts.dialect;
    const isKnown = startAfter !== undefined && typeof room === 'string' && room !== '';
    if (startAfter === undefined || (isKnown && !startAfter.call(this.#parts.dialect, room, after))) {
      throw new HoldfastError('bad-argument', '`after` is not the cursor of a message', {
        hint: 'Give the `cursor` of a message from `messages$`; with the dialect `holdfast()` they have one.',
      });
    }
  }

  #restoreRooms(epoch: number, settle: (event: RestoringEvent) => void): () => void {
    const done = { type: 'restoring.done', epoch } as const;
    if (this.#rooms === null) {
      settle(done);
      return nothing;
    }
    return this.#rooms.restore((unanswered) => {
      if (unanswered.length === 0) return settle(done);
      this.#unanswered = epoch;
      this.#answered = null;
      const what = failure('rooms-unanswered', `no answer for ${unanswered.length} of the rooms`);
      settle({ type: 'restoring.failed', epoch, failure: what, mayRetry: true });
    });
  }

  #roomsAnswered(): void {
    if (this.#unanswered !== null) this.#answered = this.#unanswered;
    this.#unanswered = null;
    if (this.#stage === 'open') this.#tellAnswered();
  }

  #tellAnswered(): void {
    const epoch = this.#answered;
    this.#answered = null;
    if (epoch !== null) this.#parts.machine.send({ type: 'restoring.done', epoch });
  }

  #outboxOf(): Outbox {
    if (this.#outbox === null) {
      this.#outbox = new Outbox(this.#parts);
      if (this.#stage === 'disposed') void this.#outbox.dispose();
      else this.#outbox.belongTo(this.#identity);
      const link = this.#stage === 'open' ? this.#line.session() : null;
      if (link !== null) this.#outbox.open(link);
    }
    return this.#outbox;
  }

  #roomsOf(): Rooms {
    if (this.#rooms === null) {
      const { dialect, clock, policy, outbox, random, desk, problems } = this.#parts;
      const { ackTimeout } = outbox;
      const answered = () => this.#roomsAnswered();
      this.#rooms = new Rooms({ dialect, clock, desk, problems, policy, random, ackTimeout, answered });
      this.#rooms.belongTo(this.#identity);
      if (this.#stage === 'disposed') this.#rooms.dispose();
      const link = this.#stage === 'begun' || this.#stage === 'open' ? this.#line.session() : null;
      if (link !== null) this.#rooms.begin(link, false);
    }
    return this.#rooms;
  }
}

const nothing = () => {};
