import type { Subscription } from 'rxjs';
import { connectionMachine } from '../../machines/connection.ts';
import type { Connection } from '../connection-api.ts';
import type { Dialect } from '../dialect/dialect.ts';
import { type ConnectionOptions, readOptions, type Settings } from '../options.ts';
import { storeBound } from '../outbox/keeping.ts';
import { isLive, type Status } from '../status.ts';
import type { Trace } from '../trace.ts';
import { Wiring } from '../wiring.ts';
import { type Command, perform, type Stage } from './commands.ts';
import { finalInvariants, type Invariant, invariants, type Observation } from './invariants.ts';
import { Ledger, type MessageMaker } from './ledger.ts';
import { healedMessageInvariants, messageInvariants } from './message-invariants.ts';
import { signalInvariants } from './signal-invariants.ts';
import { WatchedStore } from './store.ts';
import { tell } from './tell.ts';
import { Wire } from './wire.ts';
import { createWorld, type World, type WorldOptions } from './world.ts';

/** Options of the connection beside what the world gives; as a function where they need the world, as its `store`. */
export type OptionsInWorld = Partial<ConnectionOptions> | ((world: World) => Partial<ConnectionOptions>);

/** What is played, and in which world. */
export interface RunOptions extends WorldOptions {
  /** Of the connection, over those that the world gives. Default: the world's alone. */
  readonly options?: OptionsInWorld;
  /** What the n-th `send` of a run sends. Default: the event `message` with `{ n }`. */
  readonly message?: MessageMaker;
  /**
   * Another machine, to see that the invariants catch its faults.
   *
   * @internal
   */
  readonly machine?: typeof connectionMachine;
  /** More promises to hold after every command. */
  readonly invariants?: readonly Invariant[];
}

/** A promise that did not hold. The message tells the story that led there. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
  /** The one that did not hold. */
  readonly invariant: Pick<Invariant, 'clauses' | 'promise'>;
  /** Of the connection, up to there: `npx holdfast replay` plays it again. */
  readonly trace: Trace;

  constructor(
    invariant: Pick<Invariant, 'clauses' | 'promise'>,
    what: string,
    story: readonly string[],
    trace: Trace,
  ) {
    super(`[${invariant.clauses.join(', ')}] ${invariant.promise}: ${what}\n${story.join('\n')}`);
    this.invariant = invariant;
    this.trace = trace;
  }
}

/**
 * Plays commands in a world of their own, holds every invariant after each, then heals the world and looks whether
 * the connection lives, then disposes of it.
 *
 * @returns The statuses that were seen, in order.
 * @throws BrokenPromise The first promise that did not hold.
 */
export async function run(
  commands: readonly Command[],
  runOptions: RunOptions = {},
): Promise<readonly Status[]> {
  const play = stage(runOptions);
  for (const command of commands) await play.step(command);
  await play.finish();
  return play.statuses;
}

/** A run that goes step by step. */
export interface StagedRun {
  readonly connection: Connection;
  readonly world: World;
  /** What was done so far and what came of it, line by line. */
  readonly story: readonly string[];
  /** What `status$` told, from the beginning. */
  readonly statuses: readonly Status[];
  /** Does one thing and holds every promise. Rejects with a `BrokenPromise`. */
  step(command: Command): Promise<void>;
  /** Holds every promise after something that happened by itself. Throws a `BrokenPromise`. */
  look(happened: string): void;
  /** Makes the world well and disposes of the connection: what is not at rest must come alive in bounded time. */
  finish(): Promise<void>;
}

/** Sets the stage for a run that goes step by step. */
export function stage(runOptions: RunOptions = {}): StagedRun {
  const lifetime = lifetimeIn(runOptions);
  const world = createWorld({ ...runOptions, lifetime });
  const own =
    typeof runOptions.options === 'function' ? runOptions.options(world) : (runOptions.options ?? {});
  // Of a provider of somebody's own, the world knows no tokens.
  if (own.credential !== undefined && runOptions.credentials === undefined) world.credentials = 'any';
  // Half of the worlds have a history to catch up from.
  const isCatchingUp =
    (runOptions.seed ?? 1) % 2 === 0 && own.identify === undefined && own.sync === undefined;
  const readsRooms = own.dialect === undefined;
  const store = own.outbox?.store === undefined ? null : new WatchedStore(own.outbox.store);
  const given = world.options();
  const options: ConnectionOptions = {
    ...given,
    ...(isCatchingUp && world.catchingUp()),
    ...own,
    dialect: world.speaking(own.dialect ?? (given.dialect as Dialect)),
    ...(store !== null && { outbox: { ...own.outbox, store } }),
  };
  const settings = readOptions(options);
  const { policy } = settings;
  const leaks: unknown[] = [];
  const connection = new Wiring(runOptions.machine ?? connectionMachine, {
    ...options,
    inspect: (event) => leaks.push('event' in event ? event.event : event.type),
  });
  const watch = observe(connection, world);
  const ledger = new Ledger(connection, () => world.link.dials(), runOptions.message);
  const wire = new Wire({
    ledger,
    window: settings.outbox.window,
    askedAgain: (id) => world.backend.askedAgain.get(id) ?? 0,
    idOf: world.idOf,
    readsRooms,
    isCatchingUp,
    isOrdered: runOptions.defersAnswers !== true,
  });
  world.tap = wire;
  connection.problems$.subscribe((problem) => leaks.push(problem));
  // In a race, timers are late by any time: what has to happen in time may not.
  const timely = runOptions.defersAnswers === true ? [] : signalInvariants;
  const held = [...invariants, ...timely, ...(runOptions.invariants ?? [])];
  const most = runOptions.message === undefined ? mostBytes : Number.POSITIVE_INFINITY;
  const sizes = { most, isShared: own.outbox?.store !== undefined };
  let seenOfMessages = -1;
  const pending = new Set<Promise<unknown>>();
  const story: string[] = [];
  let isDisposed = false;

  const actors: Stage = {
    connection,
    world,
    expect(promise) {
      pending.add(promise);
      const done = () => pending.delete(promise);
      promise.then(done, done);
    },
    send: (options) => ledger.send(options),
    join: (room) => ledger.join(room),
    leave: (room) => ledger.leave(room),
    signOut: () => ledger.signOut(),
    subscribe(and) {
      watch.onNext(() => {
        if (and === 'throw') throw new Error('a subscriber with a defect');
        if (and !== 'disconnect') world.userActed();
        connection[and]();
      });
    },
  };

  function fail(broken: Pick<Invariant, 'clauses' | 'promise'>, what: string): never {
    throw new BrokenPromise(broken, what, story, connection.trace());
  }

  function expectLife(): void {
    const status = connection.getStatus();
    if (status.state !== 'idle' && !isRestingWithCause(status) && !isLive(status)) {
      fail(liveness, `the state is ${tell(status)}`);
    }
  }

  function hold(list: readonly Invariant[]): void {
    const seen: Observation = {
      ...watch.seen(),
      connection,
      world,
      policy,
      isDisposed,
      settings,
      ledger,
      isCatchingUp,
      readsRooms,
      store,
      sizes,
      breaches: wire.breaches,
      leaks: () => leaks.map((leak) => JSON.stringify(leak) ?? '').join('\n'),
    };
    for (const invariant of list) {
      const wrong = invariant.check(seen);
      if (wrong !== undefined) fail(invariant, wrong);
    }
    // Most commands do nothing to messages.
    const version = ledger.revision + world.backend.arrivals.length + wire.breaches.size;
    if (version === seenOfMessages) return;
    seenOfMessages = version;
    for (const invariant of messageInvariants) {
      const wrong = invariant.check(seen);
      if (wrong !== undefined) fail(invariant, wrong);
    }
  }

  async function step(command: Command): Promise<void> {
    const promise = promiseOfQuiet(command, connection.getStatus());
    const [before, { calls }] = [footprint(), world.witness];
    const { state } = connection.getStatus();
    await perform(command, actors);
    // A clock that was set may have made a renewal overdue: it is made, and may be refused.
    const isRenewing = command.do === 'signal' && state === 'connected' && world.witness.calls > calls;
    if (promise !== null && !isRenewing && footprint() !== before)
      fail(promise, `it went to ${tell(connection.getStatus())}`);
    await world.clock.advance(0);
    look(JSON.stringify(command));
  }

  /** Holds every promise after something that happened by itself. */
  function look(happened: string): void {
    story.push(`${happened} → ${tell(connection.getStatus())}`);
    hold(held);
  }

  /** What nobody may change by asking for what is there already. */
  function footprint(): string {
    return JSON.stringify([connection.getStatus(), world.link.dials(), world.witness.calls]);
  }

  /** Makes the world well: what is not at rest must come alive in bounded time, and no promise stay open. */
  async function finish(): Promise<void> {
    world.heal();
    for (const signal of ['resumed', 'visible', 'online'] as const) world.signal(signal);
    story.push('the world is made well');
    await world.clock.advance(longestWait(settings));
    hold(held);
    story.push(`→ ${tell(connection.getStatus())}`);
    expectLife();
    if (isRestingWithCause(connection.getStatus())) {
      // The last attempt of the ill world may still have ended in a state that only the user leaves.
      world.userActed();
      connection.retry();
      await world.clock.advance(longestWait(settings));
      story.push(`retry → ${tell(connection.getStatus())}`);
      expectLife();
      if (isRestingWithCause(connection.getStatus())) fail(liveness, 'retry brings nothing');
    }
    if (pending.size > 0) fail(liveness, `${pending.size} promises are open`);
    if (lifetime !== undefined && isLive(connection.getStatus())) await outlive(lifetime);
    hold([...finalInvariants, ...healedMessageInvariants]);
    actors.expect(connection.dispose());
    isDisposed = true;
    connection.connect('alice');
    world.signal('online');
    await world.clock.advance(1_000_000);
    story.push('disposed');
    hold(held);
    if (pending.size > 0) fail(liveness, `${pending.size} promises are open after dispose`);
    const open = ledger.sent.find(({ outcome }) => outcome === null);
    if (open !== undefined) fail(liveness, `message ${open.n} is open after dispose`);
  }

  /** What the ill world left to run out may; from there on, nothing does. */
  async function outlive(lifetime: number): Promise<void> {
    await world.clock.advance(lifetime);
    const dials = world.link.dials();
    await world.clock.advance(2 * lifetime);
    story.push(`and its credentials run out → ${tell(connection.getStatus())}`);
    if (world.link.dials() > dials) fail(lasting, `it was dialled ${world.link.dials() - dials} times more`);
  }

  return { step, look, finish, connection, world, story, statuses: watch.statuses };
}

/** In a third of the worlds credentials run out, half a minute after they are to be renewed. */
function lifetimeIn({ seed = 1, lifetime, options }: RunOptions): number | undefined {
  if (lifetime !== undefined || seed % 3 !== 0 || typeof options === 'function') return lifetime;
  const { renew, dialect } = options ?? {};
  // What nobody renews would end in the middle of anything.
  return renew === false || dialect !== undefined ? undefined : (renew?.leadTime ?? 60_000) + 30_000;
}

const quietCredential = {
  clauses: ['CR-8'],
  promise: '`credentialChanged` does not move a healthy connection',
};
const quietSignal = {
  clauses: ['EN-2', 'LC-3', 'LC-9'],
  promise: 'a signal is no verdict on an open link, and moves nobody who is at rest',
};
const quietConnect = {
  clauses: ['LC-2'],
  promise: '`connect` for the same identity changes nothing while active',
};

/** The promise that a command changes nothing here, if there is one. */
function promiseOfQuiet(command: Command, status: Status): typeof quietConnect | null {
  if (command.do === 'credentialChanged' && status.state === 'connected') return quietCredential;
  if (command.do === 'signal') {
    const isAsked = status.state === 'connected' && command.now !== 'suspended';
    return isAsked || status.state === 'idle' || status.state === 'auth-failed' ? quietSignal : null;
  }
  const isActive = ['authenticating', 'connected', 'reconnecting'].includes(status.state);
  if (command.do !== 'connect' || !isActive || !('identity' in status)) return null;
  return command.as === undefined || command.as === status.identity ? quietConnect : null;
}

const liveness = {
  clauses: ['LC-8', 'RE-5', 'LC-13'],
  promise: 'once the world is well, a connection that is wanted comes alive',
};

const lasting = {
  clauses: ['CR-9'],
  promise: 'once the world is well, no link ends because its credential ran out',
};

function isRestingWithCause({ state }: Status): boolean {
  return state === 'auth-failed' || state === 'exhausted';
}

/** No wait and no deadline that was running when the world was made well is longer than this. */
function longestWait({ policy, deadlines, outbox, sync }: Settings): number {
  const restoring = outbox.ackTimeout + (sync === null ? 0 : sync.timeout * (sync.retries + 1));
  const attempt = deadlines.credential + deadlines.handshake + restoring + storeBound;
  return 2 * (Math.max(policy.cap, policy.first, policy.base) + attempt + 45_000);
}

/** As many bytes as a message has that nobody gave. */
const mostBytes = 100;

/** Watches a connection the three ways that users do. */
function observe(connection: Connection, world: World) {
  const statuses: Status[] = [];
  const viaStore: Status[] = [];
  const viaLate: Status[] = [];
  const received: { payload: unknown; identity: string | null }[] = [];
  const reactions: (() => void)[] = [];
  const cameAt: number[] = [];
  let emittedAt = 0;
  let late: Subscription | null = null;
  let lateFrom = 0;

  connection.status$.subscribe((status) => {
    statuses.push(status);
    emittedAt = world.clock.now();
    cameAt.push(world.clock.elapsed());
    if (statuses.length === 3) {
      // Subscribes in the middle of a transition, where a replay and a change could meet.
      lateFrom = 2;
      late = connection.status$.subscribe((each) => viaLate.push(each));
    }
  });
  connection.subscribe(() => {
    viaStore.push(connection.getStatus());
    reactions.shift()?.();
  });
  connection.on('message').subscribe((payload) => {
    const status = connection.getStatus();
    received.push({ payload, identity: 'identity' in status ? status.identity : null });
  });

  return {
    statuses,
    onNext: (react: () => void) => reactions.push(react),
    seen: () => ({
      statuses,
      emittedAt,
      cameAt,
      viaStore,
      viaLate: late === null ? statuses.slice(lateFrom) : viaLate,
      lateFrom,
      received,
    }),
  };
}
