import type { Clock } from './clock.ts';
import type { Status } from './status.ts';
import type { Transition } from './transitions.ts';

/** Counts since the connection was created (ST-6). */
export interface Stats {
  /** Attempts that were begun, forced refreshes of one attempt included. */
  readonly attempts: number;
  /** Links that the server accepted. */
  readonly connections: number;
  /** Accepted links that ended, by the code of the reason. */
  readonly losses: Readonly<Record<string, number>>;
  /** Attempts that the server refused, by code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Attempts whose provider was called with `forceRefresh`. */
  readonly refreshes: number;
  /** Credentials that were renewed on an open link (CR-9). */
  readonly renewals: number;
  /** Messages that had come before, by `identify`. */
  readonly duplicatesDropped: number;
  /** Gaps that were told on `gaps$`. */
  readonly gaps: number;
  /** Ms in each state, the current one included. */
  readonly timeIn: Readonly<Record<Status['state'], number>>;
}

/** Counts what the transitions tell. */
export class Counter {
  readonly #clock: Clock;
  readonly #timeIn = {
    idle: 0,
    authenticating: 0,
    connected: 0,
    reconnecting: 0,
    'auth-failed': 0,
    exhausted: 0,
  };
  #losses: Readonly<Record<string, number>> = nothing;
  #refusals: Readonly<Record<string, number>> = nothing;
  #attempts = 0;
  #connections = 0;
  #refreshes = 0;
  #renewals = 0;
  #state: Status['state'] = 'idle';
  #since: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  count({ event, before, after }: Transition): void {
    if (after.context.epoch > before.context.epoch) {
      this.#attempts += 1;
      if (after.context.refreshOwed) this.#refreshes += 1;
    }
    if (event.type === 'link.opened') this.#connections += 1;
    if (event.type === 'renewal.accepted') this.#renewals += 1;
    if (event.type === 'link.refused') this.#refusals = oneMore(this.#refusals, event.verdict.code);
    const next = topLevel(after.value);
    const { cause } = after.context;
    // Not every loss is an event of the link: a probe without an answer ends one, and so does a page that is put away.
    if (event.type === 'link.lost') this.#losses = oneMore(this.#losses, event.verdict.code);
    else if (
      this.#state === 'connected' &&
      next !== 'connected' &&
      cause !== null &&
      cause !== before.context.cause
    )
      this.#losses = oneMore(this.#losses, cause.code);
    if (next !== this.#state) {
      this.#settle();
      this.#state = next;
    }
  }

  /** @param inbox What the messages count. */
  stats({ duplicatesDropped, gaps }: Pick<Stats, 'duplicatesDropped' | 'gaps'>): Stats {
    this.#settle();
    return {
      attempts: this.#attempts,
      connections: this.#connections,
      losses: this.#losses,
      refusals: this.#refusals,
      refreshes: this.#refreshes,
      renewals: this.#renewals,
      duplicatesDropped,
      gaps,
      timeIn: { ...this.#timeIn },
    };
  }

  #settle(): void {
    const at = this.#clock.now();
    // A clock that stepped back adds nothing.
    this.#timeIn[this.#state] += Math.max(0, at - this.#since);
    this.#since = at;
  }
}

const nothing = {};

function oneMore(counts: Readonly<Record<string, number>>, code: string): Readonly<Record<string, number>> {
  return { ...counts, [code]: (counts[code] ?? 0) + 1 };
}

function topLevel(value: Transition['after']['value']): Status['state'] {
  return (typeof value === 'string' ? value : Object.keys(value)[0]) as Status['state'];
}
