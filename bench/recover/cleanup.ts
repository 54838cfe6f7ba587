/** What was made, to be ended in the same order. */
export class Cleanup {
  readonly #ends: (() => unknown)[] = [];

  keep<T>(made: T, end: (made: T) => unknown): T {
    this.#ends.push(() => end(made));
    return made;
  }

  async run(): Promise<void> {
    for (const end of this.#ends.splice(0)) await end();
  }
}
