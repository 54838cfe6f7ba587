import type { Observable } from 'rxjs';
import { createActor, type Subscription } from 'xstate';
import { connectionMachine } from '../machines/connection.ts';
import type { ConnectionInput } from '../machines/context.ts';
import type { ConnectionEvent } from '../machines/events.ts';
import { type CallContext, type RequestOptions, request, sendVolatile } from './calls.ts';
import { CredentialDesk } from './credential.ts';
import { describe } from './describe.ts';
import { HoldfastError } from './errors.ts';
import type { Answer, DefaultEventsMap, EventName, EventsMap, Payload } from './events-map.ts';
import { type Inbound, Inbox } from './inbox.ts';
import { inspectSafely } from './inspection.ts';
import { backOffSafely, drawSafely, judgeSafely } from './judge.ts';
import { Line } from './line.ts';
import { type ConnectionOptions, readOptions } from './options.ts';
import { type Problem, Problems } from './problems.ts';
import { whenReady } from './ready.ts';
import { isOnline, subscribeToSignals } from './signals.ts';
import { Counter, type Stats } from './stats.ts';
import { type ConnectionSnapshot, type Status, statusOf } from './status.ts';
import { StatusStore } from './status-store.ts';
import { Surroundings } from './surroundings.ts';
import { type Trace, Tracer } from './trace.ts';
import { TransitionPairing } from './transitions.ts';

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
  /** Attempts now: while waiting, and from `auth-failed`, `exhausted` or `superseded`. Otherwise nothing happens. */
  retry(): void;
  /** Tells that the provider has another credential now (CR-8). A healthy link does not move. */
  credentialChanged(): void;
  /** Goes to `idle` and forgets the identity. */
  signOut(): Promise<void>;
  /** Resolves when live; rejects with the reason on `auth-failed`, `exhausted` and `idle`, or on abort. */
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
  /** The payloads of one event. Hot. */
  on<E extends EventName<S>>(event: E): Observable<Payload<S, E>>;
  /** What went wrong without changing the state (ER-2). Hot. */
  readonly problems$: Observable<Problem>;

  /** Sends only if live; false when it was dropped. For what is worthless later, such as typing indicators (OB-8). */
  volatile<E extends EventName<C>>(event: E, payload: Payload<C, E>): boolean;
  /** Sends and waits for the acknowledgement, without a queue: rejects at once when not live (OB-8). */
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

export interface ReadonlyActor {
  getSnapshot(): ConnectionSnapshot;
  subscribe(
    observer: ((snapshot: ConnectionSnapshot) => void) | { next?(snapshot: ConnectionSnapshot): void },
  ): Subscription;
}

/**
 * Makes a connection; dials nothing until `connect()`.
 *
 * @throws HoldfastError `bad-option` or `unknown-option`, naming the option and what is allowed (ER-1).
 * @example
 * const connection = createConnection({
 *   link: socketIo('https://api.example.com'),
 *   credential: ({ forceRefresh, signal }) => session.accessToken({ forceRefresh, signal }),
 * });
 * connection.status$.subscribe((status) => render(status));
 * connection.connect(user.id);
 */
export function createConnection<
  S extends EventsMap = DefaultEventsMap,
  C extends EventsMap = DefaultEventsMap,
>(options: ConnectionOptions): Connection<S, C> {
  return connectWith<S, C>(connectionMachine, options);
}

/** The wiring, for any machine of this make: the tests plant faults into one to see that they are found. */
export function connectWith<S extends EventsMap = DefaultEventsMap, C extends EventsMap = DefaultEventsMap>(
  machine: typeof connectionMachine,
  options: ConnectionOptions,
): Connection<S, C> {
  const settings = readOptions(options);
  const { clock, signals, dialect } = settings;
  const send = (event: ConnectionEvent) => {
    if (!store.isDisposed) actor.send(event);
  };

  const desk = new CredentialDesk(settings.credential);
  const problems = new Problems(clock, desk);
  const inbox = new Inbox<S>(clock);
  const classify = judgeSafely(settings.classify, problems);
  const line = new Line({ link: settings.link, desk, dialect, classify, problems, send, inbox });
  const random = drawSafely(settings.random, problems);
  const tracer = new Tracer(settings.traceLength, clock, { random, classify });
  const counter = new Counter(clock);
  const transitions = new TransitionPairing();

  const backoff = tracer.witness(backOffSafely(settings.backoff, problems));
  const input: ConnectionInput = {
    ports: new Surroundings({ clock, tracer, problems, link: line, credential: desk.port }),
    policy: backoff === undefined ? settings.policy : { ...settings.policy, backoff },
    deadlines: settings.deadlines,
    hasProvider: settings.credential !== false,
    world: { online: isOnline(signals, problems), visible: true },
  };
  const inspect = inspectSafely((event) => transitions.inspect(event), settings.inspect, problems);
  const actor = createActor(machine, { input, clock, inspect });
  const store = new StatusStore(statusOf(actor.getSnapshot()), problems);
  const calls: CallContext = { store, line, desk, dialect };

  let disposed: Promise<void> | null = null;
  let release = () => {};
  const ended = new Promise<void>((resolve) => {
    release = resolve;
  });

  actor.subscribe({
    next(snapshot) {
      const transition = transitions.next(snapshot);
      if (transition !== null) {
        tracer.record(transition);
        counter.count(transition);
      }
      store.set(statusOf(snapshot));
      if (store.isDisposed) end();
    },
    error(thrown) {
      problems.report(new HoldfastError('internal', `the machine failed: ${describe(thrown)}`));
      line.close();
      store.set({ state: 'idle', since: clock.now(), reason: 'disposed' });
      end();
    },
  });
  actor.start();
  const unsubscribeSignals = subscribeToSignals(signals, send, problems);

  /** Everything stops at the transition that disposes, also when dispose() was called inside a subscriber. */
  function end(): void {
    actor.stop();
    unsubscribeSignals();
    store.complete();
    inbox.complete();
    problems.complete();
    release();
  }

  function dispose(): Promise<void> {
    if (disposed !== null) return disposed;
    // Before the event: a subscriber may call dispose() again while it is handled.
    disposed = ended.then(() => line.closed());
    send({ type: 'user.dispose' });
    return disposed;
  }

  return {
    connect: (identity) => {
      if (identity === undefined) return send({ type: 'user.connect' });
      if (typeof identity !== 'string' || identity === '') {
        throw new HoldfastError('bad-argument', '`identity` is not a non-empty string', {
          hint: 'Give the id of the user, or nothing to keep the current one.',
        });
      }
      send({ type: 'user.connect', identity });
    },
    disconnect: () => send({ type: 'user.disconnect' }),
    retry: () => send({ type: 'user.retry' }),
    credentialChanged: () => send({ type: 'user.credential-changed' }),
    signOut: async () => send({ type: 'user.sign-out' }),
    ready: ({ signal } = {}) => whenReady(store, signal),
    dispose,
    [Symbol.asyncDispose]: dispose,

    getStatus: () => store.current,
    subscribe: (listener) => store.subscribe(listener),
    status$: store.status$,
    messages$: inbox.messages$,
    on: (event) => inbox.on(event),
    problems$: problems.problems$,

    volatile: (event, payload) => sendVolatile(calls, event, payload),
    request: (event, payload, requestOptions = {}) =>
      request(calls, event, payload, requestOptions) as Promise<Answer<C, typeof event>>,

    trace: () => tracer.trace(actor.getSnapshot()),
    stats: () => counter.stats(),
    actor: {
      getSnapshot: () => actor.getSnapshot(),
      subscribe: (observer) =>
        actor.subscribe({
          next: (snapshot) =>
            typeof observer === 'function' ? observer(snapshot) : observer.next?.(snapshot),
          // Without an error observer XState rethrows globally; a failed machine is told on problems$ instead.
          error: () => {},
        }),
    },
  };
}
