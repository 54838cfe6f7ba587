import {
  type Connection,
  createConnection,
  type DeliveryState,
  holdfast,
  type Inbound,
  type Membership,
  type SendOptions,
  type Signal,
  type Stats,
  type Status,
  socketIo,
} from 'holdfast';
import type { ClientToServer } from '../../examples/cluster/events.ts';
import { forbiddenTo, roomsOf } from '../../examples/cluster/rooms.ts';
import type { News } from '../audit/news.ts';
import { noteEvent, type ServerSays } from '../words.ts';
import { credentialTimeout, IdentityProvider } from './identity-provider.ts';
import { StatusWatch } from './status-watch.ts';
import { hasToken } from './tokens.ts';

export interface DeviceOptions {
  /** Two who share it. */
  readonly users: readonly [string, string];
  readonly url: string;
  /** How many rooms there are, and where the log of each began. */
  readonly rooms: number;
  readonly starts: Readonly<Record<string, string>>;
  readonly secret: string;
  readonly random: () => number;
  /** How soon tokens are over, 1 being usual. */
  readonly pace: number;
  readonly tell: (news: News) => void;
}

/** One connection, and the app around it: it logs users in and out, keeps how far each has read, and tells what it sees. */
export class Device {
  readonly connection: Connection<ServerSays, ClientToServer>;
  readonly provider: IdentityProvider;
  readonly users: readonly [string, string];
  readonly #options: DeviceOptions;
  readonly #watch = new StatusWatch();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** By user: how many messages they sent, how many of these have no end yet, and the cursor of the last that was read in each room. */
  readonly #counts = new Map<string, number>();
  readonly #unsettled = new Map<string, number>();
  readonly #cursors = new Map<string, Map<string, string>>();
  #memberships: readonly Membership[] = [];
  #signal: (signal: Signal) => void = () => {};
  /** Whom the app is connected as. */
  #user: string | null = null;
  /** Whose rooms are joined. */
  #lastUser: string | null = null;

  constructor(options: DeviceOptions) {
    const { url, secret, random, pace } = options;
    this.#options = options;
    this.users = options.users;
    this.provider = new IdentityProvider({ secret, random, tells: random() < 0.5, pace });
    this.connection = createConnection<ServerSays, ClientToServer>({
      link: socketIo(url),
      credential: (request) => this.provider.credential(request),
      credentialTimeout,
      probe: { timeout: 3_000 },
      // One in ten gives up, and is told to go on.
      reconnect: random() < 0.1 ? { giveUpAfter: 20_000 } : {},
      renew: { leadTime: 8_000 },
      dialect: holdfast(),
      signals: { subscribe: (listener) => this.#listen(listener) },
      // So that it is full, and as large as it gets, before the memory is looked at.
      traceLength: 20,
      random,
    });
    this.connection.status$.subscribe((status) => this.#noteStatus(status));
    this.connection.messages$.subscribe((message) => this.#noteMessage(message));
    this.connection.gaps$.subscribe(({ stream, reason }) => {
      const user = this.#user;
      if (user === null) return;
      options.tell(['gap', user, stream === undefined ? this.#roomsOf(user) : [stream], reason]);
    });
    this.connection.problems$.subscribe((problem) => this.#search(problem, 'a problem'));
  }

  get user(): string | null {
    return this.#user;
  }

  /** Messages of whoever is connected that have no end yet. */
  get unsettled(): number {
    return this.#user === null ? 0 : (this.#unsettled.get(this.#user) ?? 0);
  }

  get isLive(): boolean {
    const status = this.connection.getStatus();
    if (status.state !== 'connected' || status.phase !== 'live' || status.degraded.length > 0) return false;
    return this.#memberships.every(({ state }) => state.state === 'joined');
  }

  get stats(): Stats {
    return this.connection.stats();
  }

  /** Connects as this user, whoever it was before. */
  logIn(user: string): void {
    const isSame = this.#lastUser === user;
    this.#user = user;
    this.#lastUser = user;
    this.connection.connect(user);
    // Rooms are forgotten with a user, and stay over a pause.
    if (!isSame) this.#join(user);
  }

  disconnect(): void {
    this.#user = null;
    this.connection.disconnect();
  }

  signOut(): void {
    this.#user = null;
    this.#lastUser = null;
    this.#memberships = [];
    void this.connection.signOut();
  }

  /** To one of the user's rooms; or, `forbidden`, to one that they have no right to. Nothing when nobody is connected. */
  send({ forbidden = false, ...options }: SendOptions & { readonly forbidden?: boolean } = {}): void {
    const user = this.#user;
    if (user === null) return;
    const { random, rooms, tell } = this.#options;
    const theirs = this.#roomsOf(user);
    const room = forbidden ? forbiddenTo(user, rooms) : (theirs[Math.floor(random() * theirs.length)] ?? '');
    const count = this.#counts.get(user) ?? 0;
    this.#counts.set(user, count + 1);
    const key = `${user}/${count}`;
    let last: DeliveryState = 'queued';
    try {
      const { state$ } = this.connection.send('message:send', { room, key }, options);
      tell(['sent', key, room]);
      this.#unsettled.set(user, (this.#unsettled.get(user) ?? 0) + 1);
      state$.subscribe({
        next: (state) => {
          last = state;
        },
        complete: () => {
          this.#unsettled.set(user, (this.#unsettled.get(user) ?? 0) - 1);
          tell(['ended', key, last]);
        },
      });
    } catch (error) {
      tell(['wrong', 'refused-send', `${key}: ${(error as Error).message}`]);
    }
  }

  signal(signal: Signal): void {
    this.#signal(signal);
  }

  /** Calls it after so many ms, unless the device ends before. */
  later(ms: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, ms);
    this.#timers.add(timer);
  }

  /** Nothing is wrong any more on this side, and this user is connected. What was to happen later does not. */
  settleAs(user: string): void {
    this.#clear();
    this.provider.mood = 'well';
    for (const signal of ['online', 'visible', 'resumed'] as const) this.signal(signal);
    this.logIn(user);
    this.connection.retry();
  }

  /** Everything that it says of itself, searched for credentials. */
  searchAll(): void {
    const { actor } = this.connection;
    this.#search(
      [this.connection.trace(), this.connection.stats(), actor.getSnapshot()],
      'trace, stats, snapshot',
    );
  }

  async end(): Promise<void> {
    this.#clear();
    this.#user = null;
    await this.connection.dispose();
  }

  #roomsOf(user: string): readonly string[] {
    return roomsOf(user, this.#options.rooms);
  }

  /** From where the user left off, or from the beginning. */
  #join(user: string): void {
    const cursors = this.#cursors.get(user);
    this.#memberships = this.#roomsOf(user).map((room) =>
      this.connection.join(room, { after: cursors?.get(room) ?? this.#options.starts[room] ?? '' }),
    );
  }

  #listen(listener: (signal: Signal) => void): () => void {
    this.#signal = listener;
    return () => {
      this.#signal = () => {};
    };
  }

  #noteMessage(message: Inbound<ServerSays>): void {
    const user = this.#user;
    if (message.event === noteEvent) {
      this.#options.tell(['note', user, message.payload.to]);
      return;
    }
    if (message.event !== 'message:new') return;
    const { room, key } = message.payload;
    this.#options.tell(['got', user, room, key]);
    if (user === null || message.cursor === undefined) return;
    const cursors = this.#cursors.get(user) ?? new Map<string, string>();
    this.#cursors.set(user, cursors.set(room, message.cursor));
  }

  #noteStatus(status: Status): void {
    const { tell, random } = this.#options;
    const wrong = this.#watch.next(status, this.#user);
    if (wrong !== undefined) tell(['wrong', 'status', `${this.#lastUser}: ${wrong}`]);
    if ('cause' in status) this.#search(status.cause, 'a cause');
    if (status.state !== 'auth-failed' && status.state !== 'exhausted') return;
    const { code } = status.cause;
    if (status.state === 'auth-failed') {
      if (code !== 'credential-refused') tell(['turned-away', status.identity, code]);
      else if (!this.provider.hasRefused)
        tell(['wrong', 'driven', `${status.identity} was there, and is ${code}`]);
      this.provider.hasRefused = false;
    }
    // The app shows why, and a person acts.
    this.later(1_000 + 3_000 * random(), () => {
      if (this.#user === null) return;
      this.provider.mood = 'well';
      if (this.connection.getStatus().state === 'exhausted') this.connection.retry();
      else if (random() < 0.5) this.connection.credentialChanged();
      else this.connection.connect();
    });
  }

  #search(said: unknown, where: string): void {
    const text = said instanceof Error ? `${said.message} ${JSON.stringify(said)}` : JSON.stringify(said);
    if (hasToken(text)) this.#options.tell(['wrong', 'leak', `${this.#lastUser}: ${where}`]);
  }

  #clear(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }
}
