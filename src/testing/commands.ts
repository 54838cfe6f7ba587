import fc from 'fast-check';
import type { Connection } from '../connection-api.ts';
import type { SendOptions } from '../outbox/delivery.ts';
import type { Signal } from '../signals.ts';
import type { SyncBehaviour } from './backend.ts';
import * as backend from './backend.ts';
import type { Network } from './link-world.ts';
import * as provider from './provider.ts';
import * as server from './server.ts';
import type { World } from './world.ts';

/** One thing that a user or the world does: plain data, so that a failed run can be printed, kept and played again. */
export type Command =
  | { readonly do: 'connect'; readonly as?: string }
  | { readonly do: 'disconnect' | 'retry' | 'credentialChanged' | 'signOut' | 'dispose' }
  | { readonly do: 'ready' | 'request' | 'volatile' }
  | { readonly do: 'send'; readonly once?: true; readonly ttl?: number }
  | { readonly do: 'join' | 'leave'; readonly room: string }
  | { readonly do: 'messages'; readonly now: keyof typeof messageBehaviours }
  | { readonly do: 'renewals'; readonly now: keyof typeof renewalBehaviours }
  | { readonly do: 'sync'; readonly now: SyncBehaviour }
  | { readonly do: 'post'; readonly isLost: boolean }
  | { readonly do: 'server'; readonly now: keyof typeof serverBehaviours }
  | { readonly do: 'provider'; readonly now: keyof typeof providerBehaviours }
  | { readonly do: 'network'; readonly now: Network }
  | { readonly do: 'signal'; readonly now: Signal }
  | { readonly do: 'revokeTokens' }
  | { readonly do: 'drop'; readonly because: keyof typeof losses }
  | { readonly do: 'say'; readonly event: string; readonly payload: unknown }
  | { readonly do: 'pass' | 'sleep' | 'adjustClock'; readonly ms: number }
  | { readonly do: 'subscribe'; readonly and: 'throw' | 'disconnect' | 'connect' | 'retry' };

/** Server behaviours that random runs choose from, by the name that a trace shows. */
export const serverBehaviours = {
  accepts: () => server.accepts(),
  recovers: () => server.accepts({ recovered: true }),
  refusesCredential: () => server.refusesCredential(),
  refusesByWords: () => server.refusesCredential(null),
  refusesUntilRefreshed: () => server.refusesUntilRefreshed(),
  forbids: () => server.refusesCredential('forbidden'),
  refuses: () => server.refuses(),
  isBusy: () => server.isBusy(3_000),
  hangs: () => server.hangs(),
  closesDuringHandshake: () => server.closesDuringHandshake(),
  answersLate: () => server.answersLate(25_000),
  acceptsThenDrops: () => server.acceptsThenDrops(0),
  acceptsThenDropsLater: () => server.acceptsThenDrops(7_000),
  kicks: () => server.kicks(),
  supersedes: () => server.kicks('superseded'),
  expires: () => server.kicks('expired'),
  drains: () => server.kicks('draining', { retryAfter: 2_000 }),
  drainsLater: () => server.kicks('draining', { after: 6_000, retryAfter: 2_000 }),
} as const satisfies Record<string, () => server.ServerBehaviour>;

/** What the server does with messages and rooms. */
export const messageBehaviours = {
  acknowledges: () => backend.acknowledges(),
  acknowledgesLate: () => backend.acknowledges(4_000),
  acknowledgesTooLate: () => backend.acknowledges(12_000),
  neverAcknowledges: () => backend.neverAcknowledges(),
  acknowledgesRepeats: () => backend.acknowledgesRepeats(),
  refusesMessages: () => backend.refusesMessages(),
  asksAgain: () => backend.asksAgain(),
} as const satisfies Record<string, () => backend.MessageBehaviour>;

/** What the server does with a credential on an open link. */
export const renewalBehaviours = {
  takes: () => backend.takesRenewals(),
  takesLate: () => backend.takesRenewals(4_000),
  takesTooLate: () => backend.takesRenewals(25_000),
  refuses: () => backend.refusesRenewals(),
  forbids: () => backend.refusesRenewals('forbidden'),
  putsOff: () => backend.putsOffRenewals(3_000),
  neverAnswers: () => backend.neverAnswersRenewals(),
  answersJunk: () => backend.answersRenewalsWith({ expiresIn: 'soon' }),
} as const satisfies Record<string, () => backend.RenewalBehaviour>;

/** What the credential provider does from now on, by the name that a trace shows. */
export const providerBehaviours = {
  grants: () => provider.grants(),
  ignoresRefresh: () => provider.ignoresRefresh(),
  saysNobody: () => provider.saysNobody('null'),
  throwsRefused: () => provider.saysNobody('throw'),
  fails: () => provider.fails(),
  failsWithRetryAfter: () => provider.fails(4_000),
  throws: () => provider.throws(),
  neverSettles: () => provider.neverSettles(),
  settlesLate: () => provider.settlesLate(300),
  settlesTooLate: () => provider.settlesLate(15_000),
  returnsUndefined: () => provider.returnsJunk(undefined),
  returnsNothing: () => provider.returnsJunk(''),
  returnsReservedKey: () => provider.returnsJunk({ token: 't', pid: 'x' }),
} as const satisfies Record<string, () => provider.ProviderBehaviour>;

/** Ways for a link to end. */
export const losses = {
  cut: { reason: 'transport close' },
  silence: { reason: 'ping timeout' },
  kick: { reason: 'io server disconnect' },
  superseded: { reason: 'io server disconnect', bye: { code: 'superseded' } },
  expired: { reason: 'io server disconnect', bye: { code: 'expired' } },
  forbidden: { reason: 'io server disconnect', bye: { code: 'forbidden' } },
  draining: { reason: 'io server disconnect', bye: { code: 'draining', retryAfter: 5_000 } },
  tooBig: { reason: 'transport close', closeCode: 1009 },
  garbage: { reason: 'parse error' },
} as const;

const identities = ['alice', 'bob'] as const;

/**
 * Random sequences of commands. The weights are such that the deep states are reached: a second identity, a refused
 * refresh, `exhausted`. Give `maxLength` for shorter or longer runs; the default is 60. `only` leaves out what your
 * world cannot do.
 */
export function commands({
  maxLength = 60,
  only = () => true,
}: {
  readonly maxLength?: number;
  readonly only?: (command: Command) => boolean;
} = {}): fc.Arbitrary<Command[]> {
  const just = <C extends Command>(command: C) => fc.constant(command as Command);
  const keyOf = <T extends object>(record: T) =>
    fc.constantFrom(...(Object.keys(record) as [keyof T & string, ...(keyof T & string)[]]));
  const ms = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 2_000 }) },
    { weight: 2, arbitrary: fc.integer({ min: 2_000, max: 40_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 40_000, max: 700_000 }) },
  );

  const command: fc.Arbitrary<Command> = fc.oneof(
    { weight: 10, arbitrary: fc.constantFrom(...identities).map((as): Command => ({ do: 'connect', as })) },
    { weight: 2, arbitrary: just({ do: 'connect' }) },
    { weight: 2, arbitrary: just({ do: 'disconnect' }) },
    { weight: 4, arbitrary: just({ do: 'retry' }) },
    { weight: 4, arbitrary: just({ do: 'credentialChanged' }) },
    { weight: 1, arbitrary: just({ do: 'signOut' }) },
    { weight: 1, arbitrary: just({ do: 'revokeTokens' }) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('ready', 'request', 'volatile').map((what): Command => ({ do: what })),
    },
    { weight: 8, arbitrary: keyOf(serverBehaviours).map((now): Command => ({ do: 'server', now })) },
    {
      weight: 6,
      arbitrary: fc
        .constantFrom('accepts', 'recovers', 'recovers')
        .map((now): Command => ({ do: 'server', now })),
    },
    { weight: 6, arbitrary: keyOf(providerBehaviours).map((now): Command => ({ do: 'provider', now })) },
    { weight: 4, arbitrary: just({ do: 'provider', now: 'grants' }) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom<Network>('up', 'up', 'up', 'slow', 'down', 'silent', 'silent')
        .map((now): Command => ({ do: 'network', now })),
    },
    {
      weight: 8,
      arbitrary: fc
        .constantFrom<Signal>('online', 'offline', 'visible', 'hidden', 'frozen', 'resumed', 'suspended')
        .map((now): Command => ({ do: 'signal', now })),
    },
    { weight: 3, arbitrary: just({ do: 'drop', because: 'cut' }) },
    { weight: 6, arbitrary: keyOf(losses).map((because): Command => ({ do: 'drop', because })) },
    {
      weight: 12,
      arbitrary: fc
        .record({
          once: fc.option(fc.constant(true as const), { freq: 4, nil: undefined }),
          ttl: fc.option(fc.constantFrom(0, 800, 30_000), { freq: 4, nil: undefined }),
        })
        .map(
          ({ once, ttl }): Command => ({
            do: 'send',
            ...(once !== undefined && { once }),
            ...(ttl !== undefined && { ttl }),
          }),
        ),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.constantFrom('join', 'join', 'leave'), fc.constantFrom('lobby', 'garden'))
        .map(([what, room]): Command => ({ do: what, room })),
    },
    { weight: 3, arbitrary: keyOf(messageBehaviours).map((now): Command => ({ do: 'messages', now })) },
    { weight: 2, arbitrary: just({ do: 'messages', now: 'acknowledges' }) },
    { weight: 3, arbitrary: keyOf(renewalBehaviours).map((now): Command => ({ do: 'renewals', now })) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom<SyncBehaviour>(
          ...(['answers', 'streams', 'fails', 'throws', 'hangs', 'returnsJunk', 'forgot'] as const),
        )
        .map((now): Command => ({ do: 'sync', now })),
    },
    {
      weight: 8,
      arbitrary: fc.constantFrom(false, false, true).map((isLost): Command => ({ do: 'post', isLost })),
    },
    { weight: 2, arbitrary: fc.nat(9).map((payload): Command => ({ do: 'say', event: 'message', payload })) },
    { weight: 20, arbitrary: ms.map((each): Command => ({ do: 'pass', ms: each })) },
    { weight: 1, arbitrary: ms.map((each): Command => ({ do: 'sleep', ms: each })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom(-86_400_000, -5_000, 5_000, 86_400_000)
        .map((each): Command => ({ do: 'adjustClock', ms: each })),
    },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('throw', 'disconnect', 'connect', 'retry')
        .map((and): Command => ({ do: 'subscribe', and })),
    },
  );
  // Chance alone seldom lets a signal come while an open link is silent, and then leaves it alone for long enough.
  const wakeUp: fc.Arbitrary<Command[]> = fc
    .tuple(
      fc.constantFrom<Network>('silent', 'silent', 'slow', 'up'),
      fc.constantFrom<Signal>('online', 'offline', 'visible', 'resumed'),
      ms,
    )
    .map(([network, signal, passing]) => [
      { do: 'network', now: network },
      { do: 'signal', now: signal },
      { do: 'pass', ms: passing },
    ]);
  const group = fc.oneof(
    { weight: 40, arbitrary: command.filter(only).map((each) => [each]) },
    { weight: 1, arbitrary: wakeUp.map((each) => each.filter(only)) },
  );
  return fc.array(group, { maxLength, size: 'max' }).map((groups) => groups.flat().slice(0, maxLength));
}

/** Does one command. What a subscriber or a promise does in answer is in the hands of `stage`. */
export async function perform(command: Command, stage: Stage): Promise<void> {
  const { connection, world } = stage;
  switch (command.do) {
    case 'connect':
      world.userActed();
      connection.connect(command.as);
      break;
    case 'disconnect':
      connection.disconnect();
      break;
    case 'retry':
      world.userActed();
      connection.retry();
      break;
    case 'credentialChanged':
      world.userActed();
      connection.credentialChanged();
      break;
    case 'signOut':
      stage.expect(stage.signOut());
      break;
    case 'dispose':
      stage.expect(connection.dispose());
      break;
    case 'ready':
      stage.expect(connection.ready());
      break;
    case 'request':
      stage.expect(connection.request('ask', { text: 'anything' }, { timeout: 5_000 }));
      break;
    case 'volatile':
      connection.volatile('typing', true);
      break;
    case 'send': {
      const { do: _, ...options } = command;
      stage.send(options);
      break;
    }
    case 'join':
    case 'leave':
      stage[command.do](command.room);
      break;
    case 'messages':
      world.backend.behaviour = messageBehaviours[command.now]();
      break;
    case 'renewals':
      world.backend.renewals = renewalBehaviours[command.now]();
      break;
    case 'sync':
      world.backend.sync = command.now;
      break;
    case 'post':
      world.post(command.isLost);
      break;
    case 'server':
      world.server = serverBehaviours[command.now]();
      break;
    case 'provider':
      world.provider = providerBehaviours[command.now]();
      break;
    case 'network':
      world.network = command.now;
      break;
    case 'signal':
      world.signal(command.now);
      break;
    case 'revokeTokens':
      world.tokens.revokeAll();
      break;
    case 'drop': {
      const loss = losses[command.because];
      if ('bye' in loss) world.link.say('holdfast:bye', loss.bye);
      world.link.cut(loss);
      break;
    }
    case 'say':
      world.link.say(command.event, command.payload);
      break;
    case 'pass':
      await world.clock.advance(command.ms);
      break;
    case 'sleep':
      await world.clock.sleep(command.ms);
      break;
    case 'adjustClock':
      world.clock.adjust(command.ms);
      break;
    case 'subscribe':
      stage.subscribe(command.and);
      break;
  }
}

/** What a run is played on. */
export interface Stage {
  readonly connection: Connection;
  readonly world: World;
  /** A promise that must settle by the end. */
  expect(promise: Promise<unknown>): void;
  /** Sends the next message, and watches what becomes of it. */
  send(options: SendOptions): void;
  join(room: string): void;
  leave(room: string): void;
  signOut(): Promise<void>;
  /** Adds a subscriber that does this, once, at the next change. */
  subscribe(and: 'throw' | 'disconnect' | 'connect' | 'retry'): void;
}
