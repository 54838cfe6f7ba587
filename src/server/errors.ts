import type { RefusalCode } from '../wire.ts';

/** Every code of the server part, with what to do about it; a table in `docs/errors.md` is made from it. */
export const serverHints = {
  'bad-option': 'An option has a value that is not allowed. Correct the one that the message names.',
  'unknown-option': 'There is no option of that name. Remove it or correct the name.',
  'bad-argument': 'A function was given what it cannot take. Correct the argument that the message names.',
  'no-user':
    'Nobody knows whose socket this is. Set `socket.data.user` to a non-empty string in a middleware, or give `user`.',
  'package-missing': 'A package that this needs is not installed. Install the one that the message names.',
  'secret-missing':
    'There is no secret to verify tokens with. Set it before `authenticate()` is called; there is no default.',
  'history-of-one-node':
    'A history in memory reaches the members of this node only. Give `redisHistory(client)` instead of `memoryHistory()`, on every node; or leave the adapter out.',
  'history-unavailable':
    'The message was not kept in time, and not sent. Look after Redis, then say it again, with the same `id`: then it is said once, whatever became of the first.',
  unauthorized:
    'The credential is not good: its shape, signature, issuer, audience or dates. See the `detail` of the notice `refused`.',
  expired: 'The credential ran out. Nothing to do: the client fetches a fresh one.',
  forbidden: 'The credential is good, but this user may not come in. Check permissions.',
  busy: 'The credential could not be verified now. Check the key set and whatever else `verify` asks; the client comes back.',
  draining: 'The server is shutting down. Nothing to do: the client comes back.',
} as const satisfies Record<RefusalCode, string> & Record<string, string>;

/** Every code of a `ServerError`, stable; `docs/errors.md` has each with cause and cure. */
export type ServerErrorCode = keyof typeof serverHints;

const brand = Symbol.for('holdfast.error');

/**
 * Every error of `holdfast/server`: a stable `code`, and a `hint` that says what to do (ER-1). It carries the brand of
 * the client's `HoldfastError`, so that `isHoldfastError` knows both.
 */
export class ServerError extends Error {
  override readonly name: string = 'HoldfastServerError';
  /** Stable, for code that decides; the message is for people. */
  readonly code: ServerErrorCode;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: ServerErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint ?? serverHints[code];
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Thrown by a `verify` function to refuse a credential. The client is told `code` and `retryAfter`, never `detail`:
 * that is for the log (CR-12).
 *
 * @example
 * if (await isBanned(user)) throw new AuthError('forbidden', 'banned');
 */
export class AuthError extends ServerError {
  override readonly name = 'AuthError';
  declare readonly code: RefusalCode;
  /** Why, for the log: never told to the client. No credential belongs into it (CR-12). */
  readonly detail: string;
  /** Ms; the client does not come back before (RE-2). */
  readonly retryAfter: number | undefined;

  constructor(
    code: RefusalCode,
    detail: string,
    { retryAfter, ...options }: { retryAfter?: number; cause?: unknown } = {},
  ) {
    super(code, detail, options);
    this.detail = detail;
    this.retryAfter = retryAfter;
  }
}

/** Names the option, what was given without what is in it (CR-12), and what is allowed. */
export function badOption(name: string, given: unknown, allowed: string): ServerError {
  return new ServerError('bad-option', `\`${name}\` is ${kindOf(given)}; allowed: ${allowed}`, {
    hint: `Set \`${name}\` to ${allowed}.`,
  });
}

/** @throws ServerError `bad-option` when these are no options, `unknown-option` for a name that nobody reads. */
export function checkNames(owner: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw badOption(`options of ${owner}`, options, 'an object');
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new ServerError('unknown-option', `there is no option \`${name}\` of ${owner}`, {
      hint: `There are: ${known.map((each) => `\`${each}\``).join(', ')}.`,
    });
  }
}

/** What somebody gave, without what is in it: it may be a credential in the wrong place (CR-12). */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value === '') return 'empty';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
