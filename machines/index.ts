export { connectionMachine } from './connection.ts';
export type { ConnectionContext, ConnectionInput, IdleReason } from './context.ts';
export { alphabet, type ConnectionEvent } from './events.ts';
export {
  type BackoffRequest,
  defaultPolicy,
  delayBound,
  nextDelay,
  type ReconnectPolicy,
} from './policy.ts';
export type { AttemptReason, CredentialCall, CredentialPort, LinkPort, Ports } from './ports.ts';
export {
  type Classifier,
  classifySocketIo,
  type Failure,
  type FailureCode,
  hints,
  type Observed,
  type Verdict,
} from './verdict.ts';
