import { type Span, SpanKind, SpanStatusCode, type Tracer } from '@opentelemetry/api';
import type { Stats } from '../stats.ts';
import type { ConnectionSnapshot, Status } from '../status.ts';
import type { Instruments, Words } from './instruments.ts';

type Phase = 'credential' | 'handshake';

interface Attempt {
  readonly epoch: number;
  readonly span: Span;
  readonly startedAt: number;
  /** What was the cause when it began: another one is why it ended. */
  readonly cause: ConnectionSnapshot['context']['cause'];
  /** How often the server had refused before, by code: a refusal that a fresh credential can cure is no cause. */
  readonly refusals: Stats['refusals'];
  phase: Phase | null;
}

/** A span and a duration for each attempt, from its first call of the provider until the server has said yes or no. */
export class Attempts {
  readonly #tracer: Tracer;
  readonly #instruments: Instruments;
  readonly #words: Words;
  #attempt: Attempt | null = null;

  constructor(tracer: Tracer, instruments: Instruments, words: Words) {
    this.#tracer = tracer;
    this.#instruments = instruments;
    this.#words = words;
  }

  see(status: Status, context: ConnectionSnapshot['context'], refusals: Stats['refusals']): void {
    const phase = phaseOf(status);
    const isOver = this.#attempt !== null && (phase === null || context.epoch !== this.#attempt.epoch);
    if (isOver) this.end(this.#outcomeOf(status, context.cause, refusals));
    if (phase === null) return;
    this.#attempt ??= this.#begin(context, refusals);
    if (this.#attempt.phase === phase) return;
    this.#attempt.phase = phase;
    this.#attempt.span.addEvent(phase);
  }

  end(outcome: string): void {
    const attempt = this.#attempt;
    if (attempt === null) return;
    this.#attempt = null;
    const { span, startedAt } = attempt;
    const isFailure = outcome !== 'accepted' && outcome !== 'stopped';
    span.setAttributes({ 'holdfast.outcome': outcome, ...(isFailure && { 'error.type': outcome }) });
    if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR, message: outcome });
    span.end();
    const words = { ...this.#words, 'holdfast.outcome': outcome };
    this.#instruments.attempts.record((performance.now() - startedAt) / 1_000, words);
  }

  #begin(
    { epoch, attempt, reason, refreshOwed, cause }: ConnectionSnapshot['context'],
    refusals: Stats['refusals'],
  ): Attempt {
    const span = this.#tracer.startSpan('holdfast attempt', {
      kind: SpanKind.CLIENT,
      attributes: {
        ...this.#words,
        'holdfast.attempt': attempt,
        'holdfast.reason': reason,
        'holdfast.force_refresh': refreshOwed,
      },
    });
    return { epoch, span, startedAt: performance.now(), cause, refusals, phase: null };
  }

  /** Without a reason nothing went wrong: the user, another identity or a page that was put away ended it. */
  #outcomeOf(status: Status, cause: Attempt['cause'], refusals: Stats['refusals']): string {
    if (status.state === 'connected') return 'accepted';
    const before = this.#attempt;
    if (cause !== null && cause !== before?.cause) return cause.code;
    const refused = Object.keys(refusals).find((code) => refusals[code] !== before?.refusals[code]);
    return refused ?? 'stopped';
  }
}

function phaseOf(status: Status): Phase | null {
  if (status.state !== 'authenticating' && status.state !== 'reconnecting') return null;
  return status.phase === 'credential' || status.phase === 'handshake' ? status.phase : null;
}
