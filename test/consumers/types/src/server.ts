/** Everything of `holdfast/server` in use. */
import { createServer, type Server as HttpServer } from 'node:http';
import {
  type AdmissionOptions,
  type Answer,
  type AnyResponse,
  type Appended,
  AuthError,
  type AuthenticateOptions,
  admission,
  authenticate,
  type BroadcastOptions,
  type Budget,
  type Claim,
  type DedupeStore,
  type DeliveredMessage,
  type Drained,
  type DrainOptions,
  type DuplicatesOptions,
  drain,
  drainable,
  duplicates,
  type EventsMap,
  type ExactlyOnce,
  type ExactlyOnceOptions,
  exactlyOnce,
  type Follower,
  type Handler,
  type Health,
  type HealthOptions,
  type HistorySize,
  type HistoryStore,
  health,
  type Identity,
  type InstrumentOptions,
  type Instruments,
  instrument,
  type JwtOptions,
  jwt,
  type KeptMessage,
  kick,
  type Logger,
  log,
  type MayJoin,
  type MemoryDedupeOptions,
  type MemoryHistoryOptions,
  type MessageContext,
  type MessageHandler,
  memoryDedupe,
  memoryHistory,
  type NewMessage,
  type Notice,
  type Online,
  onNotice,
  type Page,
  type Payload,
  type Presence,
  type PresenceOptions,
  type PresenceStore,
  type Presented,
  presence,
  type Reading,
  type RedisClient,
  type RedisDedupeOptions,
  type RedisHistory,
  type RedisHistoryOptions,
  type RedisPresenceOptions,
  type RedisReader,
  type RedisSource,
  type RefusalAnswer,
  Refuse,
  type RefuseOptions,
  type Rooms,
  type RoomsOptions,
  redisDedupe,
  redisHistory,
  redisPresence,
  rooms,
  type ScriptOptions,
  ServerError,
  type ServerErrorCode,
  type UserOf,
  userRoom,
  type Verify,
} from 'holdfast/server';
import { Registry } from 'prom-client';
import { createClient } from 'redis';
import { Server, type Socket } from 'socket.io';
import type { ClientToServer, ServerToClient } from './events.js';

interface Claims {
  readonly roles: readonly string[];
}
type Data = Identity<Claims>;
type OurSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, Data>;

export async function serve(): Promise<HttpServer> {
  const http = createServer();
  const io = new Server<ClientToServer, ServerToClient, Record<string, never>, Data>(http);
  const instrumented: InstrumentOptions = { registry: new Registry(), prefix: 'app_' };
  const { scrape }: Instruments = instrument(io, instrumented);
  const logger: Logger = console;
  log(io, logger);
  drainable(io);
  const admitted: AdmissionOptions = { rate: 200 };
  admission(io, admitted);

  const jwtOptions: JwtOptions<Claims> = { secret: () => process.env['JWT_SECRET'], audience: 'chat' };
  const good = jwt<Claims>(jwtOptions);
  const verify: Verify<Claims> = async (token) => {
    const identity = await good(token);
    if (identity?.claims.roles.length === 0) throw new AuthError('forbidden', 'no role');
    return identity;
  };
  const asked: AuthenticateOptions<Claims> = { verify, token: ({ auth }: Presented) => auth['token'] };
  authenticate(io, asked);
  const alone: DuplicatesOptions = { policy: 'newest' };
  duplicates(io, alone);

  const client = await createClient({ url: 'redis://redis:6379' }).connect();
  const source: RedisSource = client;
  const plainClient: RedisClient = client;
  const reader: RedisReader = source.duplicate();
  const keys: ScriptOptions = { keys: [], arguments: [] };
  await reader.eval('return 1', keys);

  const kept: RedisHistoryOptions = { messages: 100 };
  const keptHere: MemoryHistoryOptions = { messages: 100 };
  const history: RedisHistory = redisHistory(source, kept);
  const histories: readonly HistoryStore[] = [history, memoryHistory(keptHere)];
  const userOf: UserOf<OurSocket> = (socket) => socket.data.user;
  const mayJoin: MayJoin<OurSocket> = ({ user, room, socket }) =>
    socket.data.user === user && room !== 'cellar';
  const roomOptions: RoomsOptions<OurSocket> = { mayJoin, user: userOf, history };
  const { broadcast, remove }: Rooms<ServerToClient> = rooms(io, roomOptions);

  const once: RedisDedupeOptions = { prefix: 'app:once:' };
  const onceHere: MemoryDedupeOptions = { items: 100 };
  const dedupes: readonly DedupeStore[] = [redisDedupe(plainClient, once), memoryDedupe(onceHere)];
  const onceOptions: ExactlyOnceOptions<OurSocket> = { store: memoryDedupe(), user: userOf };
  const { onMessage }: ExactlyOnce<ClientToServer, OurSocket> = exactlyOnce(io, onceOptions);
  const handler: MessageHandler<ClientToServer, 'message:send', OurSocket> = async (
    { text },
    { id, user }: MessageContext<OurSocket>,
  ) => {
    const refused: RefuseOptions = { details: { most: 500 } };
    if (text.length > 500) throw new Refuse('too-long', refused);
    const told: BroadcastOptions = { ...(id !== undefined && { id }), exceptUsers: ['mallory'] };
    await broadcast('lobby', 'message:new', { from: user, text }, told);
    const answer: Answer<ClientToServer, 'message:send'> = { id: 1 };
    return answer;
  };
  onMessage('message:send', handler);
  // @ts-expect-error no such event
  onMessage('message:sent', handler);
  // @ts-expect-error no such payload
  await broadcast('lobby', 'message:new', { from: 'alice' });

  const there: RedisPresenceOptions = { expiry: 5_000 };
  const store: PresenceStore = redisPresence(plainClient, there);
  const presenceOptions: PresenceOptions<OurSocket> = { user: userOf, store };
  const watched: Presence = presence(io, presenceOptions);
  const online: Online = await watched.online(['alice']);

  const healthOptions: HealthOptions = { capacity: 10_000 };
  const { live, ready }: Health = health(io, healthOptions);
  const handlers: readonly Handler[] = [scrape, live, ready];
  http.on('request', (request, response) => handlers[0]?.(request, response satisfies AnyResponse));

  const stop = onNotice(io, (notice: Notice) => {
    if (notice.kind === 'refused') logger.info({ code: notice.code }, notice.detail);
  });
  io.on('connection', ({ data }) => console.log(data.user, data.claims?.roles, online['alice']));
  process.once('SIGTERM', async () => {
    stop();
    const slowly: DrainOptions = { over: 5_000 };
    const { dismissed, cut }: Drained = await drain(io, slowly);
    console.log(dismissed, cut, histories.length, dedupes.length);
  });
  kick(io, 'mallory', 'expired');
  remove('mallory', 'lobby', 'left the team');
  io.to(userRoom('alice')).emit('message:new', { from: 'bob', text: 'hello' });
  return http;
}

export function explain(error: unknown): ServerErrorCode | undefined {
  return error instanceof ServerError ? error.code : undefined;
}

/** A history of one's own. */
export class NoHistory implements HistoryStore {
  append(_: string, { event }: NewMessage): Appended {
    return { cursor: event, isRepeat: false };
  }
  read(asked: readonly Reading[], { messages }: Budget): readonly Page[] {
    const none: readonly KeptMessage[] = [];
    return asked.map(({ after }) => ({ cursor: after ?? '0', messages: none.slice(0, messages) }));
  }
  follow(follower: Follower): void {
    const message: DeliveredMessage = {
      cursor: 'a:1',
      event: '',
      payload: '',
      exceptUsers: [],
      exceptSockets: [],
    };
    follower.deliver('lobby', message);
  }
  size(): HistorySize {
    return { rooms: 0 };
  }
}

/** A store of one's own for what was done. */
export const forgetful: DedupeStore = {
  begin: async (): Promise<Claim> => ({ state: 'mine' }),
  extend: async () => true,
  finish: async () => true,
  release: async () => {},
};

export const refusal: RefusalAnswer = { error: { code: 'too-long' }, retryable: true };
export const payload: Payload<ClientToServer, 'typing'> = 'lobby';
export const maps: readonly EventsMap[] = [];
