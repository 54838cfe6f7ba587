import { SimulatedClock } from 'xstate';
import {
  type Auth,
  type Connection,
  type ConnectionOptions,
  type CredentialProvider,
  type CredentialRequest,
  createConnection,
  type Link,
  LinkCallError,
  type LinkSession,
  type LinkSink,
  type Observed,
  type Problem,
  type Status,
} from '../../src/index.ts';

/** One dial that the machine asked for, with the hands of a server on it. */
export interface Dial {
  readonly epoch: number;
  readonly identity: string;
  /** What was presented, once it was. */
  auth: Auth | null | undefined;
  isOver: boolean;
  /** It was left so that the server can recover its session. */
  isKept: boolean;
  open(details?: { recovered?: boolean }): void;
  refuse(data?: unknown, message?: string): void;
  fail(observed?: Partial<Observed>): void;
  lose(observed?: Partial<Observed>): void;
  say(event: string, ...args: unknown[]): void;
}

/** A link whose server is the test itself. Says everything it is told to, also late: the machine must cope. */
export function createHandLink() {
  const dials: Dial[] = [];
  const sessions: { identity: string; isClosed: boolean }[] = [];
  const sent: { event: string; args: readonly unknown[] }[] = [];
  const probes: (() => void)[] = [];
  let answersProbes = true;
  let answer: (event: string, args: readonly unknown[], timeout: number) => Promise<unknown> = async () =>
    Promise.reject(new LinkCallError('timeout'));

  const link: Link = {
    open(identity, sink) {
      const session = { identity, isClosed: false };
      sessions.push(session);
      const hands: LinkSession = {
        dial: (epoch) => dials.push(dialOf(epoch, identity, sink)),
        authenticate(epoch, auth) {
          const dial = dials.find((each) => each.epoch === epoch);
          if (dial) dial.auth = auth === null ? null : auth.expose();
        },
        hangUp(epoch, { keepSession }) {
          const dial = dials.find((each) => each.epoch === epoch);
          if (dial && !dial.isOver) Object.assign(dial, { isOver: true, isKept: keepSession });
        },
        emit(event, args) {
          sent.push({ event, args });
          return true;
        },
        call(event, args, timeout) {
          sent.push({ event, args });
          return answer(event, args, timeout);
        },
        probe(answered) {
          probes.push(answered);
          if (answersProbes) answered();
        },
        async close() {
          session.isClosed = true;
        },
      };
      return hands;
    },
  };

  return {
    link,
    dials,
    sessions,
    sent,
    /** Signs of life that were asked for, each with the hand that gives it. */
    probes,
    fallSilent() {
      answersProbes = false;
    },
    answerWith(how: typeof answer) {
      answer = how;
    },
    /** The latest dial. */
    get dial(): Dial {
      const dial = dials.at(-1);
      if (dial === undefined) throw new Error('nothing was dialled');
      return dial;
    },
  };
}

function dialOf(epoch: number, identity: string, sink: LinkSink): Dial {
  return {
    epoch,
    identity,
    auth: undefined,
    isOver: false,
    isKept: false,
    open: ({ recovered = false } = {}) => sink.opened(epoch, { recovered }),
    refuse: (data, message = 'no') => sink.refused(epoch, { during: 'refused', message, data }),
    fail: (observed = {}) => sink.failed(epoch, { during: 'failed', message: 'ECONNREFUSED', ...observed }),
    lose: (observed = {}) =>
      sink.lost(epoch, { during: 'lost', message: 'lost', reason: 'transport close', ...observed }),
    say: (event, ...args) => sink.received(epoch, event, args, false),
  };
}

/** A provider whose answers the test gives, one call at a time. */
export function createHandProvider() {
  const calls: (CredentialRequest & { resolve(value: unknown): void; reject(thrown: unknown): void })[] = [];
  const provider: CredentialProvider = (request) =>
    new Promise((resolve, reject) => {
      calls.push({ ...request, resolve: resolve as (value: unknown) => void, reject });
    });
  return {
    provider,
    calls,
    get call() {
      const call = calls.at(-1);
      if (call === undefined) throw new Error('the provider was not called');
      return call;
    },
  };
}

export interface Harness extends ReturnType<typeof createHandLink> {
  readonly connection: Connection;
  readonly clock: SimulatedClock;
  readonly statuses: Status[];
  readonly problems: Problem[];
  readonly provider: ReturnType<typeof createHandProvider>;
  /** Lets promises settle; no time passes. */
  settle(): Promise<void>;
  /** Lets time pass, and promises settle. */
  pass(ms: number): Promise<void>;
  /** The latest provider call is granted, and the credential gets to the link. */
  grant(token?: unknown): Promise<void>;
  /** From nothing to a live link. */
  goLive(identity?: string): Promise<void>;
}

/** A connection on a simulated clock, with a link and a provider in the test's hands. */
export function createHarness(options: Partial<ConnectionOptions> = {}): Harness {
  const clock = new SimulatedClock();
  const hands = createHandLink();
  const provider = createHandProvider();
  const connection = createConnection({
    link: hands.link,
    credential: provider.provider,
    clock,
    random: () => 0.5,
    ...options,
  });
  const statuses: Status[] = [];
  const problems: Problem[] = [];
  connection.status$.subscribe((status) => statuses.push(status));
  connection.problems$.subscribe((problem) => problems.push(problem));

  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const harness = {
    connection,
    clock,
    statuses,
    problems,
    provider,
    settle,
    async pass(ms: number) {
      clock.increment(ms);
      await settle();
    },
    async grant(token: unknown = `token-${provider.calls.length}`) {
      provider.call.resolve(token);
      await settle();
    },
    async goLive(identity = 'alice') {
      connection.connect(identity);
      await harness.grant();
      hands.dial.open();
    },
  };
  return Object.defineProperties(harness, Object.getOwnPropertyDescriptors(hands)) as unknown as Harness;
}

/** What a person would see, in short: `reconnecting.waiting 2`. */
export function shortly(status: Status): string {
  const phase = 'phase' in status ? `.${status.phase}` : '';
  const attempt = 'attempt' in status ? ` ${status.attempt}` : '';
  const reason = status.state === 'idle' ? ` ${status.reason}` : '';
  return `${status.state}${phase}${attempt}${reason}`;
}
