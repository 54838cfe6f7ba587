import { type Failure, type FailureCode, hints } from '../machines/verdict.ts';

/** Codes of errors that a caller gets from a method or at creation; those of the connection are `FailureCode`. */
const usageHints = {
  'bad-option': 'Correct the option named in the message.',
  'unknown-option': 'Remove the option or correct its name.',
  'bad-argument': 'Correct the argument named in the message.',
  'bad-url':
    'Give the http(s):// or ws(s):// address of a Socket.IO server; its path is read as the namespace.',
  idle: 'Nobody asked for a connection, or it was ended. Call connect() first.',
  'auth-failed':
    'Nobody is signed in, as far as the server or the provider is concerned. Sign in, then call connect() or retry().',
  exhausted: 'Trying was given up. Call retry() when the user asks for it.',
  'identity-changed': 'The connection now belongs to another user. Ask again for that one.',
  'not-live': 'Wait for `ready()`, or use a way to send that waits.',
  'no-answer':
    'The server did not acknowledge in time. Check that its handler calls the acknowledgement, or raise `timeout`.',
  'link-lost': 'The link was lost before the answer came. The server may or may not have acted.',
  'answer-refused': 'The server answered with an error. See `answer` for what it said.',
  aborted: 'The caller aborted it.',
  disposed: 'The connection was disposed of. Create a new one.',
  'backoff-invalid':
    'Return a number of ms or "give-up" from `reconnect.backoff`; the default schedule served instead.',
  'classifier-invalid': 'Return a complete verdict from `classify`; the default classifier served instead.',
  'callback-threw': 'A callback given to holdfast threw. Catch it there; the connection went on.',
  internal: 'A defect of holdfast. Please report it with the trace.',
} as const;

export type ErrorCode = FailureCode | keyof typeof usageHints;

const brand = Symbol.for('holdfast.error');

/**
 * Every error of holdfast: a stable `code`, and a `hint` that says what to do (ER-1).
 * Told apart by `isHoldfastError`, which works across copies of the library and realms.
 */
export class HoldfastError extends Error {
  override readonly name: string = 'HoldfastError';
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.hint = options.hint ?? hintOf(code);
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

export function isHoldfastError(error: unknown): error is HoldfastError {
  return typeof error === 'object' && error !== null && brand in error;
}

export function errorOf(failure: Failure): HoldfastError {
  return new HoldfastError(failure.code, failure.message, { hint: failure.hint });
}

function hintOf(code: ErrorCode): string {
  return code in hints ? hints[code as FailureCode] : usageHints[code as keyof typeof usageHints];
}
