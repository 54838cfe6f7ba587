import { badOption } from '../bad-option.ts';
import type { Dialect } from './dialect.ts';

export interface PlainOptions {
  /** Event by which the server says why it is about to close; payload `{ code, retryAfter? }`. Default `holdfast:bye`. */
  readonly bye?: string;
}

/**
 * Any Socket.IO server, nothing asked of it. An acknowledgement whose first argument is an object with `error` is a
 * refusal (`{ error, retryable: true }` may be tried again); anything else is the answer.
 */
export function plain({ bye = 'holdfast:bye' }: PlainOptions = {}): Dialect {
  if (typeof bye !== 'string' || bye === '') throw badOption('bye', bye, 'the name of an event');
  return {
    readBye: (event, args) => (event === bye ? (args[0] ?? null) : undefined),
    readAnswer(answer) {
      if (typeof answer !== 'object' || answer === null || !('error' in answer))
        return { ok: true, value: answer };
      return {
        ok: false,
        error: answer.error,
        retryable: 'retryable' in answer && answer.retryable === true,
      };
    },
  };
}
