/** Spreads a number of things evenly over a time that may be shortened on the way. Readings of a clock in ms. */
export class Spread {
  #total: number;
  #from: number;
  #until: number;

  constructor(total: number, now: number, over: number) {
    this.#total = total;
    this.#from = now;
    this.#until = now + over;
  }

  /** How many of them are still to wait at this reading of the clock. */
  waitingAt(now: number): number {
    if (now >= this.#until) return 0;
    const left = (this.#until - now) / (this.#until - this.#from);
    return Math.floor(this.#total * Math.min(1, left));
  }

  /** Those that wait now are to be done within `over`; a time that is longer than what is left changes nothing. */
  shorten(waiting: number, now: number, over: number): void {
    if (now + over >= this.#until) return;
    this.#total = waiting;
    this.#from = now;
    this.#until = now + over;
  }
}
