import { type ConnectionContext, type ConnectionInput, initialContext } from '../machines/context.ts';
import { clampDelay, type ReconnectPolicy } from '../machines/policy.ts';
import type { Classifier, Observed, Verdict } from '../machines/verdict.ts';
import type { Clock } from './clock.ts';
import { HoldfastError } from './errors.ts';
import type { ConnectionSnapshot } from './status.ts';
import type { Transition } from './transitions.ts';

/**
 * The last transitions of a connection (ST-5): plain data without credentials, enough to play them again on a
 * simulated clock to the same statuses.
 */
export interface Trace {
  readonly version: 1;
  /** Clock reading when the first entry's state was entered or the connection was created. */
  readonly startedAt: number;
  /** Options that decided; `null` stands for no limit, since JSON has no infinity. */
  readonly settings: TraceSettings;
  /** Where the machine stood before the first entry. */
  readonly start: { readonly value: unknown; readonly context: TraceContext };
  readonly entries: readonly TraceEntry[];
}

/** One thing that happened to the machine, and where that led. */
export interface TraceEntry {
  /** Clock reading. */
  readonly at: number;
  /** What the chart was told: what a user, the link, the provider, the world or a timer said. */
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** State paths such as `reconnecting.waiting`; parallel regions as `connected.(live,proven,healthy,scheduled)`. */
  readonly from: string;
  readonly to: string;
  /** Code of the failure behind it, where there is one. */
  readonly cause?: string;
  /** Random numbers that were drawn, for playing it again. */
  readonly draws?: readonly number[];
  /** What the backoff of the user said; `null` where the default served. */
  readonly backoffs?: readonly (number | 'give-up' | null)[];
  /** How the classifier judged what the chart saw itself: a deadline that passed. */
  readonly verdicts?: readonly Verdict[];
}

/** Options that decided, as a trace has them: plain data. `maxAttempts` and `giveUpAfter` are `null` for no limit. */
export interface TraceSettings extends Omit<ReconnectPolicy, 'backoff' | 'maxAttempts' | 'giveUpAfter'> {
  readonly maxAttempts: number | null;
  readonly giveUpAfter: number | null;
  readonly deadlines: ConnectionContext['deadlines'];
  readonly hasProvider: boolean;
  readonly restore: ConnectionContext['restore'];
  readonly renew?: ConnectionContext['renew'];
}

/** The part of the machine's memory that is not given by `settings` and the surroundings. */
export type TraceContext = Omit<
  ConnectionContext,
  'ports' | 'policy' | 'deadlines' | 'hasProvider' | 'restore' | 'renew'
>;

/**
 * Keeps the last transitions, and what the deciders answered in each. A context a transition would weigh more than
 * the connection, so that only two are kept: of the start, and of the middle, which becomes the start of a trace that
 * is full.
 */
export class Tracer {
  readonly #length: number;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #classify: Classifier;
  // Copied at each of the few transitions: an array that is pushed to holds room for sixteen more.
  #entries: readonly TraceEntry[] = [];
  /** After the first half of the entries. */
  #middle: Standing | null = null;
  #input: ConnectionInput | null = null;
  /** Before the first entry; `null` while nothing was forgotten: then it is how every machine begins. */
  #start: Standing | null = null;
  #startedAt: number;
  #answers: Answers | null = null;

  constructor(length: number, clock: Clock, random: () => number, classify: Classifier) {
    this.#length = length;
    this.#clock = clock;
    this.#random = random;
    this.#classify = classify;
    this.#startedAt = clock.now();
  }

  record({ event, before, after }: Transition): void {
    const entry = entryOf(this.#clock.now(), event, before, after, this.#answers);
    this.#answers = null;
    if (this.#length === 0) {
      this.#startedAt = entry.at;
      this.#start = standingOf(after);
      return;
    }
    if (this.#entries.length === this.#half) this.#middle = standingOf(before);
    if (this.#entries.length === this.#length) this.#forgetHalf(before);
    this.#entries = this.#entries.concat(entry);
  }

  trace(): Trace {
    const { value, context } = this.#standing();
    return {
      version: 1,
      startedAt: this.#startedAt,
      settings: settingsOf(context),
      start: { value, context: memoryOf(context) },
      entries: this.#entries,
    };
  }

  /** Says what the machine begins with. */
  begin(input: ConnectionInput): void {
    this.#input = input;
  }

  #standing(): Standing {
    if (this.#start !== null) return this.#start;
    if (this.#input === null) throw new HoldfastError('internal', 'a trace without a beginning');
    return { value: 'idle', context: { ...initialContext(this.#input), since: this.#startedAt } };
  }

  random(): number {
    const drawn = this.#random();
    this.#note('draws', drawn);
    return drawn;
  }

  classify(observed: Observed): Verdict {
    const verdict = this.#classify(observed);
    this.#note('verdicts', verdict);
    return verdict;
  }

  /** The user's backoff, with its answers noted. */
  witness(backoff: ReconnectPolicy['backoff']): ReconnectPolicy['backoff'] {
    if (backoff === undefined) return undefined;
    return (request) => {
      const said = backoff(request);
      this.#note('backoffs', typeof said === 'number' ? clampDelay(said) : (said ?? null));
      return said;
    };
  }

  #note<K extends keyof Answers>(kind: K, answer: Answered<K>): void {
    this.#answers = { ...this.#answers, [kind]: [...(this.#answers?.[kind] ?? []), answer] };
  }

  get #half(): number {
    return Math.ceil(this.#length / 2);
  }

  /** @param now How it stands after all entries: where an even number of them was, what stays is a first half again. */
  #forgetHalf(now: ConnectionSnapshot): void {
    this.#startedAt = this.#entries[this.#half - 1]?.at ?? this.#startedAt;
    this.#entries = this.#entries.slice(this.#half);
    this.#start = this.#middle;
    this.#middle = standingOf(now);
  }
}

type Answers = Pick<TraceEntry, 'draws' | 'backoffs' | 'verdicts'>;
type Answered<K extends keyof Answers> = NonNullable<Answers[K]>[number];

/** All of a snapshot that a trace needs: the rest holds on to actors that ended long ago. */
interface Standing {
  readonly value: unknown;
  readonly context: ConnectionContext;
}

function standingOf({ value, context }: ConnectionSnapshot): Standing {
  return { value, context };
}

function entryOf(
  at: number,
  event: Transition['event'],
  before: ConnectionSnapshot,
  after: ConnectionSnapshot,
  answers: Answers | null,
): TraceEntry {
  const { cause } = after.context;
  const isNews = cause !== null && cause !== before.context.cause;
  const entry = { at, event, from: pathOf(before.value), to: pathOf(after.value) };
  return isNews || answers !== null ? { ...entry, ...(isNews && { cause: cause.code }), ...answers } : entry;
}

/** `{ reconnecting: 'waiting' }` as `reconnecting.waiting`. There are few, so that every trace shares them. */
export function pathOf(value: unknown): string {
  const path = spell(value);
  let known = paths.get(path);
  if (known === undefined) {
    known = path;
    paths.set(path, path);
  }
  return known;
}

/** Each path that was ever told: a string that is equal is another one. */
const paths = new Map<string, string>();

function spell(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const regions = Object.entries(value);
  const [only] = regions;
  if (regions.length === 1 && only !== undefined) return `${only[0]}.${spell(only[1])}`;
  return `(${regions.map(([, inner]) => spell(inner)).join(',')})`;
}

function settingsOf({ policy, deadlines, hasProvider, restore, renew }: ConnectionContext): TraceSettings {
  const { backoff: _, maxAttempts, giveUpAfter, ...rest } = policy;
  const limit = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    ...rest,
    maxAttempts: limit(maxAttempts),
    giveUpAfter: limit(giveUpAfter),
    deadlines,
    hasProvider,
    restore,
    ...(renew && { renew }),
  };
}

function memoryOf({
  ports: _,
  policy: __,
  deadlines: ___,
  hasProvider: ____,
  restore: _____,
  renew: ______,
  ...memory
}: ConnectionContext) {
  return memory;
}
