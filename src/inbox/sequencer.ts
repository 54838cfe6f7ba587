import type { RestoringEvent } from '../../machines/events.ts';
import { type Failure, failure } from '../../machines/verdict.ts';
import type { LogPlace, LogPosition } from '../dialect/dialect.ts';
import type { Inbound } from '../inbound.ts';
import { cursorOf, readCursor } from '../wire.ts';
import { type Arrival, markOf, meet } from './arrival.ts';
import { Callbacks } from './callbacks.ts';
import { type Caught, type Fetched, type FetchedItem, Fetching, flawsOf } from './fetching.ts';
import type { Gap } from './gap.ts';
import { Order } from './order.ts';
import type { CatchUpRequest, Debt, Outlets, SequencerParts } from './parts.ts';
import type { Mark } from './read-mark.ts';

/** Messages that may wait (MS-4). */
const mostWaiting = 10_000;

/**
 * Where messages pass one by one: each id once, each stream in sequence, and none past those that are still missing
 * (MS-3, MS-4, SY-1). What sync brought is kept until `release`, so that a try that comes to nothing leaves no trace.
 */
export class Sequencer {
  duplicatesDropped = 0;
  gaps = 0;
  readonly #parts: SequencerParts;
  readonly #outlets: Outlets;
  readonly #callbacks: Callbacks;
  readonly #order = new Order();
  /** In order. A Set, since more may come while one goes out, and any number may leave at the front. */
  readonly #waiting = new Set<Arrival>();
  /**
   * Why messages wait. `gap`: a stream has a hole, and nobody was asked yet. `missed`: the machine said so.
   * `asked`: sync was asked since. `behind`: there is more to ask for since then.
   */
  #hold: 'none' | 'gap' | 'missed' | 'asked' | 'behind' = 'none';
  #isDraining = false;
  /** Grows with each `forget`. */
  #life = 0;
  #since: number | null = null;
  /** Where to ask from, while there is something missing: what goes out meanwhile does not move it. */
  #debt: Debt | null = null;
  #fetching: Fetching | null = null;
  #caught: Caught | null = null;
  #failure: Failure | null = null;

  constructor(parts: SequencerParts, outlets: Outlets) {
    this.#parts = parts;
    this.#outlets = outlets;
    this.#callbacks = new Callbacks(parts);
  }

  take(event: string, args: readonly unknown[], replayed: boolean, place: LogPlace | null = null): void {
    this.#waiting.add(this.#arrival(event, args, replayed, place));
    if (this.#hold === 'none') this.#drain();
    else if (this.#waiting.size > mostWaiting) this.#overflow();
  }

  /** From here on messages wait, over a lost link as well: their order stays right when the next sync comes. */
  hold(): void {
    // Brought for a round that did not end: it is asked for again.
    this.#caught = null;
    if (this.#hold === 'none') this.#order.trustAgain();
    this.#owe();
    this.#hold = 'missed';
  }

  /** By log, the cursor after which to ask. */
  logCursors(): Readonly<Record<string, string>> {
    return { ...this.#order.logCursors(), ...this.#debt?.logs };
  }

  reads(log: string): boolean {
    return this.#order.has(log);
  }

  begin(log: string, at: LogPosition): void {
    this.#order.begin(log, at);
    const owed = readCursor(this.#debt?.logs[log]);
    if (this.#debt !== null && owed !== null) this.#debt.logs[log] = cursorOf(at.generation, owed.sequence);
  }

  /** There is something to catch up on, of which no message told. */
  behind(): void {
    if (this.#hold === 'asked') this.#hold = 'behind';
    if (this.#hold !== 'none') return;
    this.#owe();
    this.#hold = 'gap';
    this.#parts.onGap();
  }

  /** Nobody can say what was missed in these logs: each goes on from there, or is none any more (SY-3). */
  lose(logs: ReadonlyMap<string, LogPosition | null>): void {
    for (const [log, at] of logs) {
      this.forgetLog(log);
      if (at !== null) this.#order.beginAgain(log, at);
    }
    const [first] = logs.keys();
    this.#tell({
      reason: 'cursor-unknown',
      ...(first !== undefined && logs.size === 1 && { stream: first }),
    });
  }

  forgetLog(log: string): void {
    this.#order.forgetStream(log);
    if (this.#debt !== null) delete this.#debt.logs[log];
  }

  catchUp({ identity, rooms, epoch }: CatchUpRequest, settle: (event: RestoringEvent) => void): () => void {
    const { sync } = this.#parts;
    if (sync === null) {
      settle({ type: 'restoring.done', epoch });
      return () => {};
    }
    this.hold();
    this.#hold = 'asked';
    // What comes from here on may show a hole that is newer than the question: asked about in its turn.
    this.#tellHoles();
    this.#failure = null;
    this.#fetching?.stop();
    const fetching = new Fetching(sync, this.#outlets.clock, (fetched) =>
      settle(this.#judge(fetched, epoch)),
    );
    this.#fetching = fetching;
    const { since, cursors } = this.#owe();
    fetching.start({ identity, rooms, since, cursors: { ...cursors } });
    return () => fetching.stop();
  }

  /** Live: what was missed goes out, then what waited. Without what was missed, that is told. */
  release(): void {
    this.#callbacks.mayComplainAgain();
    if (this.#hold === 'none') return;
    if (this.#hold === 'gap') {
      // Found while nobody could be asked.
      this.#parts.onGap();
      return;
    }
    if (this.#caught !== null) this.#settleDebt(this.#caught);
    else {
      // The debt stays: the next try asks from where this one did.
      this.#tellHoles();
      if (this.#failure !== null) this.#parts.problems.report(this.#failure);
      this.#tell({ reason: 'failed' });
    }
    const isBehind = this.#hold === 'behind';
    this.#hold = 'none';
    this.#drain();
    if (isBehind) this.behind();
  }

  /** The identity changed: nothing of the one before is delivered, asked for or compared with (ID-1). */
  forget(): void {
    this.#life += 1;
    this.#fetching?.stop();
    this.#fetching = null;
    this.#waiting.clear();
    this.#order.forget();
    this.#callbacks.mayComplainAgain();
    this.#hold = 'none';
    this.#since = null;
    this.#debt = null;
    this.#caught = null;
    this.#failure = null;
  }

  #drain(): void {
    // A subscriber called back in: the loop that called it goes on with what came.
    if (this.#isDraining) return;
    this.#isDraining = true;
    try {
      for (const arrival of this.#waiting) {
        if (this.#hold !== 'none') break;
        if (this.#mustAsk(arrival)) {
          this.#owe();
          this.#hold = 'gap';
          break;
        }
        this.#pass(arrival);
      }
    } finally {
      this.#isDraining = false;
    }
    // After the loop: the answer may be there at once, and releases.
    if (this.#hold === 'gap') this.#parts.onGap();
  }

  #mustAsk(arrival: Arrival): boolean {
    const mark = this.#markOf(arrival);
    if (mark === null || !arrival.mayAsk || this.#parts.sync === null) return false;
    return this.#waiting.has(arrival) && this.#order.isWorthAsking(mark, arrival.isMerged);
  }

  #pass(arrival: Arrival): void {
    // Forgotten while `identify` was asked about it.
    if (!this.#waiting.delete(arrival)) return;
    const { message, mark, place } = arrival;
    // Of a room that was left while it waited.
    if (place !== null && place.at !== null && !this.#order.has(place.room)) return;
    if (mark === null || mark === undefined) {
      this.#emit(message);
      return;
    }
    const { isNews, gap, flaw } = this.#order.take(mark, {
      isMerged: arrival.isMerged,
      replayed: message.replayed,
      isOwed: this.#debt !== null,
      wasAsked: !arrival.mayAsk,
      isNamedByPlace: mark.id === place?.id,
    });
    if (flaw !== null) this.#callbacks.complain('identify-invalid', flaw);
    if (gap !== null && !this.#tell(gap)) return;
    if (place?.isSkip === true) return;
    const logged = place === null ? undefined : { room: place.room, cursor: place.cursor };
    if (isNews) this.#emit({ ...message, id: mark.id, ...logged });
    else this.duplicatesDropped += 1;
  }

  #emit(message: Inbound): void {
    this.#since = message.receivedAt;
    this.#outlets.emit(message);
  }

  /** False when the one who was told changed the identity: what was about to be delivered is nobody's now. */
  #tell(gap: Omit<Gap, 'at' | 'since' | 'reload'>): boolean {
    const life = this.#life;
    this.gaps += 1;
    const since = this.#debt === null ? this.#since : this.#debt.since;
    const reload = gap.reason === 'cursor-unknown';
    this.#outlets.tell({ at: this.#outlets.clock.now(), ...gap, since, reload });
    return life === this.#life;
  }

  #owe(): Debt {
    this.#debt ??= { since: this.#since, cursors: this.#order.cursors(), logs: this.#order.logCursors() };
    return this.#debt;
  }

  #judge(fetched: Fetched, epoch: number): RestoringEvent {
    if (fetched.type !== 'failed') {
      this.#caught = fetched;
      return { type: 'restoring.done', epoch };
    }
    const { failure: why, mayRetry } = fetched;
    this.#failure = { ...why, message: this.#parts.desk.redact(why.message) };
    return { type: 'restoring.failed', epoch, failure: this.#failure, mayRetry };
  }

  #settleDebt(caught: Caught): void {
    for (const [reason, why] of flawsOf(caught)) {
      this.#parts.problems.report(why);
      if (!this.#tell({ reason })) return;
    }
    this.#debt = null;
    this.#caught = null;
    if (caught.type === 'items') this.#bring(caught.items);
    else {
      this.#order.forgetStreams();
      this.#since = null;
    }
  }

  /** What was missed comes before what waited, and makes one message with its copies there (SY-2). */
  #bring(items: readonly FetchedItem[]): void {
    const missed = items.map(({ event, payload, place }) => ({
      ...this.#arrival(event, [payload], true, place ?? null),
      mayAsk: false,
    }));
    const round = [...missed, ...this.#waiting];
    this.#waiting.clear();
    for (const arrival of round) this.#waiting.add(arrival);
    for (const arrival of round) this.#markOf(arrival);
    meet(round, (first, second) => this.#callbacks.merge(first, second));
  }

  /** Nobody is helped by holding more: what waits goes out, with the hole before it told. */
  #overflow(): void {
    const fetching = this.#fetching;
    const why = failure('sync-incomplete', `more than ${mostWaiting} messages came while they had to wait`);
    this.#tellHoles();
    this.#parts.problems.report(why);
    this.#tell({ reason: 'overflow' });
    this.#hold = 'none';
    this.#drain();
    fetching?.giveUp(why, false);
  }

  /** The holes before what waits were asked about, or will not be. */
  #tellHoles(): void {
    for (const arrival of this.#waiting) arrival.mayAsk = false;
  }

  #markOf(arrival: Arrival): Mark | null {
    if (arrival.mark === undefined) {
      arrival.mark = markOf(arrival, this.#callbacks.readMark(arrival.message));
    }
    return arrival.mark;
  }

  #arrival(event: string, args: readonly unknown[], replayed: boolean, place: LogPlace | null): Arrival {
    const message = { event, payload: args[0], args, replayed, receivedAt: this.#outlets.clock.now() };
    return { message, place, mark: undefined, isMerged: place?.isSkip === true, mayAsk: true };
  }
}
