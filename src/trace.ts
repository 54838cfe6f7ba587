import type { ConnectionContext } from '../machines/context.ts';
import { clampDelay, type ReconnectPolicy } from '../machines/policy.ts';
import type { Classifier, Verdict } from '../machines/verdict.ts';
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

export interface TraceEntry {
  /** Clock reading. */
  readonly at: number;
  /** What the chart was told: what a user, the link, the provider, the world or a timer said. */
  readonly event: { readonly type: string; readonly [key: string]: unknown };
  /** State paths such as `reconnecting.waiting`; parallel regions as `connected.(live,proven,healthy)`. */
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

export interface TraceSettings extends Omit<ReconnectPolicy, 'backoff' | 'maxAttempts' | 'giveUpAfter'> {
  readonly maxAttempts: number | null;
  readonly giveUpAfter: number | null;
  readonly deadlines: ConnectionContext['deadlines'];
  readonly hasProvider: boolean;
}

/** The part of the machine's memory that is not given by `settings` and the surroundings. */
export type TraceContext = Omit<ConnectionContext, 'ports' | 'policy' | 'deadlines' | 'hasProvider'>;

export interface Tracer {
  record(transition: Transition): void;
  trace(): Trace;
  /** What decides from outside of the chart, with each answer noted for the transition it belongs to. */
  readonly witnessed: Deciders;
}

interface Deciders {
  readonly random: () => number;
  readonly backoff: ReconnectPolicy['backoff'];
  readonly classify: Classifier;
}

type Answers = { -readonly [K in 'draws' | 'backoffs' | 'verdicts']: NonNullable<TraceEntry[K]>[number][] };

export function createTracer(
  length: number,
  now: () => number,
  { random, backoff, classify }: Deciders,
  start: () => ConnectionSnapshot,
): Tracer {
  const entries: TraceEntry[] = [];
  const befores: Standing[] = [];
  let latest: Standing | null = null;
  let startedAt = now();
  let answers = noAnswers();

  return {
    record({ event, before, after }) {
      latest = standingOf(after);
      entries.push(entryOf(now(), event, before, after, answers));
      befores.push(standingOf(before));
      answers = noAnswers();
      if (entries.length > length) {
        startedAt = entries.shift()?.at ?? startedAt;
        befores.shift();
      }
    },
    trace() {
      const first = befores[0] ?? latest ?? start();
      return {
        version: 1,
        startedAt,
        settings: settingsOf(first.context),
        start: { value: first.value, context: memoryOf(first.context) },
        entries: [...entries],
      };
    },
    witnessed: {
      random() {
        const drawn = random();
        answers.draws.push(drawn);
        return drawn;
      },
      backoff:
        backoff &&
        ((request) => {
          const said = backoff(request);
          answers.backoffs.push(typeof said === 'number' ? clampDelay(said) : (said ?? null));
          return said;
        }),
      classify(observed) {
        const verdict = classify(observed);
        answers.verdicts.push(verdict);
        return verdict;
      },
    },
  };
}

function noAnswers(): Answers {
  return { draws: [], backoffs: [], verdicts: [] };
}

/** All of a snapshot that a trace needs. The rest holds on to actors that ended long ago, and weighs five times as much. */
type Standing = Pick<ConnectionSnapshot, 'value' | 'context'>;

function standingOf({ value, context }: ConnectionSnapshot): Standing {
  return { value, context };
}

function entryOf(
  at: number,
  event: Transition['event'],
  before: ConnectionSnapshot,
  after: ConnectionSnapshot,
  answers: Answers,
): TraceEntry {
  const { cause } = after.context;
  const isNews = cause !== null && cause !== before.context.cause;
  return {
    at,
    event,
    from: pathOf(before.value),
    to: pathOf(after.value),
    ...(isNews && { cause: cause.code }),
    ...Object.fromEntries(Object.entries(answers).filter(([, given]) => given.length > 0)),
  };
}

/** `{ reconnecting: 'waiting' }` as `reconnecting.waiting`. There are few, so that every trace shares them. */
export function pathOf(value: unknown): string {
  const path = spell(value);
  const known = paths.get(path);
  if (known !== undefined) return known;
  paths.set(path, path);
  return path;
}

const paths = new Map<string, string>();

function spell(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const regions = Object.entries(value);
  const [only] = regions;
  if (regions.length === 1 && only !== undefined) return `${only[0]}.${spell(only[1])}`;
  return `(${regions.map(([, inner]) => spell(inner)).join(',')})`;
}

function settingsOf({ policy, deadlines, hasProvider }: ConnectionContext): TraceSettings {
  const { backoff: _, maxAttempts, giveUpAfter, ...rest } = policy;
  const limit = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    ...rest,
    maxAttempts: limit(maxAttempts),
    giveUpAfter: limit(giveUpAfter),
    deadlines,
    hasProvider,
  };
}

function memoryOf({ ports: _, policy: __, deadlines: ___, hasProvider: ____, ...memory }: ConnectionContext) {
  return memory;
}
