import type { RedisReader, RedisSource } from '../redis-client.ts';
import { within } from '../within.ts';

export interface LastingReaderOptions {
  /** What to do with each connection. It ends when this rejects, and another one follows. */
  readonly work: (reader: RedisReader, isOver: () => boolean) => Promise<void>;
  /** Called once for each time that Redis is away. */
  readonly failed: (error: unknown) => void;
}

/**
 * One connection of our own to Redis after the other. Not by the client's own way to come back: what is on the wire when
 * a connection breaks is to be looked at anew.
 */
export class LastingReader {
  readonly #source: RedisSource;
  readonly #options: LastingReaderOptions;
  #reader: RedisReader | undefined;
  #isDown = false;
  #wasOpen = false;
  #isClosed = false;

  constructor(source: RedisSource, options: LastingReaderOptions) {
    this.#source = source;
    this.#options = options;
  }

  async run(): Promise<void> {
    for (let pause = soonest; !this.#isOver(); pause = Math.min(2 * pause, latest)) {
      try {
        await this.#connect();
      } catch (error) {
        if (!this.#isDown) pause = soonest;
        this.#fail(error);
      }
      await sleep(pause);
    }
  }

  /** The work is under way: Redis is there. */
  isUp(): void {
    this.#isDown = false;
  }

  close(): void {
    this.#isClosed = true;
    if (this.#reader !== undefined) end(this.#reader);
  }

  async #connect(): Promise<void> {
    const reader = duplicateOf(this.#source);
    // Told by what waits for it.
    reader.on('error', () => {});
    const connected = reader.connect();
    try {
      await soon(connected);
      this.#reader = reader;
      if (!this.#isOver()) await this.#options.work(reader, () => this.#isOver());
    } finally {
      this.#reader = undefined;
      // node-redis leaves a connection behind when it is told to end while it makes one.
      const close = () => end(reader);
      connected.then(close, close);
    }
  }

  #fail(error: unknown): void {
    if (this.#isClosed || this.#isDown) return;
    this.#isDown = true;
    this.#options.failed(error);
  }

  /** It was closed, or its owner has closed the client. */
  #isOver(): boolean {
    const { isOpen } = this.#source;
    this.#isClosed ||= this.#wasOpen && isOpen === false;
    this.#wasOpen ||= isOpen === true;
    return this.#isClosed;
  }
}

/** ms that Redis may hold an answer back, until there is something to tell. */
export const block = 2_000;

/** ms between one connection and the next. */
const soonest = 25;
const latest = 1_000;

/** A connection that has gone dumb is no better than one that is lost. */
export function soon<T>(work: Promise<T>): Promise<T> {
  return within(block + 3_000, work, () => Promise.reject(new Error('Redis does not answer')));
}

/** What clients of `redis` have besides; a cluster leaves it unread. */
interface Configurable {
  readonly options?: { readonly socket?: object };
  duplicate(overrides: { readonly socket: object }): RedisReader;
}

/** Without a way of its own to come back, which it could be on when it is to end. */
function duplicateOf(source: Configurable): RedisReader {
  return source.duplicate({ socket: { ...source.options?.socket, reconnectStrategy: false } });
}

/** One that is closed already says so by throwing. */
function end(reader: RedisReader): void {
  try {
    reader.destroy();
  } catch {
    // Then there is nothing to end.
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
