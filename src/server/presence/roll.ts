import type { PresenceStore } from './store.ts';

export interface RollOptions {
  readonly store: PresenceStore;
  readonly grace: number;
  /** The store knows by now that these have come or gone. */
  readonly changed: (users: readonly string[]) => void;
  readonly beaten: () => void;
  readonly failed: (error: unknown) => void;
}

/** Who is here on this node, and the store's knowledge of it: what it has missed, it is told at the next beat. */
export class Roll {
  readonly #options: RollOptions;
  /** How many sockets each user has; none during the grace. */
  readonly #here = new Map<string, number>();
  readonly #leaving = new Map<string, NodeJS.Timeout>();
  /** What the store has not been told. */
  readonly #news = new Set<string>();
  readonly #beat: NodeJS.Timeout;
  #flush: NodeJS.Timeout | undefined;
  #isStale = true;
  #isClosed = false;

  constructor(options: RollOptions) {
    this.#options = options;
    this.#beat = setInterval(() => void this.#tell(), options.store.expiry / 3).unref();
    this.#soon();
  }

  isHere(user: string): boolean {
    return this.#here.has(user);
  }

  come(user: string): void {
    const known = this.#here.get(user);
    this.#here.set(user, (known ?? 0) + 1);
    clearTimeout(this.#leaving.get(user));
    this.#leaving.delete(user);
    if (known === undefined) this.#note(user);
  }

  go(user: string): void {
    const left = (this.#here.get(user) ?? 1) - 1;
    this.#here.set(user, left);
    if (left > 0 || this.#isClosed) return;
    const leave = () => {
      this.#leaving.delete(user);
      this.#here.delete(user);
      this.#note(user);
    };
    this.#leaving.set(user, setTimeout(leave, this.#options.grace).unref());
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#beat);
    clearTimeout(this.#flush);
    for (const timer of this.#leaving.values()) clearTimeout(timer);
  }

  #note(user: string): void {
    this.#news.add(user);
    this.#soon();
  }

  /** After a restart of this node thousands come within a moment: they are told of together. */
  #soon(): void {
    this.#flush ??= setTimeout(() => void this.#tellNews(), together).unref();
  }

  async #tellNews(): Promise<void> {
    this.#flush = undefined;
    if (this.#isClosed) return;
    const news = [...this.#news];
    this.#news.clear();
    const come = news.filter((user) => this.#here.has(user));
    const gone = news.filter((user) => !this.#here.has(user));
    await this.#try(async () => {
      this.#isStale ||= !(await this.#options.store.put(come, gone));
      await this.#restateIfStale();
      if (news.length > 0) this.#options.changed(news);
    });
  }

  async #tell(): Promise<void> {
    await this.#try(async () => {
      this.#isStale ||= !(await this.#options.store.beat());
      await this.#restateIfStale();
      this.#options.beaten();
    });
  }

  async #restateIfStale(): Promise<void> {
    if (!this.#isStale || this.#isClosed) return;
    await this.#options.store.restate([...this.#here.keys()]);
    this.#isStale = false;
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#isStale = true;
      this.#options.failed(error);
    }
  }
}

/** How long news waits for more of it, in ms. */
const together = 20;
