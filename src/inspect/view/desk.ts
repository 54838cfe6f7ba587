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
  /** The fewest events that `goTo` can go back to: older ones are forgotten. */
  readonly earliest: number;
  /** Reading of the page's clock when `now` was heard; `null` for the past, in which no time passes. */
  readonly heardAt: number | null;
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
    known.heardAt = performance.now();
    if (report.kind === 'begin') known.begin = report.now;
    else {
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
    if (this.#frozen === null || log === null) return;
    const { count } = this.#frozen;
    this.#frozen = { ...this.#frozen, entries: log.shown.filter(({ number }) => number < count) };
  }

  togglePause(): void {
    const live = this.#live();
    this.#frozen = this.#frozen === null ? { ...live, entries: [...live.entries] } : null;
  }

  /** Back to how it was after so many events, where the page is held. After all of them, it follows again. */
  goTo(count: number): void {
    const known = this.#selected === null ? undefined : this.#known.get(this.#selected);
    if (known === undefined || count >= known.count) {
      this.#frozen = null;
      return;
    }
    const past = known.log.all.filter(({ number }) => number < count);
    const now = count === 0 ? known.begin : past.at(-1)?.step.now;
    if (now === undefined) return;
    const edges = past.findLast(({ step }) => step.edges.length > 0)?.step.edges ?? [];
    const entries = known.log.shown.filter(({ number }) => number < count);
    this.#frozen = { ...this.#live(), now, edges, entries, count, heardAt: null };
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
    if (known === undefined) return nothing;
    const { now, edges, log, count, begin, hasEnded } = known;
    const first = log.all[0]?.number ?? count;
    const earliest = first === 0 && begin !== undefined ? 0 : Math.min(first + 1, count);
    const heardAt = hasEnded ? null : known.heardAt;
    return { now, edges, entries: log.shown, count, unseen: 0, earliest, heardAt };
  }

  #of(connection: string): Known {
    const known = this.#known.get(connection);
    if (known !== undefined) return known;
    const made: Known = {
      ...{ log: new Log(), begin: undefined, now: null, heardAt: null },
      ...{ edges: [], count: 0, hasEnded: false },
    };
    made.log.filter(this.#filter);
    this.#known.set(connection, made);
    // One that comes when the one that is looked at has ended takes its place, as after a reload of a component.
    const current = this.#selected === null ? undefined : this.#known.get(this.#selected);
    if (current === undefined || current.hasEnded) this.#selected = connection;
    return made;
  }
}

const nothing: View = {
  ...{ now: null, edges: [], entries: [], count: 0, unseen: 0 },
  ...{ earliest: 0, heardAt: null },
};

interface Known {
  readonly log: Log;
  /** Where it stood before its first event, if that was told. */
  begin: Standing | undefined;
  now: Standing | null;
  heardAt: number | null;
  edges: readonly string[];
  count: number;
  hasEnded: boolean;
}
