/** Everything of `holdfast` in use, with events typed as in Socket.IO. */
import {
  type Answer,
  AnswerRefused,
  type AttemptReason,
  type Auth,
  type BackoffRequest,
  type Call,
  type Classifier,
  type Clock,
  type Connection,
  type ConnectionOptions,
  type Credential,
  type CredentialProvider,
  CredentialRefused,
  type CredentialRequest,
  CursorUnknown,
  classifySocketIo,
  createConnection,
  type DefaultEventsMap,
  type Delivery,
  type DeliveryState,
  type Dialect,
  type ErrorCode,
  type EventName,
  type EventsMap,
  type Gap,
  type GapReason,
  HoldfastError,
  holdfast,
  type Identify,
  type Inbound,
  type Inspector,
  isHoldfastError,
  type Link,
  LinkCallError,
  type LinkSession,
  type LinkSink,
  type LoadedEntries,
  type Membership,
  type MembershipState,
  type Merge,
  type MessageIdentity,
  memoryStore,
  type Observed,
  type OutboxEntry,
  OutboxFull,
  type OutboxOptions,
  type OutboxStore,
  type OutboxView,
  type OutgoingMessage,
  type Payload,
  type PlainOptions,
  type Problem,
  plain,
  type ReadAnswer,
  type ReadonlyActor,
  type ReconnectOptions,
  type RequestOptions,
  RoomRefused,
  Secret,
  type SendOptions,
  type Signal,
  type Signals,
  type SocketIoOptions,
  type Stats,
  type Status,
  type SteadyOptions,
  type Sync,
  type SyncItem,
  type SyncOptions,
  type SyncRequest,
  socketIo,
  steady,
  type Trace,
  type TraceContext,
  type TraceEntry,
  type TraceSettings,
  type Transport,
  type Verdict,
} from 'holdfast';
import { type Observable, of } from 'rxjs';
import type { ClientToServer, Post, ServerToClient } from './events.js';

/** Fails to compile unless both are the same type: `any` is no answer. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const isSo = <_ extends true>() => {};

const transports: readonly Transport[] = ['websocket', 'polling'];
const linkOptions: SocketIoOptions = { path: '/realtime', transports };
const link: Link = socketIo('https://api.example.com', linkOptions);

const credential: CredentialProvider = async ({ identity, reason, attempt, signal }: CredentialRequest) => {
  const why: AttemptReason = reason;
  if (why === 'kicked' && attempt > 3) throw new CredentialRefused();
  const granted: Credential = { token: identity, expiresIn: signal.aborted ? 0 : 60_000 };
  return granted;
};

const clock: Clock = { setTimeout, clearTimeout, now: () => Date.now() };
const reconnect: ReconnectOptions = {
  first: 500,
  maxAttempts: 10,
  backoff: ({ attempt, elapsed, cause }: BackoffRequest) =>
    cause.code === 'kicked' ? 'give-up' : attempt * 100 + elapsed,
};
const classify: Classifier = (observed: Observed): Verdict => ({
  ...classifySocketIo(observed),
  retry: observed.status === 402 ? 'never' : 'backoff',
});
const plainOptions: PlainOptions = { idKey: 'id', join: (room: string, call: Call) => call('enter', room) };
const dialects: readonly Dialect[] = [holdfast(), plain(plainOptions)];
const dialect: Dialect = {
  ...plain(),
  encode: ({ id, payload }: OutgoingMessage) => [{ id, payload }],
  readAnswer: (answer): ReadAnswer => ({ ok: true, value: answer }),
};

const entries = new Map<string, OutboxEntry>();
const store: OutboxStore = {
  load: (): LoadedEntries => ({ entries: [...entries.values()], corrupt: [] }),
  put: (_, entry) => void entries.set(entry.id, entry),
  remove: (_, id) => void entries.delete(id),
  clear: () => entries.clear(),
};
const outbox: OutboxOptions = { store, capacity: { items: 100 }, ttl: 60_000 };
const stores: readonly OutboxStore[] = [store, memoryStore()];

const identify: Identify = ({ payload }): MessageIdentity | undefined => payload?.id && { id: payload.id };
const merge: Merge = (first, second) => (first.receivedAt > second.receivedAt ? first : second);
const items: readonly SyncItem[] = [{ event: 'message:new', payload: { from: 'bob', text: 'hello' } }];
const fetchMissed: Sync = ({ since, cursors, signal }: SyncRequest) => {
  if (since === null || signal.aborted || cursors['lobby'] === undefined) throw new CursorUnknown();
  return of(...items);
};
const sync: SyncOptions = { fetch: fetchMissed, retries: 1 };
const signals: Signals = {
  isOnline: () => true,
  subscribe(listener: (signal: Signal) => void) {
    listener('online');
    return () => {};
  },
};
const inspect: Inspector = { next: (event) => event.type, watch: (watched) => void watched.stats() };

const options: ConnectionOptions = {
  link,
  credential,
  clock,
  reconnect,
  classify,
  dialect: dialects[0] ?? dialect,
  renew: { leadTime: 30_000 },
  outbox,
  identify,
  merge,
  sync,
  signals,
  inspect,
  random: Math.random,
};

export const connection: Connection<ServerToClient, ClientToServer> = createConnection<
  ServerToClient,
  ClientToServer
>(options);

export function words(status: Status): string {
  switch (status.state) {
    case 'idle':
      return status.reason;
    case 'authenticating':
      return status.phase;
    case 'connected':
      return status.degraded.map(({ message }: Problem) => message).join();
    case 'reconnecting':
      return `${status.attempt} ${status.retryAt ?? ''} ${status.cause.hint}`;
    case 'auth-failed':
    case 'exhausted':
      return status.cause.code satisfies ErrorCode;
  }
}

export async function use(): Promise<void> {
  const steadied: SteadyOptions = { grace: 500, clock };
  steady(connection.status$, steadied).subscribe((status) => words(status));
  connection.subscribe(() => words(connection.getStatus()));

  const said: Observable<Post> = connection.on('message:new');
  said.subscribe(({ text }) => text.toUpperCase());
  connection.messages$.subscribe((message: Inbound<ServerToClient>) => {
    if (message.event === 'message:new') isSo<Same<typeof message.payload, Post>>();
    else isSo<Same<typeof message.payload, { readonly room: string }>>();
  });
  connection.gaps$.subscribe(({ reason, reload }: Gap) => reload && (reason satisfies GapReason));
  connection.problems$.subscribe(({ code }: Problem) => code satisfies ErrorCode);
  connection.outbox$.subscribe(({ queued, oldest }: OutboxView) => queued + (oldest ?? 0));
  connection.rooms$.subscribe((rooms) => rooms.get('lobby')?.state);

  const sendOptions: SendOptions = { once: true, ttl: 1_000 };
  const delivery: Delivery<{ readonly id: number }> = connection.send(
    'message:send',
    { text: 'hello' },
    sendOptions,
  );
  delivery.state$.subscribe((state: DeliveryState) => state === 'acknowledged');
  const { id } = await delivery.acknowledged;
  isSo<Same<typeof id, number>>();
  const requestOptions: RequestOptions = { timeout: 5_000, signal: AbortSignal.timeout(5_000) };
  const answer = await connection.request('message:send', { text: 'hello' }, requestOptions);
  isSo<Same<typeof answer, { readonly id: number }>>();
  isSo<Same<ReturnType<typeof connection.volatile>, boolean>>();
  connection.volatile('typing', 'lobby');

  // @ts-expect-error no such event
  connection.on('message:old');
  // @ts-expect-error no such payload
  connection.send('message:send', { txt: 'hello' });

  const membership: Membership = connection.join('lobby', { after: 'cursor' });
  membership.state$.subscribe((state: MembershipState) => state.state === 'refused');
  connection.connect('alice');
  await connection.ready();
  const actor: ReadonlyActor = connection.actor;
  const { attempt } = actor.getSnapshot().context;
  isSo<Same<typeof attempt, number>>();
  const stats: Stats = connection.stats();
  const trace: Trace = connection.trace();
  const settings: TraceSettings = trace.settings;
  const context: TraceContext = trace.start.context;
  const last: TraceEntry | undefined = trace.entries.at(-1);
  console.log(stats.attempts, settings.maxAttempts, context.attempt, last?.event.type, stores.length);
  await connection.dispose();
}

export async function untilDisposed(): Promise<void> {
  await using held = createConnection({ link, credential: false });
  // Events that nobody typed carry anything.
  isSo<Same<typeof held, Connection<DefaultEventsMap, DefaultEventsMap>>>();
  held.send('whatever', { it: 'is' });
}

export function explain(error: unknown): string {
  if (error instanceof OutboxFull) return `${error.items} wait`;
  if (error instanceof AnswerRefused || error instanceof RoomRefused) return String(error.answer);
  if (error instanceof LinkCallError) return error.reason;
  if (error instanceof HoldfastError || isHoldfastError(error)) return `${error.code}: ${error.hint}`;
  return 'something else';
}

/** A link of one's own. */
export class NoLink implements Link {
  open(identity: string, sink: LinkSink): LinkSession {
    return {
      dial: (epoch) => sink.failed(epoch, { during: 'failed', message: identity }),
      authenticate(_, auth: Secret<Auth> | null) {
        auth?.expose()['token'];
      },
      hangUp() {},
      emit: () => false,
      call: async () => Promise.reject(new LinkCallError('not-open')),
      close: async () => {},
    };
  }
}

export const secret: Secret<string> = new Secret('a token');
isSo<Same<Payload<ClientToServer, 'message:send'>, { readonly text: string }>>();
isSo<Same<Answer<ClientToServer, 'message:send'>, { readonly id: number }>>();
isSo<Same<Answer<ClientToServer, 'typing'>, unknown>>();
isSo<Same<EventName<ClientToServer>, 'message:send' | 'typing'>>();
export const maps: readonly EventsMap[] = [];
