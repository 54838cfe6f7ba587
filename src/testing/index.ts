export * from './backend.ts';
export { createVirtualClock, settlePromises, type VirtualClock } from './clock.ts';
export {
  type Command,
  commands,
  losses,
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
export * from './provider.ts';
export { createRandom } from './random.ts';
export { replay } from './replay.ts';
export { BrokenPromise, type OptionsInWorld, type RunOptions, run, stage } from './run.ts';
export * from './server.ts';
export type { SimulatedLink } from './simulated-link.ts';
export type { StoreBehaviour } from './store.ts';
export {
  outboxStoreConformance,
  type StoreConformanceCase,
  type StoreConformanceOptions,
  type StoreUnderTest,
} from './store-conformance.ts';
export { tell } from './tell.ts';
export type { Tokens } from './tokens.ts';
export { createWorld, type World, type WorldOptions } from './world.ts';
