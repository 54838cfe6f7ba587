import { cursorOf } from '../wire.ts';

/**
 * Where a sequence number stands in its stream. `ahead`: some are missing before it. `hole`: it was missing, and that
 * was told. `behind`: older than the last. `absurd`: no stream jumps that far. `anew`: the log counts anew.
 */
export type Place = 'first' | 'next' | 'ahead' | 'hole' | 'behind' | 'absurd' | 'anew';

interface Start {
  readonly sequence: number;
  /** Of a log; `null` for a stream that is none. */
  readonly generation: string | null;
}

/** Furthest that a stream may jump: beyond it the number is taken for an error, or an attack. */
const longestJump = 1_000_000;

/** Holes that are remembered in a stream; the oldest is forgotten first. */
const mostHoles = 100;

/** Streams that are remembered; the one that stood still longest is forgotten first. */
const mostStreams = 10_000;

/** How often in a row a gap may be asked about in vain, before the gaps of the stream are only told. */
const mostVain = 3;

/** The last delivered number of each stream (MS-3). */
export class Streams {
  readonly #streams = new Map<string, Stream>();
  /** How many streams began again. */
  restarts = 0;

  has(name: string): boolean {
    return this.#streams.has(name);
  }

  place(name: string, sequence: number, generation: string | null): Place {
    const stream = this.#streams.get(name);
    if (stream === undefined) return 'first';
    return stream.generation === generation ? stream.place(sequence) : 'anew';
  }

  /** The number that should come next. */
  expected(name: string): number {
    return (this.#streams.get(name)?.cursor ?? -1) + 1;
  }

  /** @param isLate Messages of the stream may still come that are older than its first. */
  begin(name: string, start: Start, isLate = false): void {
    const stream = new Stream(start);
    const { sequence } = start;
    if (isLate && sequence > 0) stream.holes.push([0, sequence - 1]);
    this.#put(name, stream);
    if (this.#streams.size <= mostStreams) return;
    for (const [idlest] of this.#streams) {
      this.#streams.delete(idlest);
      return;
    }
  }

  /** Its numbers go on in another generation. */
  adopt(name: string, generation: string): void {
    const stream = this.#streams.get(name);
    if (stream !== undefined) stream.generation = generation;
  }

  beginAgain(name: string, start: Start): void {
    this.restarts += 1;
    this.#put(name, new Stream(start, this.restarts));
  }

  /** Whether the stream began again since there were so many restarts: its numbers meant other messages then. */
  hasBegunAgainSince(name: string, restarts: number): boolean {
    return (this.#streams.get(name)?.restart ?? 0) > restarts;
  }

  /** Takes the number for delivered; what it skips becomes a hole. */
  advance(name: string, sequence: number): void {
    const stream = this.#streams.get(name);
    if (stream === undefined) return;
    stream.advance(sequence);
    this.#put(name, stream);
  }

  fill(name: string, sequence: number): void {
    this.#streams.get(name)?.fill(sequence);
  }

  /** A gap of the stream was asked about, and what it misses did not come. */
  noteVain(name: string): void {
    const stream = this.#streams.get(name);
    if (stream !== undefined) stream.vain += 1;
  }

  isWorthAsking(name: string): boolean {
    return (this.#streams.get(name)?.vain ?? 0) < mostVain;
  }

  /** Another link may do better. */
  trustAgain(): void {
    for (const stream of this.#streams.values()) stream.vain = 0;
  }

  cursors(): Record<string, number> {
    return Object.fromEntries([...this.#streams].map(([name, { cursor }]) => [name, cursor]));
  }

  logCursors(): Record<string, string> {
    const cursors: Record<string, string> = {};
    for (const [name, { generation, cursor }] of this.#streams) {
      if (generation !== null) cursors[name] = cursorOf(generation, cursor);
    }
    return cursors;
  }

  forget(name?: string): void {
    if (name === undefined) this.#streams.clear();
    else this.#streams.delete(name);
  }

  /** Last in the Map is what moved last. */
  #put(name: string, stream: Stream): void {
    this.#streams.delete(name);
    this.#streams.set(name, stream);
  }
}

class Stream {
  cursor: number;
  generation: string | null;
  vain = 0;
  /** Which restart of all it came of; 0 for none. */
  readonly restart: number;
  /** First and last number of each hole that was told. */
  readonly holes: [number, number][] = [];

  constructor({ sequence, generation }: Start, restart = 0) {
    this.cursor = sequence;
    this.generation = generation;
    this.restart = restart;
  }

  place(sequence: number): Place {
    const ahead = sequence - this.cursor;
    if (ahead > longestJump) return 'absurd';
    if (ahead > 1) return 'ahead';
    if (ahead === 1) return 'next';
    return this.#holeOf(sequence) === undefined ? 'behind' : 'hole';
  }

  advance(sequence: number): void {
    if (sequence > this.cursor + 1) this.holes.push([this.cursor + 1, sequence - 1]);
    if (this.holes.length > mostHoles) this.holes.shift();
    this.cursor = sequence;
  }

  fill(sequence: number): void {
    const hole = this.#holeOf(sequence);
    if (hole === undefined) return;
    const [first, last] = hole;
    const rest: [number, number][] = [
      [first, sequence - 1],
      [sequence + 1, last],
    ];
    this.holes.splice(this.holes.indexOf(hole), 1, ...rest.filter(([from, to]) => from <= to));
    if (this.holes.length > mostHoles) this.holes.shift();
  }

  #holeOf(sequence: number): [number, number] | undefined {
    return this.holes.find(([first, last]) => first <= sequence && sequence <= last);
  }
}
