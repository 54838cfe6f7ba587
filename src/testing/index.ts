/**
 * A simulated world of virtual time and named behaviours, the promises as invariants, and what a link or a store of your
 * own must do. It needs `fast-check`.
 *
 * @module holdfast/testing
 */

export {
  type Arrival,
  acknowledges,
  acknowledgesRepeats,
  answersRenewalsWith,
  asksAgain,
  type Backend,
  type MessageBehaviour,
  neverAcknowledges,
  neverAnswersRenewals,
  type Post,
  putsOffRenewals,
  type RenewalBehaviour,
  refusesMessages,
  refusesRenewals,
  type SyncBehaviour,
  takesRenewals,
} from './backend.ts';
export { createVirtualClock, settlePromises, type VirtualClock } from './clock.ts';
export {
  type Command,
  commands,
  losses,
  messageBehaviours,
  providerBehaviours,
  renewalBehaviours,
  serverBehaviours,
} from './commands.ts';
export {
  type ConformanceCase,
  type ConformanceOptions,
  type HandshakeBehaviour,
  type LinkUnderTest,
  linkConformance,
  type ServerHands,
} from './conformance.ts';
export { assertConnectionHolds, type HoldOptions, type Plan, plans } from './hold.ts';
export { finalInvariants, type Invariant, invariants, type Observation } from './invariants.ts';
export type { MessageMaker } from './ledger.ts';
export type { Network } from './link-world.ts';
export {
  fails,
  grants,
  ignoresRefresh,
  neverSettles,
  type ProviderBehaviour,
  type ProviderWorld,
  returnsJunk,
  saysNobody,
  settlesLate,
  throws,
} from './provider.ts';
export { createRandom } from './random.ts';
export { replay } from './replay.ts';
export { BrokenPromise, type OptionsInWorld, type RunOptions, run, type StagedRun, stage } from './run.ts';
export {
  accepts,
  acceptsThenDrops,
  answersLate,
  closesDuringHandshake,
  delayed,
  type Handshake,
  hangs,
  isBusy,
  kicks,
  type Message,
  refuses,
  refusesCredential,
  refusesUntilRefreshed,
  type ServerBehaviour,
  sequence,
} from './server.ts';
export type { LiveAttempt, SimulatedLink } from './simulated-link.ts';
export type { StoreBehaviour } from './store.ts';
export {
  outboxStoreConformance,
  type StoreConformanceCase,
  type StoreConformanceOptions,
  type StoreUnderTest,
} from './store-conformance.ts';
export { tell } from './tell.ts';
export type { Tokens } from './tokens.ts';
export type { WireCall, WireLink, WireTap } from './wire.ts';
export { createWorld, type Witness, type World, type WorldOptions } from './world.ts';
