import type { Dialect } from '../dialect/dialect.ts';
import { plain } from '../dialect/plain.ts';
import type { ConnectionOptions } from '../options.ts';
import type { OutboxStore } from '../outbox/store.ts';
import type { Signal, Signals } from '../signals.ts';
import type { SyncRequest } from '../sync-port.ts';
import { renewEvent } from '../wire.ts';
import { acknowledges, Backend, type Post, probeEvent, stream, takesRenewals } from './backend.ts';
import { countTimers, createVirtualClock, type VirtualClock } from './clock.ts';
import { Doubts } from './doubt.ts';
import { flows, type Network } from './link-world.ts';
import { grants, type ProviderBehaviour } from './provider.ts';
import { createRandom } from './random.ts';
import { accepts, delayed, type ServerBehaviour } from './server.ts';
import { createSimulatedLink, type SimulatedLink } from './simulated-link.ts';
import { createSimulatedStore, type StoreBehaviour } from './store.ts';
import { createTokens, type Tokens } from './tokens.ts';
import { deafTap, type WireCall, type WireTap } from './wire.ts';

/** @inline */
type Credentials = 'issued' | 'any';

/** What a world is like from the start. */
export interface WorldOptions {
  /** Of the chance that draws delays. Default 1. */
  readonly seed?: number;
  /** A link that talks about attempts that are over, which no link should (LK-2). Default false. */
  readonly isRude?: boolean;
  /** What the server takes for good: tokens that this world `issued` (the default), or `any`, also none at all. */
  readonly credentials?: Credentials;
  /**
   * Whether the server says the rooms that it has the connection in when it is asked for a sign of life, by an event of
   * the dialect, so that a ghost session is found (RM-3). Default false: the link asks.
   */
  readonly saysRooms?: boolean;
  /**
   * Ms that a credential lasts: the provider says so, and the server ends a link whose credential ran out with the word
   * `expired`, unless it was renewed before (CR-9). Default: for ever.
   */
  readonly lifetime?: number | undefined;
  /** Default: a clock of its own. The race tests give one whose timers fire in any order. */
  readonly clock?: VirtualClock;
  /** When things happen out there; default: on the clock. The race tests put a scheduler of fast-check here. */
  readonly defer?: (label: string, ms: number, act: () => void) => void;
  /** Whether the answers of provider and server are deferred as well, and may come in any order. Default false. */
  readonly defersAnswers?: boolean;
}

/**
 * A world to connect in, made of virtual time, seeded chance and named behaviours, behind the same ports as the real
 * one (TS-1). `options()` goes into `createConnection`; everything else is in the hands of the test.
 *
 * @example
 * const world = createWorld();
 * const connection = createConnection(world.options());
 * world.server = refusesUntilRefreshed();
 * connection.connect('alice');
 * await world.clock.advance(100);
 */
export interface World {
  /** The time of everything in it. It stands until it is told to move. */
  readonly clock: VirtualClock;
  /** The token endpoint. */
  readonly tokens: Tokens;
  /** The link of `options()`, and hands on its open ends. */
  readonly link: SimulatedLink;
  /** What the server keeps over links: messages and rooms. */
  readonly backend: Backend;
  /** What the network does from now on. Starts as `up`. */
  network: Network;
  /** What the server does with handshakes from now on. Starts as `accepts()`. */
  server: ServerBehaviour;
  /** What the credential provider does from now on. Starts as `grants()`. */
  provider: ProviderBehaviour;
  /** What the server takes for good. */
  credentials: Credentials;
  /** Hears what happens at the client's end of the wire. */
  tap: WireTap;
  /** What the world saw that must not be (see `invariants.ts`). */
  readonly witness: Witness;
  /** What to give to `createConnection`. */
  options(): Pick<ConnectionOptions, 'link' | 'credential' | 'clock' | 'random' | 'signals' | 'dialect'>;
  /** What lets a connection catch up on what `post` said: `identify` and `sync`. */
  catchingUp(): Pick<ConnectionOptions, 'identify' | 'sync'>;
  /** A store of this world, for `outbox: { store }`. */
  store(behaviour?: StoreBehaviour): OutboxStore;
  /** The same dialect, of which this world can tell which message is which, also where no id is on the wire. */
  speaking(dialect: Dialect): Dialect;
  /** Which message the arguments of an emit are, if any. */
  idOf(args: readonly unknown[]): string | null;
  /** The server says the next thing to whoever is connected; a lost one is kept for `sync` alone. */
  post(isLost: boolean): void;
  /** The server loses whoever is connected out of its rooms, without a word: a ghost session (RM-3). */
  haunt(): void;
  /** The host tells something about network and page. */
  signal(signal: Signal): void;
  /** The user acted: a refused credential may be presented once more (CR-6). */
  userActed(): void;
  /** Makes everything well again: network, server, provider. */
  heal(): void;
}

/** What only the world can see. */
export interface Witness {
  /** Provider calls that neither settled nor were aborted. */
  readonly openCalls: number;
  readonly calls: number;
  /** Timers of the connection that have not fired. */
  readonly timers: number;
  /** Ms since the beginning at which the network became what it is. */
  readonly networkSince: number;
  /** The link on which the server refused a renewal for good, and said so: which dial it is. */
  readonly refusedRenewal: number | null;
  /** What signals ask of the open link. */
  readonly doubts: Pick<Doubts, 'latest' | 'dialsBeforeAway'>;
  /** Sentences about what must never happen, with the clause. */
  readonly violations: readonly string[];
}

/** How long a silent network takes to be noticed: Socket.IO's default ping interval and timeout. */
const pingTimeout = 45_000;

/** More attempts than this within a virtual second are a loop without a brake, whatever the commands were. */
const storm = 150;

/** A world with nothing in it yet, in which all is well. Nothing happens until its clock is moved. */
export function createWorld({
  seed = 1,
  isRude = false,
  credentials = 'issued',
  saysRooms = false,
  lifetime,
  clock = createVirtualClock(),
  defer,
  defersAnswers = false,
}: WorldOptions = {}): World {
  // What is under way on the network is on the clock too, and is no timer of the connection's.
  const connectionClock = countTimers(clock);
  const tokens = createTokens(lifetime === undefined ? null : { lifetime, elapsed: clock.elapsed });
  const random = createRandom(seed);
  // Of its own, so that what the world draws does not change what the connection draws.
  const chance = createRandom(seed + 1);
  const listeners = new Set<(signal: Signal) => void>();
  const openCalls = new Set<symbol>();
  const violations: string[] = [];
  const refused = new Set<unknown>();
  /** Whom the server saw last. */
  let latest: string | null = null;
  let calls = 0;
  let recentDials: number[] = [];
  let network: Network = 'up';
  let networkSince = 0;
  /** The link on which a renewal is under way. */
  let renewing: number | null = null;
  let refusedRenewal: number | null = null;

  const deferred = defer ?? ((_, ms, act) => void clock.setTimeout(act, ms));
  function later(ms: number, act: () => void): void {
    deferred('the server answers', ms, act);
  }
  const after = (ms: number) =>
    new Promise<void>((resolve) => deferred('the provider comes back to it', ms, resolve));
  async function deferAnswer<T>(given: Promise<T>): Promise<T> {
    try {
      return await given;
    } finally {
      await after(0);
    }
  }
  const ids = new WeakMap<readonly unknown[], string>();
  const idOf = (args: readonly unknown[]) => ids.get(args) ?? idIn(args[0]);
  const backend = new Backend(later, idOf);
  let isWell = false;
  const link = createSimulatedLink({
    network: () => network,
    server: () => (defersAnswers ? delayed(0, world.server) : world.server),
    defer: deferred,
    isRude,
    random: chance,
    onMessage: (message) => backend.take(message),
    isGood: (token, identity) => world.credentials === 'any' || tokens.isGood(token, identity),
    lifeOf: tokens.lifeOf,
    onCall(call) {
      const heard = world.tap.onCall(call);
      if (call.event !== renewEvent) return heard;
      const end = onRenewal(call);
      return (answer) => {
        end(answer?.value);
        heard(answer);
      };
    },
    onOpened: (opened, isRecovered) => world.tap.onOpened(opened, isRecovered),
    onDial() {
      const now = clock.elapsed();
      recentDials = [...recentDials.filter((at) => at > now - 1_000), now];
      if (recentDials.length <= storm) return true;
      violations.push(`[LC-7, CR-6] a storm: ${recentDials.length} attempts within a second`);
      return false;
    },
    onSaid() {
      doubts.heard();
    },
    onPresented(identity, token) {
      latest = identity;
      onPresented(identity, token);
    },
    onRefused(token, { message, data }) {
      const code = (data as { code?: unknown } | undefined)?.code;
      if (code === 'unauthorized' || code === 'expired' || message === 'jwt malformed') refused.add(token);
    },
  });

  function onPresented(identity: string, token: unknown): void {
    const owner = tokens.ownerOf(token);
    if (owner !== undefined && owner !== identity) {
      violations.push(`[ID-1] a credential of ${owner} was presented for ${identity}`);
    }
    if (refused.has(token)) violations.push('[CR-6] a refused credential was presented again');
  }

  /** Gives what to call with the answer that the client heard. */
  function onRenewal({ link: { number, identity }, args }: WireCall): (answer: unknown) => void {
    const { token } = args[0] as { readonly token: unknown };
    onPresented(identity, token);
    // Where timers are late, what the chart gave up may be answered yet.
    if (defersAnswers) return () => {};
    if (renewing === number) violations.push('[CR-9] two renewals at a time');
    renewing = number;
    return (answer) => {
      if (renewing === number) renewing = null;
      const { code } = (answer as { error?: { code?: unknown } } | null | undefined)?.error ?? {};
      if (code === 'unauthorized' || code === 'expired') refused.add(token);
      if (refused.has(token) || code === 'forbidden') refusedRenewal = number;
    };
  }

  const doubts = new Doubts(clock, link);

  /** What `sync` gives, with the tap told when it has settled. */
  function observed(request: SyncRequest): ReturnType<Backend['missed']> {
    const end = world.tap.onSync(request.identity);
    request.signal.addEventListener('abort', end, { once: true });
    try {
      const given = backend.missed(request);
      if (given instanceof Promise) given.then(end, end);
      else end();
      return given;
    } catch (thrown) {
      end();
      throw thrown;
    }
  }

  const world: World = {
    clock,
    tokens,
    link,
    backend,
    server: accepts(),
    provider: grants(),
    credentials,
    tap: deafTap,
    idOf,
    get network() {
      return network;
    },
    set network(next) {
      if (next !== network) networkSince = clock.elapsed();
      doubts.networkIs(next);
      network = next;
      if (flows(next)) deferred('what was under way arrives', 1, () => flows(network) && link.flow());
      if (next === 'down') deferred('the network goes down', 1, () => network === 'down' && link.cut());
      if (next === 'silent') {
        deferred('the ping goes unanswered', pingTimeout, () => {
          if (network === 'silent') link.cut({ reason: 'ping timeout' });
        });
      }
    },
    witness: {
      get openCalls() {
        return openCalls.size;
      },
      get calls() {
        return calls;
      },
      get timers() {
        return connectionClock.pending;
      },
      get networkSince() {
        return networkSince;
      },
      get refusedRenewal() {
        return refusedRenewal;
      },
      doubts,
      violations,
    },
    catchingUp: () => ({
      identify({ event, payload }) {
        if (event !== 'post') return undefined;
        const { id, n } = payload as Post;
        return { id, sequence: n, stream };
      },
      sync: (request) => observed(request),
    }),
    store: (behaviour = {}) =>
      createSimulatedStore(behaviour, { random: chance, isWell: () => isWell, defer: deferred }),
    speaking: (dialect) => ({
      ...dialect,
      encode(message) {
        const args = dialect.encode(message);
        if (Array.isArray(args)) ids.set(args, message.id);
        return args;
      },
    }),
    post(isLost) {
      // Also while nobody is there: it is what they will have missed.
      if (latest === null) return;
      const post = backend.post(latest);
      if (!isLost && link.live().some(({ isOpen, isGhost }) => isOpen && !isGhost)) link.say('post', post);
      else world.tap.onLostPost(latest);
    },
    haunt: () => link.haunt(),
    options: () => ({
      dialect: plain({ idKey: 'id', renew: renewEvent, ...(saysRooms && { probe: probeEvent }) }),
      link: link.link,
      clock: connectionClock,
      random,
      signals: {
        subscribe(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      } satisfies Signals,
      credential(request) {
        calls += 1;
        if (recentDials.length > storm) return new Promise(() => {});
        const call = Symbol();
        openCalls.add(call);
        if (openCalls.size > 1) violations.push('[CR-2] two provider calls at a time');
        const close = () => openCalls.delete(call);
        request.signal.addEventListener('abort', close, { once: true });
        try {
          const given = Promise.resolve(world.provider.answer(request, { tokens, after }));
          const answer = defersAnswers ? deferAnswer(given) : given;
          answer.then(close, close);
          return answer;
        } catch (thrown) {
          close();
          throw thrown;
        }
      },
    }),
    signal(signal) {
      doubts.signal(signal, network);
      for (const listener of [...listeners]) listener(signal);
    },
    userActed() {
      refused.clear();
      doubts.userActed();
    },
    heal() {
      isWell = true;
      world.network = 'up';
      world.server = accepts();
      world.provider = grants();
      backend.behaviour = acknowledges();
      backend.renewals = takesRenewals();
      backend.sync = 'answers';
    },
  };
  return world;
}

function idIn(payload: unknown): string | null {
  if (typeof payload !== 'object' || payload === null || !('id' in payload)) return null;
  return String(payload.id);
}
