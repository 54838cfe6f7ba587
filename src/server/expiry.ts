/**
 * ms until the clock is looked at again. Timers do not follow a clock that is set, nor run while the machine sleeps:
 * so either is noticed within a minute. It keeps them within 2^31-1 as well.
 */
const longest = 60_000;

/** Calls once, when it is as late as was said last, by the wall clock. Keeps no process alive. */
export abstract class Expiry {
  #at = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  protected abstract expire(): void;

  /** Epoch ms; `undefined` for never. */
  set(at: number | undefined): void {
    this.#at = at ?? Number.POSITIVE_INFINITY;
    this.clear();
    if (this.#at !== Number.POSITIVE_INFINITY) this.#arm();
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    const left = Math.max(0, this.#at - Date.now());
    this.#timer = setTimeout(
      () => {
        if (Date.now() >= this.#at) this.expire();
        else this.#arm();
      },
      Math.min(left, longest),
    );
    this.#timer.unref();
  }
}
