// For apps whose `lib` has no AsyncDisposable. "preserve" carries it over into what is published.
/// <reference lib="esnext.disposable" preserve="true" />
import type { Observable } from 'rxjs';
import type { Subscription } from 'xstate';
import type { RequestOptions } from './calls.ts';
import type { Answer, DefaultEventsMap, EventName, EventsMap, Payload } from './events-map.ts';
import type { Inbound } from './inbound.ts';
import type { Gap } from './inbox/gap.ts';
import type { JoinOptions, Membership } from './membership.ts';
import type { Delivery, OutboxView, SendOptions } from './outbox/delivery.ts';
import type { Problem } from './problems.ts';
import type { RoomStates } from './rooms-view.ts';
import type { Stats } from './stats.ts';
import type { ConnectionSnapshot, Status } from './status.ts';
import type { Trace } from './trace.ts';

/** The connection of an authenticated Socket.IO client, from `createConnection`. Methods never throw for what the network does. */
export interface Connection<S extends EventsMap = DefaultEventsMap, C extends EventsMap = DefaultEventsMap>
  extends AsyncDisposable {
  /**
   * Asks for a connection (LC-2). Active for this identity already: nothing happens. Another identity: the old link is
   * closed for good first (ID-1). Without one: the current identity, or `anonymous`.
   */
  connect(identity?: string): void;
  /** Goes to `idle` at once, from every state (LC-4). The identity stays. */
  disconnect(): void;
  /**
   * Attempts now: while waiting, and from `auth-failed`, `exhausted` or `superseded`. Connected but `degraded`: tries
   * again what could not be restored. Otherwise nothing happens.
   */
  retry(): void;
  /** Tells that the provider has another credential now (CR-8). A healthy link does not move. */
  credentialChanged(): void;
  /**
   * Goes to `idle` and forgets the identity, its rooms, and what waits in its outbox: that is settled as `discarded`
   * and erased (ID-2). Resolves when the store has erased it.
   */
  signOut(): Promise<void>;
  /**
   * Resolves when live. Rejects with a `HoldfastError` whose code is the state that it rests in, `auth-failed`,
   * `exhausted` or `idle`, and whose `cause` is that of the status; `identity-changed` when it becomes somebody else's;
   * `aborted`.
   */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Ends it for good: resolves when no timer, socket or handle is left (LC-10). Idempotent. */
  dispose(): Promise<void>;

  /** The current status; the same object until something changes (ST-3). */
  getStatus(): Status;
  /** Calls the listener after each change; gives the function that stops it. With `getStatus`, an external store. */
  subscribe(listener: () => void): () => void;
  /** Replays the current status, then each change; never errors; completes on dispose (ST-2). */
  readonly status$: Observable<Status>;
  /** Every message from the server (MS-1). Hot. */
  readonly messages$: Observable<Inbound<S>>;
  /**
   * The payloads of one event: the first argument of each message, in order (MS-1). Hot.
   *
   * @throws HoldfastError `bad-argument` when it is given a listener: that one is for `on(event).subscribe(listener)`.
   */
  on<E extends EventName<S>>(event: E): Observable<Payload<S, E>>;
  /** Messages that are missing, or may be: what the app should load anew (MS-3, SY-1). Hot. */
  readonly gaps$: Observable<Gap>;
  /** What went wrong without changing the state (ER-2). Hot. */
  readonly problems$: Observable<Problem>;

  /**
   * Sends now or as soon as it can, again with the same id until the server acknowledges (OB-1). In order with what
   * was sent before. The payload is copied. At least once; exactly once in effect where the server deduplicates by id.
   *
   * @throws HoldfastError at once, with nothing queued: `no-identity` before the first `connect()`, `outbox-full` (an
   * `OutboxFull`), `payload-invalid`, `payload-too-large`, `bad-argument`, `disposed`.
   */
  send<E extends EventName<C>>(
    event: E,
    payload: Payload<C, E>,
    options?: SendOptions,
  ): Delivery<Answer<C, E>>;
  /** What waits in the outbox of the current identity. Replays. */
  readonly outbox$: Observable<OutboxView>;

  /**
   * Wishes to be in a room, and sees to it after every connect until `leave` (RM-1). May be called before `connect()`.
   *
   * @throws HoldfastError `bad-argument` when the room is not a non-empty string, or `after` no cursor.
   */
  join(room: string, options?: JoinOptions): Membership;
  /** Wishes to be out: the server is told, and the membership ends as `left`. Nothing happens for a room nobody wished for. */
  leave(room: string): void;
  /** Every wished room with where it stands, and those that were refused. Replays. */
  readonly rooms$: Observable<RoomStates>;

  /** Sends only if live; false when it was dropped. For what is worthless later, such as typing indicators (OB-8). */
  volatile<E extends EventName<C>>(event: E, payload: Payload<C, E>): boolean;
  /**
   * Sends and waits for the acknowledgement, without a queue (OB-8). Rejects with a `HoldfastError`: `not-live` at once,
   * with nothing sent; `no-answer` after `timeout`; `link-lost`; `answer-refused` (an `AnswerRefused`); `aborted`;
   * `disposed`; `bad-argument` for a timeout that is none.
   */
  request<E extends EventName<C>>(
    event: E,
    payload: Payload<C, E>,
    options?: RequestOptions,
  ): Promise<Answer<C, E>>;

  /** The last transitions, as plain data without credentials (ST-5). */
  trace(): Trace;
  /** Counts since creation (ST-6). */
  stats(): Stats;
  /** The machine's actor for reading, as `useSelector` of @xstate/react and its kin need it. */
  readonly actor: ReadonlyActor;
}

/** The machine for reading: what selectors of UI libraries take. Nothing can be sent to it. */
export interface ReadonlyActor {
  /** The current snapshot; the same object until something happens. */
  getSnapshot(): ConnectionSnapshot;
  /** Calls the observer with each snapshot from now on. */
  subscribe(
    observer: ((snapshot: ConnectionSnapshot) => void) | { next?(snapshot: ConnectionSnapshot): void },
  ): Subscription;
}
