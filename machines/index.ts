/**
 * The chart of a connection and its policy, pure, for those who embed it: effects come in through ports. It needs `xstate`
 * alone.
 *
 * @module holdfast/machine
 */

export { connectionMachine } from './connection.ts';
export type {
  ConnectionContext,
  ConnectionInput,
  IdleReason,
  RenewPolicy,
  RestorePolicy,
} from './context.ts';
export {
  alphabet,
  type ConnectionEvent,
  type CredentialEvent,
  type InboxEvent,
  type LinkEvent,
  type ProbeEvent,
  type RenewalEvent,
  type RestoringEvent,
  type RestoringStep,
  type UserEvent,
  type WorldEvent,
} from './events.ts';
export {
  type BackoffRequest,
  defaultPolicy,
  delayBound,
  nextDelay,
  type ReconnectPolicy,
} from './policy.ts';
export type {
  AttemptReason,
  CredentialCall,
  CredentialPort,
  LinkPort,
  Ports,
  SessionPort,
} from './ports.ts';
export {
  type Classifier,
  classifySocketIo,
  type Failure,
  type FailureCode,
  hints,
  type Observed,
  type Verdict,
} from './verdict.ts';
