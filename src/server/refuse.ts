/** What a client is answered instead of an answer. `retryable`: the same may be asked again, and may then be granted. */
export interface RefusalAnswer {
  readonly error: { readonly code: string; readonly details?: unknown };
  readonly retryable?: true;
}

/** What a refusal says beside its code. */
export interface RefuseOptions {
  /** Whether the client may ask the same again, and may then be granted it. Default: false. */
  readonly retryable?: boolean;
  /** More for the client to know; JSON. Everything in here is shown to it. */
  readonly details?: unknown;
}

/**
 * Thrown by a handler, or by a check, to say no: the client is answered `{ error: { code, details }, retryable }`.
 * Whatever else is thrown is answered without a word of what it was.
 *
 * @example
 * throw new Refuse('too-long', { details: { most: 500 } });
 */
export class Refuse extends Error {
  override readonly name = 'Refuse';
  /** Told to the client. */
  readonly code: string;
  /** Whether the same may be asked again. */
  readonly retryable: boolean;
  /** Told to the client; JSON. */
  readonly details: unknown;

  constructor(code: string, { retryable = false, details }: RefuseOptions = {}) {
    super(code);
    this.code = code;
    this.retryable = retryable;
    this.details = details;
  }

  /** What the client is answered. */
  get answer(): RefusalAnswer {
    const { code, details, retryable } = this;
    return {
      error: { code, ...(details !== undefined && { details }) },
      ...(retryable && { retryable }),
    };
  }
}

/** As clients read it: an object with an `error` in it. `{ error: null, … }` is how many servers write success. */
export function isRefusal(
  answer: unknown,
): answer is { readonly error: unknown; readonly retryable?: unknown } {
  return typeof answer === 'object' && answer !== null && 'error' in answer && answer.error != null;
}

/** Whether an answer says: not now, but again. */
export function isRetryable(answer: unknown): boolean {
  return isRefusal(answer) && answer.retryable === true;
}
