import { setTimeout } from 'node:timers/promises';

/** Waits for what must come about, and no longer than it may take: what does not come is noted. */
export class Patience {
  /** What did not come about in time, in words. */
  readonly missed: string[] = [];
  readonly #say: (line: string) => void;
  readonly #pause: (ms: number) => Promise<unknown>;

  constructor(say: (line: string) => void, pause: (ms: number) => Promise<unknown> = setTimeout) {
    this.#say = say;
    this.#pause = pause;
  }

  /** Looks again and again, for `ms` at most. */
  async until(what: string, ms: number, isSo: () => Promise<boolean>): Promise<void> {
    const startedAt = Date.now();
    for (;;) {
      const askedAt = Date.now();
      if (await isSo()) break;
      if (Date.now() - startedAt > ms) {
        this.missed.push(`it was not so within ${ms / 1_000} s that ${what}`);
        this.#say(`given up after ${ms / 1_000} s: ${what}`);
        return;
      }
      // What takes long to find out is not asked all the time.
      await this.#pause(Math.max(50, 4 * (Date.now() - askedAt)));
    }
    this.#say(`${what}: after ${((Date.now() - startedAt) / 1_000).toFixed(1)} s`);
  }
}
