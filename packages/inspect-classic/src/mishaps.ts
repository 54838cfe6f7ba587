/** What goes wrong between a machine and its inspector: it must not reach the machine, and is told once. */
export class Mishaps {
  readonly #onError: ((error: unknown) => void) | undefined;
  #isTold = false;
  #pending: { readonly error: unknown } | null = null;

  constructor(onError: ((error: unknown) => void) | undefined) {
    this.#onError = onError;
  }

  attempt(task: () => void): void {
    try {
      task();
    } catch (error) {
      this.note(error);
    }
  }

  note(error: unknown): void {
    if (this.#isTold) return;
    this.#isTold = true;
    if (this.#onError === undefined) {
      this.#pending = { error };
      return;
    }
    try {
      this.#onError(error);
    } catch {
      // There is nobody left to tell.
    }
  }

  /** Throws what nobody was told yet. */
  rethrow(): void {
    if (this.#pending === null) return;
    const { error } = this.#pending;
    this.#pending = null;
    throw error;
  }
}
