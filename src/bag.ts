/** What is in a bag knows its slot there, so that it is found at once. */
export interface Bagged {
  slot: number;
}

/**
 * A set for what comes and goes all the time. Each time a `Set` or `Map` has seen enough, it moves into a new table,
 * and the old one points to it: once one of them is old to the garbage collector, it keeps alive for a while whatever
 * passes through those after it, which costs more than all the sending. An array that is pushed to holds room for
 * sixteen more, also when it is empty again: so one item has an array of its length, and none an empty one.
 */
export class Bag<T extends Bagged> {
  #items: T[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** In no order. */
  get items(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    item.slot = this.#items.length;
    if (item.slot === 0) this.#items = [item];
    else this.#items.push(item);
  }

  /** Nothing happens when it is not there. */
  delete(item: T): void {
    const { slot } = item;
    if (this.#items[slot] !== item) return;
    if (this.#items.length === 1) {
      this.#items = [];
      return;
    }
    const last = this.#items.pop() as T;
    if (last === item) return;
    this.#items[slot] = last;
    last.slot = slot;
  }

  clear(): void {
    this.#items = [];
  }
}
