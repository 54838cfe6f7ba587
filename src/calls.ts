import { clampDelay } from '../machines/policy.ts';
import type { CredentialDesk } from './credential.ts';
import type { Dialect } from './dialect/dialect.ts';
import { readAnswer } from './dialect/read-answer.ts';
import { HoldfastError } from './errors.ts';
import { LinkCallError, type LinkSession } from './link/link.ts';
import type { StatusStore } from './status-store.ts';

/** How long `request` waits, and what ends it. */
export interface RequestOptions {
  /** Ms until the server's acknowledgement. Default 10,000. */
  readonly timeout?: number;
  /** Aborted, `request` rejects with `aborted`. What was sent is not called back. */
  readonly signal?: AbortSignal;
}

/** What a call needs of its connection. */
export interface CallContext {
  readonly store: Pick<StatusStore, 'isLive' | 'isDisposed'>;
  readonly line: { session(): LinkSession | null };
  readonly desk: Pick<CredentialDesk, 'redact'>;
  readonly dialect: Dialect;
}

/** Sends if live, else drops it (OB-8). */
export function sendVolatile({ store, line }: CallContext, event: string, payload: unknown): boolean {
  return (store.isLive && line.session()?.emit(event, [payload])) || false;
}

/** Sends and waits for the answer, without a queue (OB-8). */
export async function request(
  { store, line, desk, dialect }: CallContext,
  event: string,
  payload: unknown,
  { timeout = 10_000, signal }: RequestOptions,
): Promise<unknown> {
  if (!(Number.isFinite(timeout) && timeout >= 0)) {
    throw new HoldfastError('bad-argument', '`timeout` is not a number of ms, 0 or more');
  }
  if (signal?.aborted) throw aborted(signal);
  const session = store.isLive ? line.session() : null;
  if (session === null) throw notLive(store.isDisposed);
  const answer = readAnswer(
    dialect,
    await untilAborted(session.call(event, [payload], clampDelay(timeout)), signal).catch((thrown) => {
      throw callError(thrown, timeout, store.isDisposed);
    }),
  );
  if (answer instanceof HoldfastError) throw answer;
  if (answer.ok) return answer.value;
  throw new AnswerRefused(desk.redact(answer.error));
}

/** The server acknowledged with an error; `answer` is what it said. */
export class AnswerRefused extends HoldfastError {
  override readonly name = 'AnswerRefused';
  /** The error in the acknowledgement, without what is secret of a credential (CR-12). */
  readonly answer: unknown;

  constructor(answer: unknown) {
    super('answer-refused', 'the server answered with an error');
    this.answer = answer;
  }
}

function untilAborted<T>(call: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return call;
  return new Promise((resolve, reject) => {
    const abort = () => reject(aborted(signal));
    signal.addEventListener('abort', abort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function callError(thrown: unknown, timeout: number, isDisposed: boolean): unknown {
  if (!(thrown instanceof LinkCallError)) return thrown;
  if (isDisposed) return notLive(true);
  switch (thrown.reason) {
    case 'not-open':
      return notLive(false);
    case 'timeout':
      return new HoldfastError('no-answer', `no acknowledgement within ${timeout} ms`);
    case 'lost':
      return new HoldfastError('link-lost', 'the link was lost before the acknowledgement came');
  }
}

function notLive(isDisposed: boolean): HoldfastError {
  return isDisposed
    ? new HoldfastError('disposed', 'the connection was disposed of')
    : new HoldfastError('not-live', 'the connection is not live');
}

function aborted(signal: AbortSignal): HoldfastError {
  return new HoldfastError('aborted', 'the request was aborted', { cause: signal.reason });
}
