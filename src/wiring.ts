import type { Observable } from 'rxjs';
import { type ActorOptions, type ActorRefFrom, createActor } from 'xstate';
import type { connectionMachine } from '../machines/connection.ts';
import type { ConnectionInput } from '../machines/context.ts';
import type { ConnectionEvent } from '../machines/events.ts';
import { type CallContext, type RequestOptions, request, sendVolatile } from './calls.ts';
import type { Connection, ReadonlyActor } from './connection-api.ts';
import { CredentialDesk } from './credential.ts';
import { describe } from './describe.ts';
import type { AnyDialect, LogReader } from './dialect/dialect.ts';
import { HoldfastError } from './errors.ts';
import type { Answer, EventName, EventsMap, Payload } from './events-map.ts';
import type { Inbound } from './inbound.ts';
import type { Gap } from './inbox/gap.ts';
import type { SequencerParts } from './inbox/parts.ts';
import { Inbox } from './inbox.ts';
import { inspectSafely, introduce } from './inspection.ts';
import { backOffSafely, drawSafely, judgeSafely } from './judge.ts';
import { Line } from './line.ts';
import type { JoinOptions, Membership } from './membership.ts';
import { type ConnectionOptions, defaultSync, readOptions, type Settings } from './options.ts';
import type { Delivery, OutboxView, SendOptions } from './outbox/delivery.ts';
import { type Problem, Problems } from './problems.ts';
import { whenReady } from './ready.ts';
import type { RoomStates } from './rooms-view.ts';
import { Session } from './session.ts';
import { isOnline, subscribeToSignals } from './signals.ts';
import { Counter, type Stats } from './stats.ts';
import { type ConnectionSnapshot, type Status, statusOf } from './status.ts';
import { StatusStore } from './status-store.ts';
import { Surroundings } from './surroundings.ts';
import { type Trace, Tracer } from './trace.ts';
import { begunWith } from './transitions.ts';

type Machine = typeof connectionMachine;
type Options = ActorOptions<Machine> & { readonly input: ConnectionInput };

const onlineWorld = { online: true, visible: true };
const offlineWorld = { online: false, visible: true };

/** One for all connections that ask nobody for what they missed. */
const restoreWithoutSync = { hasSync: false, retries: { rooms: 2, missed: 0 } };

function restoreOf(sync: Settings['sync']): ConnectionInput['restore'] {
  return sync === null
    ? restoreWithoutSync
    : { hasSync: true, retries: { ...restoreWithoutSync.retries, missed: sync.retries } };
}

/**
 * Chart, ports and observables put together; little else. A class, since methods of a prototype weigh nothing:
 * thousands of connections may live in one process. Any machine of this make will do: the tests plant faults into one.
 */
export class Wiring<S extends EventsMap, C extends EventsMap> implements Connection<S, C> {
  readonly #problems: Problems;
  readonly #inbox: Inbox<S>;
  readonly #line: Line;
  readonly #session: Session;
  readonly #tracer: Tracer;
  readonly #counter: Counter;
  readonly #actor: ActorRefFrom<Machine>;
  readonly #store: StatusStore;
  readonly #desk: CredentialDesk;
  readonly #dialect: AnyDialect;
  readonly #unsubscribeSignals: () => void;
  #readonlyActor: ReadonlyActor | null = null;
  #disposed: Promise<void> | null = null;
  #release: (() => void) | null = null;
  #getStatus: (() => Status) | null = null;
  #subscribe: ((listener: () => void) => () => void) | null = null;

  constructor(machine: Machine, options: ConnectionOptions) {
    const settings = readOptions(options);
    const { clock, signals, inspect } = settings;
    const handle = new Handle(this);

    const desk = new CredentialDesk(settings.credential);
    const problems = new Problems(clock, desk);
    const dialect = this.#dialectOf(settings);
    const sync = this.#syncOf(settings, dialect);
    const inbox = new Inbox<S>(clock, this.#sequencerParts(settings, sync, problems, desk));
    const classify = judgeSafely(settings.classify, problems);
    const random = drawSafely(settings.random, problems);
    const { link, outbox, id, policy, deadlines } = settings;
    // One flat object for both: it lives as long as the connection, of which there may be thousands.
    const parts = {
      link,
      outbox,
      id,
      policy,
      deadlines,
      clock,
      dialect,
      classify,
      random,
      desk,
      problems,
      inbox,
      machine: handle,
    };
    const line = new Line(parts);
    const session = new Session(parts, line);
    const tracer = new Tracer(settings.traceLength, clock, random, classify);
    const counter = new Counter(clock);

    const backoff = tracer.witness(backOffSafely(settings.backoff, problems));
    const input: ConnectionInput = {
      ports: new Surroundings({ clock, tracer, counter, problems, link: line, credential: desk, session }),
      policy: backoff === undefined ? policy : { ...policy, backoff },
      deadlines,
      hasProvider: settings.credential !== false,
      restore: restoreOf(sync),
      world: isOnline(signals, problems) ? onlineWorld : offlineWorld,
      ...(settings.renew && { renew: settings.renew }),
    };
    tracer.begin(input);
    // An inspector is told the input with the first event, if XState has it.
    const inspected = inspect && { input, inspect: inspectSafely(inspect, problems) };
    const actor = createActor(begunWith(input, machine), { clock, ...inspected } as Options);
    const store = new StatusStore(statusOf(actor.getSnapshot()), problems);

    this.#problems = problems;
    this.#inbox = inbox;
    this.#line = line;
    this.#session = session;
    this.#tracer = tracer;
    this.#counter = counter;
    this.#actor = actor;
    this.#store = store;
    this.#desk = desk;
    this.#dialect = dialect;

    introduce(inspect, this, problems);
    actor.subscribe(handle);
    actor.start();
    this.#unsubscribeSignals = subscribeToSignals(signals, (event) => this.#send(event), problems);
  }

  static send(wiring: AnyWiring, event: ConnectionEvent): void {
    wiring.#send(event);
  }

  static follow(wiring: AnyWiring, snapshot: ConnectionSnapshot): void {
    wiring.#follow(snapshot);
  }

  static fail(wiring: AnyWiring, thrown: unknown): void {
    wiring.#fail(thrown);
  }

  connect(identity?: string): void {
    if (identity === undefined) {
      this.#send({ type: 'user.connect' });
      return;
    }
    if (typeof identity !== 'string' || identity === '') {
      throw new HoldfastError('bad-argument', '`identity` is not a non-empty string', {
        hint: 'Give the id of the user, or nothing to keep the current one.',
      });
    }
    this.#send({ type: 'user.connect', identity });
  }

  disconnect(): void {
    this.#send({ type: 'user.disconnect' });
  }

  retry(): void {
    this.#send({ type: 'user.retry' });
  }

  credentialChanged(): void {
    this.#send({ type: 'user.credential-changed' });
  }

  async signOut(): Promise<void> {
    this.#send({ type: 'user.sign-out' });
    // Called inside a subscriber, it is handled after the transition under way (LC-12), but before this goes on.
    await undefined;
    await this.#session.erased;
  }

  ready({ signal }: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return whenReady(this.#store, signal);
  }

  dispose(): Promise<void> {
    if (this.#disposed !== null) return this.#disposed;
    // Before the event: a subscriber may call dispose() again while it is handled.
    this.#disposed = new Promise<void>((resolve) => {
      this.#release = resolve;
    })
      .then(() => this.#session.dispose())
      .then(() => this.#line.closed());
    if (this.#store.isDisposed) this.#release?.();
    else this.#send({ type: 'user.dispose' });
    return this.#disposed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }

  /** Bound, so that UIs can be handed them as they are: `useSyncExternalStore(c.subscribe, c.getStatus)`. */
  get getStatus(): () => Status {
    this.#getStatus ??= () => this.#store.current;
    return this.#getStatus;
  }

  get subscribe(): (listener: () => void) => () => void {
    this.#subscribe ??= (listener) => this.#store.subscribe(listener);
    return this.#subscribe;
  }

  get status$(): Observable<Status> {
    return this.#store.status$;
  }

  get messages$(): Observable<Inbound<S>> {
    return this.#inbox.messages$;
  }

  on<E extends EventName<S>>(event: E, ...more: readonly never[]): Observable<Payload<S, E>> {
    // The habit of `socket.on(event, listener)`: without types, nobody else would say that the listener is never called.
    if (more.length > 0) {
      throw new HoldfastError('bad-argument', 'on() takes the event alone', {
        hint: 'Give the listener to what it returns: on(event).subscribe(listener).',
      });
    }
    return this.#inbox.on(event);
  }

  get gaps$(): Observable<Gap> {
    return this.#inbox.gaps$;
  }

  get problems$(): Observable<Problem> {
    return this.#problems.problems$;
  }

  send<E extends EventName<C>>(
    event: E,
    payload: Payload<C, E>,
    options?: SendOptions,
  ): Delivery<Answer<C, E>> {
    return this.#session.send(event, payload, options) as Delivery<Answer<C, E>>;
  }

  get outbox$(): Observable<OutboxView> {
    return this.#session.outbox$;
  }

  join(room: string, options?: JoinOptions): Membership {
    return this.#session.join(room, options);
  }

  leave(room: string): void {
    this.#session.leave(room);
  }

  get rooms$(): Observable<RoomStates> {
    return this.#session.rooms$;
  }

  volatile<E extends EventName<C>>(event: E, payload: Payload<C, E>): boolean {
    return sendVolatile(this.#context(), event, payload);
  }

  request<E extends EventName<C>>(
    event: E,
    payload: Payload<C, E>,
    options: RequestOptions = {},
  ): Promise<Answer<C, E>> {
    return request(this.#context(), event, payload, options) as Promise<Answer<C, E>>;
  }

  trace(): Trace {
    return this.#tracer.trace();
  }

  stats(): Stats {
    return this.#counter.stats(this.#inbox);
  }

  get actor(): ReadonlyActor {
    const actor = this.#actor;
    this.#readonlyActor ??= {
      getSnapshot: () => actor.getSnapshot(),
      subscribe: (observer) =>
        actor.subscribe({
          next: (snapshot) =>
            typeof observer === 'function' ? observer(snapshot) : observer.next?.(snapshot),
          // Without an error observer XState rethrows globally; a failed machine is told on problems$ instead.
          error: () => {},
        }),
    };
    return this.#readonlyActor;
  }

  /** Only for those who gave what it takes: one connection in thousands weighs no more for it. */
  #sequencerParts(
    { identify, merge }: Settings,
    sync: Settings['sync'],
    problems: Problems,
    desk: CredentialDesk,
  ): SequencerParts | undefined {
    if (identify === null && sync === null) return undefined;
    const onGap = () => this.#send({ type: 'inbox.gap', epoch: this.#actor.getSnapshot().context.epoch });
    return { identify, sync, merge, problems, desk, onGap };
  }

  /** Who is asked for what was missed: the app, or the logs of rooms. */
  #syncOf({ sync }: Settings, { catchUp }: AnyDialect): Settings['sync'] {
    if (catchUp === undefined) return sync;
    return { ...defaultSync, fetch: ({ rooms }) => this.#session.catchUp(rooms), hasPlaces: true };
  }

  /** An app with a way of its own to catch up reads no logs. */
  #dialectOf({ dialect, sync }: Settings): AnyDialect {
    if (sync !== null || dialect.withLogs === undefined) return dialect;
    const inbox = () => this.#inbox.sequencer;
    const reader: LogReader = {
      cursors: () => inbox()?.logCursors() ?? {},
      isRead: (room) => inbox()?.reads(room) === true,
      begin: (room, at) => inbox()?.begin(room, at),
      owe: () => inbox()?.behind(),
      lose: (rooms) => inbox()?.lose(rooms),
      forget: (room) => inbox()?.forgetLog(room),
      removed: (room, error) => this.#session.removed(room, error),
    };
    return dialect.withLogs(reader);
  }

  #context(): CallContext {
    return { store: this.#store, line: this.#line, desk: this.#desk, dialect: this.#dialect };
  }

  #send(event: ConnectionEvent): void {
    if (this.#store.isDisposed) return;
    if (event.type === 'link.opened') {
      const { hasRooms, catchesUp } = this.#session;
      this.#actor.send({ ...event, ...(hasRooms && { hasRooms }), ...(catchesUp && { catchesUp }) });
    } else this.#actor.send(event);
  }

  #follow(snapshot: ConnectionSnapshot): void {
    this.#store.set(statusOf(snapshot));
    if (this.#store.isDisposed) this.#end();
  }

  /** A defect of ours: everything is let go of, and said. */
  #fail(thrown: unknown): void {
    this.#problems.report(new HoldfastError('internal', `the machine failed: ${describe(thrown)}`));
    this.#line.close();
    this.#store.set({ state: 'idle', since: this.#store.current.since, reason: 'disposed' });
    this.#end();
  }

  /** Everything stops at the transition that disposes, also when dispose() was called inside a subscriber. */
  #end(): void {
    this.#actor.stop();
    this.#unsubscribeSignals();
    this.#store.complete();
    this.#inbox.complete();
    void this.#session.dispose();
    this.#problems.complete();
    this.#release?.();
  }
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the events are
type AnyWiring = Wiring<any, any>;

/**
 * What the machine and the parts hold of the connection: what the one says is heard, what the others say is sent. One
 * object in place of three closures: thousands of connections have one each.
 */
class Handle {
  readonly #wiring: AnyWiring;

  constructor(wiring: AnyWiring) {
    this.#wiring = wiring;
  }

  send(event: ConnectionEvent): void {
    Wiring.send(this.#wiring, event);
  }

  next(snapshot: ConnectionSnapshot): void {
    Wiring.follow(this.#wiring, snapshot);
  }

  error(thrown: unknown): void {
    Wiring.fail(this.#wiring, thrown);
  }
}
