/**
 * The client: a connection, the link over Socket.IO, the dialects, and the types of everything that they take and give.
 * It needs `xstate`, `rxjs` and `socket.io-client` beside it.
 *
 * @module holdfast
 */

export type { IdleReason } from '../machines/context.ts';
export type { BackoffRequest } from '../machines/policy.ts';
export type { AttemptReason } from '../machines/ports.ts';
export {
  type Classifier,
  classifySocketIo,
  type Failure,
  type FailureCode,
  type Observed,
  type Verdict,
} from '../machines/verdict.ts';
export { AnswerRefused, type RequestOptions } from './calls.ts';
export type { Clock } from './clock.ts';
export { createConnection } from './connection.ts';
export type { Connection, ReadonlyActor } from './connection-api.ts';
export type { Credential, CredentialProvider, CredentialRequest } from './credential.ts';
export type {
  Call,
  Dialect,
  LogDialect,
  LogGreeting,
  LogItem,
  LogPlace,
  LogPosition,
  LogReader,
  LogReading,
  OutgoingMessage,
  ReadAnswer,
} from './dialect/dialect.ts';
export { holdfast } from './dialect/holdfast.ts';
export { type PlainOptions, plain } from './dialect/plain.ts';
export {
  CredentialRefused,
  CursorUnknown,
  type ErrorCode,
  HoldfastError,
  isHoldfastError,
} from './errors.ts';
export type { Answer, DefaultEventsMap, EventName, EventsMap, Payload } from './events-map.ts';
export type { Identify, Merge, MessageIdentity } from './identify.ts';
export type { Inbound } from './inbound.ts';
export type { Gap, GapReason } from './inbox/gap.ts';
export type { Inspector, Watched } from './inspection.ts';
export { type Auth, type Link, LinkCallError, type LinkSession, type LinkSink } from './link/link.ts';
export { socketIo } from './link/socket-io.ts';
export type { SocketIoOptions, Transport } from './link/socket-io-options.ts';
export { type JoinOptions, type Membership, type MembershipState, RoomRefused } from './membership.ts';
export type { ConnectionOptions, OutboxOptions, ReconnectOptions } from './options.ts';
export { OutboxFull } from './outbox/checks.ts';
export type { Delivery, DeliveryState, OutboxView, SendOptions } from './outbox/delivery.ts';
export { memoryStore } from './outbox/memory-store.ts';
export type { LoadedEntries, OutboxEntry, OutboxStore } from './outbox/store.ts';
export type { Problem } from './problems.ts';
export type { RoomStates } from './rooms-view.ts';
export { Secret } from './secret.ts';
export type { Signal, Signals } from './signals.ts';
export type { Stats } from './stats.ts';
export type { ConnectionSnapshot, Status } from './status.ts';
export { type SteadyOptions, steady } from './steady.ts';
export type { Sync, SyncItem, SyncOptions, SyncRequest } from './sync-port.ts';
export type { Trace, TraceContext, TraceEntry, TraceSettings } from './trace.ts';
