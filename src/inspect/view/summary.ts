import type { Standing, StatusView } from '../report.ts';
import { element } from './element.ts';

/** What the connection does, why, and how long until the next attempt. */
export class Summary {
  readonly element: HTMLElement;
  readonly #state: HTMLElement;
  readonly #detail: HTMLElement;
  readonly #countdown: HTMLElement;
  readonly #cause: HTMLElement;
  #dueAt: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(document: Document) {
    this.#state = element(document, 'strong', { class: 'state-name' });
    this.#detail = element(document, 'span', { class: 'detail' });
    // Not read out: it changes ten times a second.
    this.#countdown = element(document, 'span', { class: 'countdown', 'aria-hidden': 'true' });
    this.#cause = element(document, 'p', { class: 'cause' });
    const line = element(document, 'p', { class: 'line' }, this.#state, this.#detail, this.#countdown);
    this.element = element(document, 'div', { class: 'summary' }, line, this.#cause);
  }

  /** @param heardAt Reading of `performance.now()` when this was so; `null` where time stands still. */
  show({ status, dueIn }: Standing, heardAt: number | null): void {
    this.#state.textContent = 'phase' in status ? `${status.state} · ${status.phase}` : status.state;
    this.#state.dataset['state'] = status.state;
    this.#detail.textContent = detailOf(status);
    this.#cause.textContent =
      status.cause === undefined ? '' : `${status.cause.message}. ${status.cause.hint}`;
    const now = performance.now();
    this.#dueAt = dueIn === null ? null : (heardAt ?? now) + dueIn;
    this.#tick(now);
    clearInterval(this.#timer);
    if (this.#dueAt !== null && heardAt !== null) this.#timer = setInterval(() => this.#tick(), 100);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(now = performance.now()): void {
    const left = this.#dueAt === null ? null : Math.max(0, this.#dueAt - now);
    this.#countdown.textContent = left === null ? '' : `next attempt in ${(left / 1000).toFixed(1)} s`;
    if (left === null || left === 0) clearInterval(this.#timer);
  }
}

/** What else the status says, in the order that it says it. */
function detailOf({ state, phase, since, cause, retryAt, degraded, ...rest }: StatusView): string {
  const missing = Array.isArray(degraded) ? degraded.length : 0;
  const details: Readonly<Record<string, unknown>> = { ...rest, ...(missing > 0 && { degraded: missing }) };
  return Object.entries(details)
    .filter(([, value]) => value !== false && value !== '')
    .map(([key, value]) => (value === true ? key : `${key} ${value}`))
    .join(' · ');
}
