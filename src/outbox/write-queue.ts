/**
 * Does one thing after the other for a durable store, in the order of the calls. Writes that wait together are written
 * together: what costs is the wait for the disk, not the bytes.
 */
export class WriteQueue<Write> {
  readonly #commit: (writes: readonly Write[]) => Promise<void>;
  #steps: Step<Write>[] = [];
  #isRunning = false;

  /** @param commit Does the writes of one turn. When it rejects, each of them has failed. */
  constructor(commit: (writes: readonly Write[]) => Promise<void>) {
    this.#commit = commit;
  }

  write(write: Write): Promise<void> {
    return new Promise((resolve, reject) => {
      const last = this.#steps.at(-1);
      if (last?.kind === 'writes') {
        last.writes.push(write);
        last.settlers.push({ resolve, reject });
        return;
      }
      this.#add({ kind: 'writes', writes: [write], settlers: [{ resolve, reject }] });
    });
  }

  /** After everything that was asked for before, and before everything that comes later. */
  run<T>(task: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#add({ kind: 'task', run: () => task().then(resolve, reject) });
    });
  }

  #add(step: Step<Write>): void {
    this.#steps.push(step);
    if (!this.#isRunning) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isRunning = true;
    // Calls of the same turn belong together.
    await null;
    for (let step = this.#steps.shift(); step !== undefined; step = this.#steps.shift()) {
      if (step.kind === 'task') await step.run();
      else await this.#write(step.writes, step.settlers);
    }
    this.#isRunning = false;
  }

  async #write(writes: readonly Write[], settlers: readonly Settler[]): Promise<void> {
    try {
      await this.#commit(writes);
    } catch (error) {
      for (const { reject } of settlers) reject(error);
      return;
    }
    for (const { resolve } of settlers) resolve();
  }
}

type Step<Write> =
  | { readonly kind: 'task'; run(): Promise<void> }
  | { readonly kind: 'writes'; readonly writes: Write[]; readonly settlers: Settler[] };

interface Settler {
  resolve(): void;
  reject(error: unknown): void;
}
