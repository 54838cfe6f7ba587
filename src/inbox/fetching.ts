import { Observable, type Subscription } from 'rxjs';
import { clampDelay } from '../../machines/policy.ts';
import { type Failure, failure } from '../../machines/verdict.ts';
import type { Clock } from '../clock.ts';
import { describe } from '../describe.ts';
import type { LogItem } from '../dialect/dialect.ts';
import { isHoldfastError } from '../errors.ts';
import type { SyncItem, SyncRequest, SyncSettings } from '../sync-port.ts';
import type { GapReason } from './gap.ts';
import { readItems } from './items.ts';

/** Items of one try; what is beyond is not read. */
const mostItems = 10_000;

export type FetchedItem = SyncItem & Partial<Pick<LogItem, 'place'>>;

/** What one try of `sync` came to. */
export type Fetched =
  | {
      readonly type: 'items';
      readonly items: readonly FetchedItem[];
      /** How many were no messages. */
      readonly junk: number;
      /** There were more than are held. */
      readonly isCut: boolean;
    }
  | { readonly type: 'cursor-unknown'; readonly failure: Failure }
  | { readonly type: 'failed'; readonly failure: Failure; readonly mayRetry: boolean };

export type Caught = Exclude<Fetched, { type: 'failed' }>;

/**
 * One try of `sync` (SY-1): it may throw, hang, return nonsense, never end or end late, and settles at most once (LC-13).
 * All of it or nothing: what a try gave before it failed would come again with the next one.
 */
export class Fetching {
  readonly #sync: SyncSettings;
  readonly #clock: Clock;
  readonly #settle: (fetched: Fetched) => void;
  readonly #abort = new AbortController();
  #items: FetchedItem[] = [];
  #read = 0;
  #isOver = false;
  #reading: Subscription | null = null;
  #timer: unknown;

  constructor(sync: SyncSettings, clock: Clock, settle: (fetched: Fetched) => void) {
    this.#sync = sync;
    this.#clock = clock;
    this.#settle = settle;
  }

  start(request: Omit<SyncRequest, 'signal'>): void {
    const { fetch, timeout } = this.#sync;
    this.#timer = this.#clock.setTimeout(
      () => this.giveUp(failure('sync-failed', `\`sync\` was not done within ${timeout} ms`), true),
      clampDelay(timeout),
    );
    new Observable((subscriber) => {
      // First: it may be stopped from inside.
      this.#reading = subscriber;
      return readItems(fetch({ ...request, signal: this.#abort.signal }), subscriber);
    }).subscribe({
      next: (item) => this.#take(item),
      complete: () => this.#end(this.#fetched()),
      error: (thrown) => this.#end(judge(thrown)),
    });
  }

  /** Ends it without a word: whatever comes of it later is inert. Idempotent. */
  stop(): void {
    const reading = this.#reading;
    // Before the abort, which may make the source fail at once.
    if (!this.#close()) return;
    this.#abort.abort();
    reading?.unsubscribe();
  }

  /** Ends it as failed, unless it is over. */
  giveUp(why: Failure, mayRetry: boolean): void {
    if (this.#isOver) return;
    this.stop();
    this.#settle({ type: 'failed', failure: why, mayRetry });
  }

  #end(fetched: Fetched): void {
    if (this.#close()) this.#settle(fetched);
  }

  #close(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    // A try that is over is held on to until the next one, and all that it holds with it.
    this.#items = [];
    this.#reading = null;
    this.#clock.clearTimeout(this.#timer as never);
    return true;
  }

  #take(given: unknown): void {
    if (this.#isOver) return;
    this.#read += 1;
    if (this.#read > mostItems) {
      const fetched = this.#fetched();
      this.stop();
      this.#settle(fetched);
      return;
    }
    const item = readItem(given, this.#sync.hasPlaces === true);
    if (item !== null) this.#items.push(item);
  }

  #fetched(): Fetched {
    const read = Math.min(this.#read, mostItems);
    const items = this.#items;
    return { type: 'items', items, junk: read - items.length, isCut: this.#read > mostItems };
  }
}

/** What a try that ended well did not bring, with the gap to tell of it. */
export function flawsOf(caught: Caught): readonly (readonly [GapReason, Failure])[] {
  if (caught.type === 'cursor-unknown') return [['cursor-unknown', caught.failure]];
  const flaws: [GapReason, Failure][] = [];
  if (caught.junk > 0) {
    flaws.push(['junk', failure('sync-invalid', `${caught.junk} of what \`sync\` gave are no messages`)]);
  }
  if (caught.isCut) {
    flaws.push(['overflow', failure('sync-incomplete', `\`sync\` gave more than ${mostItems} messages`)]);
  }
  return flaws;
}

/** An item may be anything, also a proxy that throws when looked at. */
function readItem(given: unknown, hasPlaces: boolean): FetchedItem | null {
  try {
    const { event, payload, place } = given as Partial<LogItem>;
    if (typeof event !== 'string') return null;
    return hasPlaces && place !== undefined ? { event, payload, place } : { event, payload };
  } catch {
    return null;
  }
}

function judge(thrown: unknown): Fetched {
  const code = codeOf(thrown);
  const said = describe(thrown);
  if (code === 'cursor-unknown') return { type: code, failure: failure(code, said) };
  if (code === 'sync-invalid') return { type: 'failed', failure: failure(code, said), mayRetry: true };
  return { type: 'failed', failure: failure('sync-failed', `\`sync\` threw: ${said}`), mayRetry: true };
}

function codeOf(thrown: unknown): string | null {
  try {
    return isHoldfastError(thrown) ? thrown.code : null;
  } catch {
    return null;
  }
}
