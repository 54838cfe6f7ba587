import type { Report, Standing } from '../report.ts';
import { Log, type LogEntry } from './log.ts';

/** What is to be drawn. */
export interface View {
  /** `null` before the first connection. */
  readonly now: Standing | null;
  /** The edges that the last transition took. */
  readonly edges: readonly string[];
  readonly entries: readonly LogEntry[];
  /** Events of this connection so far, and how many of them a paused page does not show yet. */
  readonly count: number;
  readonly unseen: number;
}

/** What the panel knows: every connection with its log, which one is looked at, and whether the page is paused. */
export class Desk {
  readonly #known = new Map<string, Known>();
  #selected: string | null = null;
  #filter = '';
  /** What a paused page goes on showing. */
  #frozen: View | null = null;

  get connections(): readonly string[] {
    return [...this.#known.keys()];
  }

  get selected(): string | null {
    return this.#selected;
  }

  get isPaused(): boolean {
    return this.#frozen !== null;
  }

  get view(): View {
    const live = this.#live();
    return this.#frozen === null ? live : { ...this.#frozen, unseen: live.count - this.#frozen.count };
  }

  take(report: Report): void {
    const known = this.#of(report.connection);
    if (report.kind === 'end') {
      known.hasEnded = true;
      return;
    }
    known.now = report.now;
    if (report.kind === 'step') {
      known.log.add(report);
      known.count += 1;
      // An event that changed nothing took no edge: the last one stays lit.
      if (report.edges.length > 0) known.edges = report.edges;
    }
  }

  select(connection: string): void {
    this.#selected = connection;
    this.#frozen = null;
    this.#of(connection).log.filter(this.#filter);
  }

  filter(text: string): void {
    this.#filter = text;
    const log = this.#selected === null ? null : this.#of(this.#selected).log;
    log?.filter(text);
    if (this.#frozen !== null && log !== null) this.#frozen = { ...this.#frozen, entries: [...log.shown] };
  }

  togglePause(): void {
    const live = this.#live();
    this.#frozen = this.#frozen === null ? { ...live, entries: [...live.entries] } : null;
  }

  clear(): void {
    if (this.#selected === null) return;
    this.#of(this.#selected).log.clear();
    if (this.#frozen !== null) this.#frozen = { ...this.#frozen, entries: [] };
  }

  /** In the form of a trace, without what it takes to play it again: only the connection itself has that. */
  log(): object {
    const entries = this.#selected === null ? [] : this.#of(this.#selected).log.all;
    return {
      version: 1,
      startedAt: entries[0]?.step.at ?? null,
      entries: entries.map(({ step: { at, event, from, to, now } }) => ({
        at,
        event,
        from,
        to,
        ...(now.status.cause && { cause: now.status.cause.code }),
      })),
    };
  }

  #live(): View {
    const known = this.#selected === null ? undefined : this.#known.get(this.#selected);
    if (known === undefined) return { now: null, edges: [], entries: [], count: 0, unseen: 0 };
    const { now, edges, log, count } = known;
    return { now, edges, entries: log.shown, count, unseen: 0 };
  }

  #of(connection: string): Known {
    const known = this.#known.get(connection);
    if (known !== undefined) return known;
    const made: Known = { log: new Log(), now: null, edges: [], count: 0, hasEnded: false };
    made.log.filter(this.#filter);
    this.#known.set(connection, made);
    // One that comes when the one that is looked at has ended takes its place, as after a reload of a component.
    const current = this.#selected === null ? undefined : this.#known.get(this.#selected);
    if (current === undefined || current.hasEnded) this.#selected = connection;
    return made;
  }
}

interface Known {
  readonly log: Log;
  now: Standing | null;
  edges: readonly string[];
  count: number;
  hasEnded: boolean;
}
