/**
 * One direction of a link: late at times, never out of order, as TCP is. What is under way when the link breaks may have
 * arrived up to some point, and nothing after it.
 */
export class Pipe {
  readonly #waiting: (() => void)[] = [];

  put(arrive: () => void): void {
    this.#waiting.push(arrive);
  }

  /** This one arrives, and before it whatever was put in before it. */
  deliver(arrive: () => void): void {
    const place = this.#waiting.indexOf(arrive);
    for (const each of this.#waiting.splice(0, place + 1)) each();
  }

  deliverAll(): void {
    for (const each of this.#waiting.splice(0)) each();
  }

  /** The link broke: only this share of what is under way arrives, in order. */
  break(share: number): void {
    const all = this.#waiting.splice(0);
    for (const each of all.slice(0, Math.floor(share * (all.length + 1)))) each();
  }
}
