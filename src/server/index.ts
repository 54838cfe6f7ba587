/**
 * The server part, for any Socket.IO server, each part useful alone. It needs `socket.io`, and `jose`, `prom-client` or a
 * client of `redis` where those are used.
 *
 * @module holdfast/server
 */

export type { ByeCode, RefusalCode, RefusedWish } from '../wire.ts';
export { type AdmissionOptions, admission } from './admission.ts';
export type { AnyResponse, Handler } from './answer.ts';
export { type AuthenticateOptions, authenticate } from './authenticate.ts';
export { type CloseOptions, close } from './close.ts';
export { type MemoryDedupeOptions, memoryDedupe } from './dedupe/memory.ts';
export { type RedisDedupeOptions, redisDedupe } from './dedupe/redis.ts';
export type { Claim, DedupeStore } from './dedupe/store.ts';
export { type DrainOptions, drain, drainable } from './drain.ts';
export { type DuplicatesOptions, duplicates } from './duplicates.ts';
export { AuthError, ServerError, type ServerErrorCode } from './errors.ts';
export type { Answer, EventsMap, Payload } from './events-map.ts';
export {
  type ExactlyOnce,
  type ExactlyOnceOptions,
  exactlyOnce,
  type MessageContext,
  type MessageHandler,
} from './exactly-once.ts';
export type { Drained } from './farewell.ts';
export { type Health, type HealthOptions, health } from './health.ts';
export { type MemoryHistoryOptions, memoryHistory } from './history/memory.ts';
export { type RedisHistory, type RedisHistoryOptions, redisHistory } from './history/redis.ts';
export type {
  Appended,
  Budget,
  DeliveredMessage,
  Follower,
  HistorySize,
  HistoryStore,
  KeptMessage,
  NewMessage,
  Page,
  Reading,
} from './history/store.ts';
export { type InstrumentOptions, type Instruments, instrument } from './instrument.ts';
export { type JwtOptions, jwt } from './jwt.ts';
export type { KeySource } from './jwt-keys.ts';
export { kick } from './kick.ts';
export { type Logger, log } from './log.ts';
export { type Notice, onNotice } from './notices.ts';
export { type RedisPresenceOptions, redisPresence } from './presence/redis.ts';
export type { PresenceStore } from './presence/store.ts';
export { type Online, type Presence, type PresenceOptions, presence } from './presence.ts';
export type { Presented } from './recovery.ts';
export type { RedisClient, RedisReader, RedisSource, ScriptOptions } from './redis-client.ts';
export { type RefusalAnswer, Refuse, type RefuseOptions } from './refuse.ts';
export type { MayJoin } from './rooms/doorkeeper.ts';
export { type BroadcastOptions, type Rooms, type RoomsOptions, rooms } from './rooms.ts';
export { userRoom } from './user-room.ts';
export type { UserOf } from './users.ts';
export type { Identity, Verify } from './verify.ts';
