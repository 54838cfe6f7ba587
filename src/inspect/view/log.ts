import type { StepReport } from '../report.ts';

/** Steps that are kept, at least. */
export const capacity = 10_000;

export interface LogEntry {
  /** Counted from 0 since the connection was first seen. */
  readonly number: number;
  readonly step: StepReport;
}

/** The last steps of one connection, and which of them fit the filter. */
export class Log {
  #entries: LogEntry[] = [];
  #shown: LogEntry[] = [];
  #words: readonly string[] = [];
  #next = 0;

  /** Oldest first. */
  get all(): readonly LogEntry[] {
    return this.#entries;
  }

  /** What fits the filter, oldest first. */
  get shown(): readonly LogEntry[] {
    return this.#shown;
  }

  add(step: StepReport): void {
    const entry = { number: this.#next, step };
    this.#next += 1;
    this.#entries.push(entry);
    if (this.#fits(entry)) this.#shown.push(entry);
    // Not at every step: to take the first out of a long list moves all others.
    if (this.#entries.length >= capacity * 1.1) this.#forget();
  }

  /** Only steps that have every one of the words, in event, states or cause. Capital and small letters are the same. */
  filter(text: string): void {
    this.#words = text.toLowerCase().split(/\s+/).filter(Boolean);
    this.#shown = this.#entries.filter((entry) => this.#fits(entry));
  }

  clear(): void {
    this.#entries = [];
    this.#shown = [];
  }

  #forget(): void {
    const first = this.#next - capacity;
    this.#entries = this.#entries.filter(({ number }) => number >= first);
    this.#shown = this.#shown.filter(({ number }) => number >= first);
  }

  #fits({ step }: LogEntry): boolean {
    if (this.#words.length === 0) return true;
    const text = searchable(step);
    return this.#words.every((word) => text.includes(word));
  }
}

function searchable({ event, from, to, now }: StepReport): string {
  return `${event.type} ${from} ${to} ${now.status.cause?.code ?? ''}`.toLowerCase();
}
