import type { LogPosition } from '../dialect/dialect.ts';
import type { Gap } from './gap.ts';
import type { Mark } from './read-mark.ts';
import { Seen } from './seen.ts';
import { type Place, Streams } from './streams.ts';

/** What becomes of a message. */
export interface Ruling {
  /** It goes out; else it is dropped as a duplicate. */
  readonly isNews: boolean;
  /** What is to be told before it. */
  readonly gap: Pick<Gap, 'reason' | 'stream' | 'expected' | 'received'> | null;
  /** What is wrong with its number, which was left out. */
  readonly flaw: string | null;
}

interface Circumstances {
  /** Another one of the same id stands for it. */
  readonly isMerged: boolean;
  readonly replayed: boolean;
  /** Messages from before are still missing, of any stream. */
  readonly isOwed: boolean;
  /** The hole before it was asked about. */
  readonly wasAsked: boolean;
  /** Its id says no more than its place in a log does. */
  readonly isNamedByPlace: boolean;
}

const absurd = '`identify` gave a `sequence` that is more than a million ahead of the last';

/** Each id once, a newer version as an update, and each stream in sequence (MS-3, SY-2). */
export class Order {
  readonly #seen = new Seen();
  readonly #streams = new Streams();

  /** Whether there is a hole before it that asking may fill. Changes nothing. */
  isWorthAsking(mark: Mark, isMerged: boolean): boolean {
    const place = this.#placeOf(mark);
    // A log that seems to count anew may not: who keeps it knows.
    const isHole = place === 'anew' || (place === 'ahead' && this.#isNews(mark, isMerged));
    return isHole && this.#streams.isWorthAsking(mark.stream);
  }

  /** Takes the message for delivered, and its place with it. */
  take(mark: Mark, circumstances: Circumstances): Ruling {
    const isNews = this.#isNews(mark, circumstances.isMerged);
    const ruling = this.#move(mark, isNews, circumstances);
    // Where the log was read to tells whether it came. Ids of a long life with many messages would fill the window, and
    // push the app's own out of it.
    const isKnownByPlace = circumstances.isNamedByPlace && mark.sequence !== null && ruling.flaw === null;
    if (ruling.isNews && !isKnownByPlace) this.#seen.add(mark, this.#streams.restarts);
    return ruling;
  }

  /** Another link may bring what one could not. */
  trustAgain(): void {
    this.#streams.trustAgain();
  }

  has(stream: string): boolean {
    return this.#streams.has(stream);
  }

  begin(stream: string, at: LogPosition): void {
    if (this.#streams.has(stream)) this.#streams.adopt(stream, at.generation);
    else this.#streams.begin(stream, at);
  }

  beginAgain(stream: string, at: LogPosition): void {
    this.#streams.beginAgain(stream, at);
  }

  /** Of those streams that are logs. */
  logCursors(): Record<string, string> {
    return this.#streams.logCursors();
  }

  forgetStream(stream: string): void {
    this.#streams.forget(stream);
  }

  cursors(): Record<string, number> {
    return this.#streams.cursors();
  }

  /** The server counts anew; what was seen stays seen. */
  forgetStreams(): void {
    this.#streams.forget();
  }

  forget(): void {
    this.#seen.forget();
    this.#streams.forget();
  }

  #move(mark: Mark, isNews: boolean, { isMerged, replayed, isOwed, wasAsked }: Circumstances): Ruling {
    const { stream } = mark;
    const sequence = mark.sequence ?? 0;
    const isKnown = isMerged || this.#seen.get(mark.id) !== undefined;
    const ruling: Ruling = { isNews, gap: null, flaw: null };
    const gap = { stream, expected: this.#streams.expected(stream), received: sequence };
    const place = this.#placeOf(mark);
    switch (place) {
      case 'apart':
        return ruling;
      case 'first':
        this.#streams.begin(stream, { sequence, generation: mark.generation }, isOwed);
        return ruling;
      case 'next':
        this.#streams.advance(stream, sequence);
        return ruling;
      case 'ahead':
        // What a duplicate skips, the next message shows as well.
        if (!isNews) return ruling;
        if (wasAsked) this.#streams.noteVain(stream);
        this.#streams.advance(stream, sequence);
        return { ...ruling, gap: { reason: 'sequence', ...gap } };
      case 'hole':
      case 'behind':
        // Live, it is rather a new beginning than a late filling: taken for one, nothing that follows is lost. A log
        // says so itself.
        if (mark.generation === null && !isKnown && sequence <= 1 && (place === 'behind' || !replayed)) {
          this.#streams.beginAgain(stream, { sequence, generation: mark.generation });
          return { ...ruling, gap: { reason: 'restarted', ...gap } };
        }
        this.#streams.fill(stream, sequence);
        // Behind and unknown: older than the window, or than the first message of all.
        return isKnown || place === 'hole' ? ruling : { ...ruling, isNews: false };
      case 'anew':
        // What is none for this client does not tell of it: the next message does.
        if (!isNews) return ruling;
        this.#streams.beginAgain(stream, { sequence, generation: mark.generation });
        return { ...ruling, gap: { reason: 'restarted', ...gap } };
      case 'absurd':
        return { ...ruling, flaw: absurd };
    }
  }

  #isNews({ id, version }: Mark, isMerged: boolean): boolean {
    const known = this.#seen.get(id);
    return !isMerged && (known === undefined || version > known.version);
  }

  /** `apart`: it has no place, or is a copy of what had this one before the stream began again. */
  #placeOf({ id, stream, sequence, generation }: Mark): Place | 'apart' {
    if (sequence === null) return 'apart';
    const known = this.#seen.get(id);
    const isOfOldCount =
      known?.sequence === sequence && this.#streams.hasBegunAgainSince(stream, known.restarts);
    return isOfOldCount ? 'apart' : this.#streams.place(stream, sequence, generation);
  }
}
