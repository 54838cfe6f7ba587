import { type Failure, type FailureCode, hints } from '../machines/verdict.ts';

/** Codes of errors that a caller gets from a method or at creation; those of the connection are `FailureCode`. */
const usageHints = {
  'bad-option': 'An option has a value that is not allowed. Correct the one that the message names.',
  'unknown-option': 'There is no option of that name. Remove it or correct the name.',
  'bad-argument': 'A method was given what it cannot take. Correct the argument that the message names.',
  'bad-url':
    'This is no address of a Socket.IO server. Give one with http(s):// or ws(s)://; its path is read as the namespace.',
  idle: 'Nobody asked for a connection, or it was ended. Call connect() first.',
  'auth-failed':
    'Nobody is signed in, as far as the server or the provider is concerned. Sign in, then call connect() or retry().',
  exhausted: 'Trying was given up. Call retry() when the user asks for it.',
  'identity-changed': 'The connection now belongs to another user. Ask again for that one.',
  'not-live': 'There is no live link to send on. Wait for `ready()` first.',
  'no-answer':
    'The server did not acknowledge in time. Check that its handler calls the acknowledgement, or raise `timeout`.',
  'link-lost':
    'The link was lost before the answer came. The server may or may not have acted: ask it before you send the same again.',
  'answer-refused': 'The server answered with an error. See `answer` for what it said.',
  'no-identity': 'Nobody is signed in, so there is nobody to send for. Call connect(user) first.',
  'outbox-full':
    'As much waits already as may. Let the user wait, or raise `outbox.capacity`; nothing was dropped.',
  'payload-invalid':
    'JSON cannot carry this payload. Send plain objects, arrays, strings, numbers, booleans, null and bytes.',
  'payload-too-large':
    'The payload is larger than the server takes at once (`maxHttpBufferSize`) or the outbox holds. Send less at once.',
  'delivery-expired':
    'Its `ttl` ran out before it could be sent. The server never saw it: send it anew if it still matters.',
  'delivery-unknown':
    'It was sent, but no acknowledgement came, and it may not be sent again. Ask the server whether it has it.',
  'delivery-discarded':
    'signOut() threw away what was not acknowledged yet. Send it anew for whoever signs in next.',
  'store-failed':
    'The store of the outbox failed: the message goes on, but would not survive a reload. Check the space and the permissions it has.',
  'store-corrupt':
    'The store of the outbox held what cannot be read; it was set aside. See where, and whether something else writes there.',
  'room-refused': 'The server refused the room. See `answer` for what it said; join() asks again.',
  'identify-invalid':
    '`identify` gave an id or counter that cannot be used, and it was left out. Return { id, stream?, sequence?, version? } with whole numbers from 0.',
  'merge-invalid': '`merge` gave no message, and the newer version served instead. Return one of the two.',
  aborted: 'The caller aborted it through its signal. Nothing to do.',
  disposed: 'The connection was disposed of. Create a new one.',
  'backoff-invalid':
    '`reconnect.backoff` gave nothing to use, and the default schedule served instead. Return ms or "give-up" from it.',
  'classifier-invalid':
    '`classify` gave nothing to use, and the default classifier served instead. Return a complete verdict from it.',
  'callback-threw': 'A callback given to holdfast threw. Catch it there; the connection went on.',
  internal: 'A defect of holdfast. Please report it with the trace.',
} as const;

/** Every code with what to do about it; `docs/errors.md` is made from this table. */
export const errorHints = { ...hints, ...usageHints };

/** Every code of a `HoldfastError`, stable; `docs/errors.md` has each with cause and cure. */
export type ErrorCode = FailureCode | keyof typeof usageHints;

const brand = Symbol.for('holdfast.error');

/**
 * Every error of holdfast: a stable `code`, and a `hint` that says what to do (ER-1).
 * Told apart by `isHoldfastError`, which works across copies of the library and realms.
 */
export class HoldfastError extends Error {
  override readonly name: string = 'HoldfastError';
  /** Stable, for code that decides; the message is for people. */
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint ?? errorHints[code];
    Object.defineProperty(this, brand, { value: true });
  }
}

/** Thrown by a credential provider to say that there is nobody to authenticate: `auth-failed`, no more attempts (CR-3). */
export class CredentialRefused extends HoldfastError {
  override readonly name = 'CredentialRefused';

  constructor(message = 'the credential provider refused') {
    super('credential-refused', message);
  }
}

/**
 * Thrown by `sync` to say that the server no longer knows from where to catch up: no more tries, and the app is asked
 * on `gaps$` to load everything anew (SY-3).
 */
export class CursorUnknown extends HoldfastError {
  override readonly name = 'CursorUnknown';

  constructor(message = 'the server no longer knows from where to catch up') {
    super('cursor-unknown', message);
  }
}

/** Whether it is an error of holdfast, of whatever copy of the library or realm; those of `holdfast/server` are, too. */
export function isHoldfastError(error: unknown): error is HoldfastError {
  return typeof error === 'object' && error !== null && brand in error;
}

export function errorOf(failure: Failure): HoldfastError {
  return new HoldfastError(failure.code, failure.message, { hint: failure.hint });
}
