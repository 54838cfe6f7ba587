import type { CredentialEvent } from '../machines/events.ts';
import type { AttemptReason, CredentialCall, CredentialPort } from '../machines/ports.ts';
import { type FailureCode, failure } from '../machines/verdict.ts';
import { describe } from './describe.ts';
import { isHoldfastError } from './errors.ts';
import type { Auth } from './link/link.ts';
import { redact, Secret } from './secret.ts';
import { greetingKey } from './wire.ts';

/** What a provider is told at each call (CR-1). */
export interface CredentialRequest {
  /** Who the credential is for: what `connect` was given, else `anonymous` (ID-3). */
  readonly identity: string;
  /**
   * Why a credential is needed: `connect`, `retry`, `reconnect`, `signal`, `changed`, `refused`, `expired`, `kicked`, or
   * `renewal` for a link that is open (CR-9).
   */
  readonly reason: AttemptReason;
  /** Number of the attempt since the last proven link; 0 for a renewal on one. */
  readonly attempt: number;
  /** The server refused or ended the last one, or it is about to run out: get a fresh one, past every cache. */
  readonly forceRefresh: boolean;
  /** Aborted when the result is no longer wanted. A later result is inert (CR-5). */
  readonly signal: AbortSignal;
}

/**
 * A token, or one with more keys for `auth`. `expiresIn` is ms from receipt and stays here: it says when the credential
 * is to be renewed on the open link, where that is done (CR-9).
 */
export type Credential =
  | string
  | { readonly token: string; readonly expiresIn?: number; readonly [key: string]: unknown };

/**
 * Called for every attempt, and for every renewal (CR-9), one call at a time (CR-2). Return `null` or throw
 * `CredentialRefused` when nobody is signed in: `auth-failed`. Any other throw counts as a failed attempt; a `retryAfter`
 * (ms) on the error is honoured (CR-3). After `credentialTimeout` it is aborted (CR-4).
 */
export type CredentialProvider = (
  request: CredentialRequest,
) => Credential | null | undefined | PromiseLike<Credential | null | undefined>;

const largest = 64 * 1024;

/** Socket.IO's own, of recovery (LK-7), and the one under which wishes travel (RM-4). */
const reservedKeys = ['pid', 'offset', greetingKey];

/**
 * Tokens that are remembered, refused or to be redacted; the oldest is forgotten first, long after any cache has dropped
 * it. Not more: a token is 200 bytes to 2 kB, and all else of a connection is some 10 kB.
 */
const remembered = 8;

const none: readonly Secret<Auth>[] = [];

/**
 * Keeps the credentials, so that the machine never holds one (CR-12), and remembers which were refused (CR-6).
 * What leads to a credential is static: inspectors see what the machine sees, and the machine has the desk as a port.
 */
export class CredentialDesk implements CredentialPort {
  readonly #provider: CredentialProvider | false;
  #epoch = 0;
  #held: Secret<Auth> | null = null;
  #refused = none;
  /** Those that were held before: one may be echoed long after another one took its place. */
  #former = none;

  constructor(provider: CredentialProvider | false) {
    this.#provider = provider;
  }

  /** What was granted for this epoch. */
  static take(desk: CredentialDesk, epoch: number): Secret<Auth> | null {
    return epoch === desk.#epoch ? desk.#held : null;
  }

  markRefused(epoch: number): void {
    const auth = CredentialDesk.take(this, epoch);
    if (auth !== null) this.#refused = [...this.#refused, auth].slice(-remembered);
  }

  forgive(): void {
    this.#refused = none;
  }

  /** Takes every token that it knows out of what a server, a link or a provider said. */
  redact<T>(said: T): T {
    const known = this.#held === null ? this.#former : [...this.#former, this.#held];
    return redact(said, known.flatMap(secretsOf));
  }

  call({ epoch, ...request }: CredentialCall, settle: (event: CredentialEvent) => void): () => void {
    if (this.#provider === false) {
      settle(this.#grant(epoch, null));
      return () => {};
    }
    return callProvider(this.#provider, request, (outcome) =>
      settle(
        'value' in outcome ? this.#judge(epoch, outcome.value) : this.#judgeThrown(epoch, outcome.thrown),
      ),
    );
  }

  #grant(epoch: number, auth: Secret<Auth> | null, expiresIn?: number): CredentialEvent {
    this.#epoch = epoch;
    if (auth !== null && this.#held !== null) {
      const secrets = String(secretsOf(auth));
      const others = [...this.#former, this.#held].filter((other) => String(secretsOf(other)) !== secrets);
      this.#former = others.slice(1 - remembered);
    }
    this.#held = auth;
    const refusedBefore = this.#refused.some((other) => tokenOf(other) === tokenOf(auth));
    const granted = { type: 'credential.granted', epoch, refusedBefore } as const;
    return expiresIn === undefined ? granted : { ...granted, expiresIn };
  }

  #judge(epoch: number, credential: unknown): CredentialEvent {
    if (credential === null) return refusal(epoch, 'there is nobody signed in');
    const read = readCredential(credential);
    return 'auth' in read
      ? this.#grant(epoch, read.auth, read.expiresIn)
      : unavailable(epoch, read.code, read.message, null);
  }

  #judgeThrown(epoch: number, thrown: unknown): CredentialEvent {
    const said = this.redact(describe(thrown));
    if (isRefusal(thrown)) return refusal(epoch, said);
    return unavailable(epoch, 'credential-unavailable', said, retryAfterOf(thrown));
  }
}

type Outcome = { readonly value: unknown } | { readonly thrown: unknown };

/** Calls the user's function so that it can neither throw, reject, settle twice nor settle late (LC-13, CR-5). */
function callProvider(
  provider: CredentialProvider,
  request: Omit<CredentialCall, 'epoch'>,
  settle: (outcome: Outcome) => void,
): () => void {
  const abort = new AbortController();
  let isOver = false;
  const once = (outcome: Outcome) => {
    if (isOver) return;
    isOver = true;
    settle(outcome);
  };
  try {
    // A thenable may throw in its `then`; `Promise.resolve` turns that into a rejection.
    Promise.resolve(provider({ ...request, signal: abort.signal })).then(
      (value) => once({ value }),
      (thrown) => once({ thrown }),
    );
  } catch (thrown) {
    once({ thrown });
  }
  return () => {
    if (isOver) return;
    isOver = true;
    abort.abort();
  };
}

interface Granted {
  readonly auth: Secret<Auth>;
  /** Ms; left out for a credential that nobody knows the end of, or that has none. */
  readonly expiresIn?: number;
}

interface Invalid {
  readonly code: FailureCode;
  readonly message: string;
}

/** Reads what the provider returned: an `Auth`, or what is wrong with it. Its getters may throw. */
function readCredential(credential: NonNullable<unknown> | undefined): Granted | Invalid {
  try {
    if (typeof credential === 'string') return checkAuth({ token: credential });
    if (typeof credential !== 'object') return invalid(`it returned ${typeof credential}`);
    const { expiresIn, ...auth } = credential as Record<string, unknown>;
    if (expiresIn !== undefined && !(typeof expiresIn === 'number' && expiresIn >= 0)) {
      return invalid('`expiresIn` is not a number of ms');
    }
    const read = checkAuth(auth);
    const runsOut = typeof expiresIn === 'number' && Number.isFinite(expiresIn);
    return runsOut ? { ...read, expiresIn } : read;
  } catch {
    return invalid('what it returned cannot be read');
  }
}

function checkAuth(auth: Auth): Granted | Invalid {
  const token = auth['token'];
  if (typeof token !== 'string' || token === '') return invalid('there is no `token` in what it returned');
  if (reservedKeys.some((key) => key in auth)) {
    return { code: 'reserved-auth-key', message: 'the credential has a key `pid`, `offset` or `holdfast`' };
  }
  const bytes = new TextEncoder();
  const { token: _, ...more } = auth;
  const size = bytes.encode(token).length + (hasKeys(more) ? bytes.encode(JSON.stringify(more)).length : 0);
  if (size > largest) return invalid(`what it returned is larger than ${largest} bytes`);
  return { auth: new Secret(auth) };
}

function invalid(message: string): Invalid {
  return { code: 'credential-invalid', message: `the credential provider gave nothing to use: ${message}` };
}

function refusal(epoch: number, message: string): CredentialEvent {
  return { type: 'credential.refused', epoch, failure: failure('credential-refused', message) };
}

function unavailable(
  epoch: number,
  code: FailureCode,
  message: string,
  retryAfter: number | null,
): CredentialEvent {
  return { type: 'credential.unavailable', epoch, failure: failure(code, message), retryAfter };
}

/** Whether the provider threw `CredentialRefused`; it may throw anything, also a proxy that throws when looked at. */
function isRefusal(thrown: unknown): boolean {
  try {
    return isHoldfastError(thrown) && thrown.code === 'credential-refused';
  } catch {
    return false;
  }
}

function retryAfterOf(thrown: unknown): number | null {
  try {
    const { retryAfter } = thrown as { retryAfter?: unknown };
    return typeof retryAfter === 'number' && Number.isFinite(retryAfter) && retryAfter >= 0
      ? retryAfter
      : null;
  } catch {
    return null;
  }
}

function tokenOf(secret: Secret<Auth> | null | undefined): unknown {
  return secret?.expose()['token'];
}

/** What must not be shown of a credential, at any depth: tokens, and what else is long enough to be a secret. */
function secretsOf(secret: Secret<Auth>): string[] {
  const found = [tokenOf(secret) as string];
  try {
    JSON.stringify(secret.expose(), (key, value) => {
      if (typeof value === 'string' && (key === 'token' || value.length >= 16)) found.push(value);
      return value;
    });
  } catch {
    // A getter that throws when it is looked at again: what was found counts.
  }
  return found;
}

function hasKeys(object: object): boolean {
  return Object.keys(object).length > 0;
}
