import type { ConnectionInput } from '../machines/context.ts';
import { type BackoffRequest, defaultPolicy, type ReconnectPolicy } from '../machines/policy.ts';
import { type Classifier, classifySocketIo } from '../machines/verdict.ts';
import { signalsOfHere } from './browser/signals.ts';
import { type Check, checkShape, fun, isObject } from './check-shape.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CredentialProvider } from './credential.ts';
import type { Dialect } from './dialect/dialect.ts';
import { plain } from './dialect/plain.ts';
import { HoldfastError } from './errors.ts';
import type { Identify, Merge } from './identify.ts';
import type { Inspector } from './inspection.ts';
import type { Link } from './link/link.ts';
import { defaultOutbox, type OutboxSettings } from './outbox/settings.ts';
import type { OutboxStore } from './outbox/store.ts';
import type { Signals } from './signals.ts';
import type { Sync, SyncOptions, SyncSettings } from './sync-port.ts';

/** Options of `createConnection`. A wrong one throws at creation and names itself (ER-1). */
export interface ConnectionOptions {
  /** The transport: `socketIo(url, options?)`, or your own `Link`. */
  readonly link: Link;
  /** Called for every attempt (CR-1); `false` for servers without authentication. */
  readonly credential: CredentialProvider | false;
  /** Ms for one call of the provider, then it is aborted and the attempt counts as failed (CR-4). Default 10,000. */
  readonly credentialTimeout?: number;
  /** Ms from the moment the credential is there until the server's answer (RE-8). Default 20,000. */
  readonly handshakeTimeout?: number;
  /**
   * How the link is asked for a sign of life after a wake-up or a change of the network (EN-2). `timeout`: ms without
   * any until it counts as lost. Default 5,000.
   */
  readonly probe?: { readonly timeout?: number };
  /** When and how often to try again after a failed attempt or a lost link. */
  readonly reconnect?: ReconnectOptions;
  /**
   * Replaces the default classifier (RE-9): pure, called once for every refused, failed or lost link. If it throws or
   * returns no verdict, `classifySocketIo` serves and `problems$` says so. Build on it:
   * `(observed) => ({ ...classifySocketIo(observed), retry: 'never' })`.
   */
  readonly classify?: Classifier;
  /** How to talk to this server. Default `plain()`: any Socket.IO server. */
  readonly dialect?: Dialect;
  /**
   * Renews credentials on the open link before they run out (CR-9), where the provider says `expiresIn`; the status shows
   * nothing of it. `leadTime`: how many ms before. Default: 60,000 ms before with a dialect that can, such as
   * `holdfast()` or `plain({ renew })`; `false` with others.
   */
  readonly renew?: { readonly leadTime?: number } | false;
  /** What `send` took and the server has not acknowledged: where it is kept, how much, and for how long. */
  readonly outbox?: OutboxOptions;
  /**
   * Reads from a message who it is, so that none comes twice and none is missing (MS-3). Called for every message;
   * `undefined` for those that are outside of it. What it throws is reported, and the message delivered as it is.
   */
  readonly identify?: Identify;
  /**
   * Asks your server for what was missed while there was no link (SY-1). Called after a link was accepted that is not
   * the first of its identity and was not recovered, and after a gap; live messages wait for it.
   */
  readonly sync?: Sync | SyncOptions;
  /**
   * Makes one message of two with the same id that meet while catching up (SY-2). Default: the newer version, else the
   * first. Pure; if it throws or gives no message, the default serves.
   */
  readonly merge?: Merge;
  /** Makes ids for queued messages, for tests. Default: UUIDs of version 7 (OB-3). */
  readonly id?: () => string;
  /**
   * What the host tells about network and page (EN-1). Default: `browserSignals()` of `holdfast/browser` in browsers and
   * their workers, none elsewhere. For none at all give a port that says nothing: `{ subscribe: () => () => {} }`.
   */
  readonly signals?: Signals;
  /** Any XState inspection observer. What it throws is reported, and disturbs nothing (IN-1). */
  readonly inspect?: Inspector;
  /** Time, for tests. Default: the system's. */
  readonly clock?: Clock;
  /** Uniform in [0, 1), for tests. Default `Math.random`. */
  readonly random?: () => number;
  /** The most transitions that `trace()` keeps; when there is one more, the older half goes. Default 200. */
  readonly traceLength?: number;
}

/** What waits to be acknowledged. */
export interface OutboxOptions {
  /** Where messages are kept (OB-7). Default: in memory. */
  readonly store?: OutboxStore;
  /** How much may wait: `send` fails with `OutboxFull` beyond it (OB-5). Default 1,000 items and 4 MiB. */
  readonly capacity?: { readonly items?: number; readonly bytes?: number };
  /** Messages under way at a time (OB-2). Default 32. */
  readonly window?: number;
  /** Ms for one acknowledgement, also of a room; then it is sent again with the same id. Default 10,000. */
  readonly ackTimeout?: number;
  /** Ms after which a message is not sent any more (OB-5). Default: never. */
  readonly ttl?: number;
  /** How often a message is sent again before it ends as `unknown`. Default Infinity. */
  readonly maxResends?: number;
}

/**
 * When and how often to try again. All times in ms. Each delay is drawn below its bound; from the third on, at least half
 * of it (RE-1).
 */
export interface ReconnectOptions {
  /** Bound of the first delay of an outage. Default 1,000. */
  readonly first?: number;
  /** Bound of the second delay. Default 4,000. */
  readonly base?: number;
  /** Growth of the bound from there on. Default 1.5. */
  readonly factor?: number;
  /** Highest bound. Default 8,000. */
  readonly cap?: number;
  /** Failed attempts in a row until `exhausted`. Default Infinity. */
  readonly maxAttempts?: number;
  /**
   * Time of active trying until `exhausted`: of attempts and of waits, also of one for a time that the server named.
   * Offline, hidden and frozen time does not count (LC-8). Default 600,000.
   */
  readonly giveUpAfter?: number;
  /** How long a link must hold to end the count of attempts (LC-7). Default 5,000. */
  readonly stableAfter?: number;
  /**
   * Replaces the schedule (RE-3). Called before each wait; returns ms or `'give-up'`. If it throws or returns
   * anything else, the default serves and `problems$` says so.
   */
  readonly backoff?: (request: BackoffRequest) => number | 'give-up';
  /** Whether `online` and `visible` start afresh from `exhausted`. Default true. */
  readonly resumeOnSignal?: boolean;
}

/** Options with the defaults filled in, checked. */
export interface Settings {
  readonly link: Link;
  readonly credential: CredentialProvider | false;
  readonly deadlines: ConnectionInput['deadlines'];
  readonly policy: Omit<ReconnectPolicy, 'backoff'>;
  readonly backoff: ReconnectOptions['backoff'];
  readonly classify: Classifier;
  readonly dialect: Dialect;
  readonly renew: ConnectionInput['renew'];
  readonly outbox: OutboxSettings;
  readonly identify: Identify | null;
  readonly sync: SyncSettings | null;
  readonly merge: Merge | null;
  readonly id: (() => string) | null;
  readonly signals: Signals | null;
  readonly inspect: Inspector | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly traceLength: number;
}

/** Checks and completes. Throws a `HoldfastError` that names the option, what was given and what is allowed. */
export function readOptions(options: ConnectionOptions): Settings {
  checkShape(options, checks);
  const reconnect = options.reconnect ?? {};
  checkShape(reconnect, reconnectChecks, { prefix: 'reconnect.' });
  const { backoff, ...numbers } = reconnect;
  return {
    link: options.link,
    credential: options.credential,
    deadlines: deadlinesOf(options),
    policy: policyOf(numbers),
    backoff,
    classify: options.classify ?? classifySocketIo,
    dialect: options.dialect ?? anyServer,
    renew: renewOf(options),
    outbox: options.outbox === undefined ? defaultOutbox : outboxOf(options.outbox),
    identify: options.identify ?? null,
    sync: syncOf(options.sync),
    merge: options.merge ?? null,
    id: options.id ?? null,
    signals: options.signals ?? signalsOfHere(options.clock ?? systemClock),
    inspect: options.inspect,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    traceLength: options.traceLength ?? 200,
  };
}

/** One for all connections that name none. */
const anyServer = plain();

const defaultDeadlines = { credential: 10_000, handshake: 20_000, probe: 5_000 };

function deadlinesOf({
  credentialTimeout,
  handshakeTimeout,
  probe,
}: ConnectionOptions): Settings['deadlines'] {
  if (probe !== undefined) checkShape(probe, probeChecks, { prefix: 'probe.' });
  if (credentialTimeout === undefined && handshakeTimeout === undefined && probe === undefined) {
    return defaultDeadlines;
  }
  return {
    credential: credentialTimeout ?? defaultDeadlines.credential,
    handshake: handshakeTimeout ?? defaultDeadlines.handshake,
    probe: probe?.timeout ?? defaultDeadlines.probe,
  };
}

function renewOf({ renew, dialect }: ConnectionOptions): Settings['renew'] {
  if (renew === undefined) return dialect?.renew && defaultRenew;
  if (renew === false) return undefined;
  checkShape(renew, renewChecks, { prefix: 'renew.' });
  if (dialect?.renew !== undefined) return { ...defaultRenew, ...definedOf(renew) };
  throw new HoldfastError('bad-option', '`renew` is given, and the dialect cannot renew', {
    hint: 'Give a dialect that can: `holdfast()`, or `plain({ renew })` with the event that your server takes.',
  });
}

const defaultRenew = { leadTime: 60_000 };

function outboxOf(given: OutboxOptions): OutboxSettings {
  checkShape(given, outboxChecks, { prefix: 'outbox.' });
  const { capacity = {}, ...rest } = given;
  checkShape(capacity, capacityChecks, { prefix: 'outbox.capacity.' });
  return {
    ...defaultOutbox,
    ...definedOf(rest),
    capacity: { ...defaultOutbox.capacity, ...definedOf(capacity) },
  };
}

function syncOf(given: Sync | SyncOptions | undefined): SyncSettings | null {
  if (given === undefined) return null;
  if (typeof given === 'function') return { fetch: given, ...defaultSync };
  checkShape(given, syncChecks, { prefix: 'sync.' });
  return { ...defaultSync, ...definedOf(given), fetch: given.fetch };
}

export const defaultSync = { timeout: 10_000, retries: 2 };

function policyOf(given: Omit<ReconnectOptions, 'backoff'>): Settings['policy'] {
  const own = definedOf(given);
  // The same object for all that change nothing: thousands of connections may live in one process.
  return Object.keys(own).length === 0 ? defaultPolicy : { ...defaultPolicy, ...own };
}

const duration: Check = { allowed: 'a finite number of ms, 0 or more', accepts: isFiniteFrom0 };
const durationOrInfinity: Check = {
  allowed: 'a number of ms, 0 or more, or Infinity',
  accepts: (value) => value === Number.POSITIVE_INFINITY || isFiniteFrom0(value),
};
const flag: Check = { allowed: 'true or false', accepts: (value) => typeof value === 'boolean' };

const checks: Record<keyof ConnectionOptions, Check> = {
  link: { allowed: 'a link such as socketIo(url)', required: true, accepts: hasMethods('open') },
  credential: {
    allowed: 'a function, or false for servers without authentication',
    required: true,
    accepts: (value) => value === false || typeof value === 'function',
  },
  credentialTimeout: duration,
  handshakeTimeout: duration,
  probe: { allowed: 'an object', accepts: isObject },
  reconnect: { allowed: 'an object', accepts: isObject },
  classify: fun,
  dialect: {
    allowed: 'a dialect such as plain()',
    accepts: hasMethods('readBye', 'readAnswer', 'encode', 'join', 'leave'),
  },
  renew: { allowed: 'an object, or false', accepts: (value) => value === false || isObject(value) },
  outbox: { allowed: 'an object', accepts: isObject },
  identify: fun,
  sync: {
    allowed: 'a function, or an object with fetch',
    accepts: (value) => typeof value === 'function' || isObject(value),
  },
  merge: fun,
  id: fun,
  signals: { allowed: 'an object with subscribe(listener)', accepts: hasMethods('subscribe') },
  inspect: {
    allowed: 'a function, or an object with next()',
    accepts: (value) => typeof value === 'function' || hasMethods('next')(value),
  },
  clock: {
    allowed: 'an object with setTimeout, clearTimeout and now',
    accepts: hasMethods('setTimeout', 'clearTimeout', 'now'),
  },
  random: fun,
  traceLength: { allowed: 'a whole number, 0 or more', accepts: isWholeFrom(0) },
};

const reconnectChecks: Record<keyof ReconnectOptions, Check> = {
  first: duration,
  base: duration,
  factor: { allowed: 'a finite number, 0 or more', accepts: isFiniteFrom0 },
  cap: duration,
  maxAttempts: {
    allowed: 'a whole number, 1 or more, or Infinity',
    accepts: (value) => value === Number.POSITIVE_INFINITY || isWholeFrom(1)(value),
  },
  giveUpAfter: durationOrInfinity,
  stableAfter: duration,
  backoff: fun,
  resumeOnSignal: flag,
};

const probeChecks = { timeout: duration };
const renewChecks = { leadTime: duration };

const wholeFrom1: Check = { allowed: 'a whole number, 1 or more', accepts: isWholeFrom(1) };
const wholeFrom0OrInfinity: Check = {
  allowed: 'a whole number, 0 or more, or Infinity',
  accepts: (value) => value === Number.POSITIVE_INFINITY || isWholeFrom(0)(value),
};

const outboxChecks: Record<keyof OutboxOptions, Check> = {
  store: {
    allowed: 'a store such as memoryStore()',
    accepts: hasMethods('load', 'put', 'remove', 'clear'),
  },
  capacity: { allowed: 'an object', accepts: isObject },
  window: wholeFrom1,
  ackTimeout: duration,
  ttl: durationOrInfinity,
  maxResends: wholeFrom0OrInfinity,
};

const capacityChecks: Record<'items' | 'bytes', Check> = { items: wholeFrom1, bytes: wholeFrom1 };

const syncChecks: Record<keyof SyncOptions, Check> = {
  fetch: { ...fun, required: true },
  timeout: duration,
  retries: { allowed: 'a whole number, 0 or more', accepts: isWholeFrom(0) },
};

/** An option given as `undefined` is an option not given. */
function definedOf<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function isFiniteFrom0(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isWholeFrom(least: number): (value: unknown) => boolean {
  return (value) => Number.isSafeInteger(value) && (value as number) >= least;
}

function hasMethods(...names: string[]): (value: unknown) => boolean {
  return (value) => isObject(value) && names.every((name) => typeof value[name] === 'function');
}
