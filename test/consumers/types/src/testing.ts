/** What people use of `holdfast/testing`: with their own settings, stories, links and stores. */
import { createConnection, memoryStore, type Status, type Trace } from 'holdfast';
import {
  type Arrival,
  accepts,
  acceptsThenDrops,
  acknowledges,
  acknowledgesRepeats,
  answersLate,
  answersRenewalsWith,
  asksAgain,
  assertConnectionHolds,
  type Backend,
  BrokenPromise,
  type Command,
  type ConformanceCase,
  type ConformanceOptions,
  closesDuringHandshake,
  commands,
  createRandom,
  createVirtualClock,
  createWorld,
  delayed,
  fails,
  finalInvariants,
  grants,
  type Handshake,
  type HandshakeBehaviour,
  type HoldOptions,
  hangs,
  type Invariant,
  ignoresRefresh,
  invariants,
  isBusy,
  kicks,
  type LinkUnderTest,
  linkConformance,
  losses,
  type Message,
  type MessageBehaviour,
  type MessageMaker,
  type Network,
  neverAcknowledges,
  neverAnswersRenewals,
  neverSettles,
  type Observation,
  type OptionsInWorld,
  outboxStoreConformance,
  type Plan,
  type Post,
  type ProviderBehaviour,
  type ProviderWorld,
  plans,
  probeEvent,
  providerBehaviours,
  putsOffRenewals,
  type RenewalBehaviour,
  type RunOptions,
  refuses,
  refusesCredential,
  refusesMessages,
  refusesRenewals,
  refusesUntilRefreshed,
  renewalBehaviours,
  replay,
  returnsJunk,
  run,
  type ServerBehaviour,
  type ServerHands,
  type SimulatedLink,
  type StoreBehaviour,
  type StoreConformanceCase,
  type StoreConformanceOptions,
  type StoreUnderTest,
  type SyncBehaviour,
  saysNobody,
  sequence,
  serverBehaviours,
  settlePromises,
  settlesLate,
  stage,
  stream,
  type Tokens,
  takesRenewals,
  tell,
  throws,
  type VirtualClock,
  type World,
  type WorldOptions,
} from 'holdfast/testing';

const patience: Invariant = {
  clauses: ['our handbook'],
  promise: 'nobody waits for ever',
  check: ({ connection, world }: Observation) =>
    world.clock.now() > 1e9 ? tell(connection.getStatus()) : undefined,
};

export async function hold(): Promise<void> {
  const message: MessageMaker = (n) => ({ event: 'message:send', payload: { text: `hello ${n}` } });
  const held: HoldOptions = {
    runs: 10,
    seed: 1,
    invariants: [patience, ...invariants, ...finalInvariants],
    message,
  };
  const slow: StoreBehaviour = { latency: 300, failures: 0.1 };
  await assertConnectionHolds((world: World) => ({ outbox: { store: world.store(slow) } }), held);
  try {
    const story: readonly Command[] = [
      { do: 'connect', as: 'alice' },
      { do: 'pass', ms: 40_000 },
    ];
    const given: OptionsInWorld = { reconnect: { cap: 1_000 } };
    const runOptions: RunOptions = { options: given, seed: 1 };
    const statuses: readonly Status[] = await run(story, runOptions);
    console.log(
      statuses.length,
      stage(runOptions).statuses.length,
      plans().toString(),
      commands().toString(),
    );
  } catch (error) {
    if (error instanceof BrokenPromise) console.log(replay(error.trace satisfies Trace));
  }
}

export async function story(): Promise<void> {
  const clock: VirtualClock = createVirtualClock(0, settlePromises);
  const asked: WorldOptions = { seed: 2, clock, lifetime: 60_000 };
  const world = createWorld(asked);
  const connection = createConnection(world.options());
  const first: ServerBehaviour = refusesUntilRefreshed();
  world.server = sequence(first, serverBehaviours.accepts());
  world.provider = grants();
  world.network = 'slow' satisfies Network;
  world.backend.renewals = renewalBehaviours.takes();
  const link: SimulatedLink = world.link;
  const tokens: Tokens = world.tokens;
  connection.connect('alice');
  await clock.advance(1_000);
  link.cut(losses.cut);
  console.log(tokens.current('alice'), createRandom(1)(), Object.keys(providerBehaviours));
}

declare const server: ServerHands;
const behaviour: HandshakeBehaviour = 'recover';
export const linkCases: readonly ConformanceCase[] = linkConformance(
  (): LinkUnderTest => {
    server.next(behaviour);
    return { link: createWorld().link.link, server, pass: async () => {}, close: async () => {} };
  },
  { recovers: false } satisfies ConformanceOptions,
);
export const storeCases: readonly StoreConformanceCase[] = outboxStoreConformance(
  (): StoreUnderTest => ({ store: memoryStore() }),
  { reopens: false } satisfies StoreConformanceOptions,
);
export const plan: Plan = { commands: [], seed: 1, isRude: false };

/** Servers, providers and backends by what they do. */
export const servers: readonly ServerBehaviour[] = [
  accepts({ recovered: true }),
  refusesCredential('expired'),
  refuses({ code: 'full' }, 'come back'),
  isBusy(3_000),
  hangs(),
  closesDuringHandshake(),
  answersLate(1_000),
  delayed(100, accepts()),
  acceptsThenDrops(100),
  kicks('draining', { after: 100, retryAfter: 1_000 }),
  {
    name: 'mine',
    onHandshake: ({ identity, accept, refuse }: Handshake) => (identity === 'alice' ? accept() : refuse()),
  },
];
export const providers: readonly ProviderBehaviour[] = [
  ignoresRefresh(),
  saysNobody('throw'),
  fails(1_000),
  throws(),
  neverSettles(),
  settlesLate(1_000),
  returnsJunk(42),
  { name: 'mine', answer: async ({ identity }, { tokens }: ProviderWorld) => tokens.issue(identity) },
];
export const backends: readonly MessageBehaviour[] = [
  acknowledges(100),
  neverAcknowledges(),
  acknowledgesRepeats(),
  refusesMessages(),
  asksAgain(2),
  { name: 'mine', answer: ({ event }: Message, repeats) => ({ after: 0, say: { event, repeats } }) },
];
export const renewals: readonly RenewalBehaviour[] = [
  takesRenewals(),
  refusesRenewals('expired'),
  putsOffRenewals(1_000),
  neverAnswersRenewals(),
  answersRenewalsWith(42),
];
export const backend: Backend = createWorld().backend;
export const texts: readonly string[] = [stream, probeEvent, 'answers' satisfies SyncBehaviour];
export const numbers = ({ n }: Post, { payload }: Arrival): unknown => [n, payload];
