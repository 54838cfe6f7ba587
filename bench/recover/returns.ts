/** When each client of a group was usable, as it was told. */
export class Returns {
  readonly #times: readonly number[][];
  #heard: (() => void) | undefined;

  constructor(clients: number) {
    this.#times = Array.from({ length: clients }, () => []);
  }

  note(index: number, at: number): void {
    this.#times[index]?.push(at);
    this.#heard?.();
  }

  /** Resolves when every client is usable, and none has been so anew for so many ms: their backoff starts over. */
  async settled(rest: number, patience = 60_000): Promise<void> {
    await this.since(0, patience);
    for (;;) {
      const last = Math.max(...this.#times.flat());
      const left = last + rest - Date.now();
      if (left <= 0) return;
      await this.#next(left);
    }
  }

  /**
   * Of each client, when it was usable for the first time from the moment on. Rejects when some were not in time: a client
   * that never comes back has no median.
   */
  async since(moment: number, patience: number): Promise<number[]> {
    const end = Date.now() + patience;
    for (;;) {
      const firsts = this.#times.map((times) => times.find((at) => at >= moment));
      const missing = firsts.filter((at) => at === undefined).length;
      if (missing === 0) return firsts as number[];
      const left = end - Date.now();
      if (left <= 0) throw new Error(`${missing} of ${firsts.length} were not usable within ${patience} ms`);
      await this.#next(left);
    }
  }

  /** The next word of any client, or the end of patience. */
  #next(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#heard = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
