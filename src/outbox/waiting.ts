import type { Message } from './message.ts';

/** Messages by their place, the lowest first. Nearly all come in at the end and go out at the front. */
export class Waiting {
  #items: (Message | undefined)[] = [];
  /** What is before it went out. */
  #head = 0;

  get first(): Message | undefined {
    return this.#items[this.#head];
  }

  get size(): number {
    return this.#items.length - this.#head;
  }

  add(message: Message): void {
    const items = this.#items;
    const at = this.#indexOf(message.place);
    if (at === items.length) items.push(message);
    else if (at === this.#head && at > 0) {
      this.#head -= 1;
      items[this.#head] = message;
    } else items.splice(at, 0, message);
  }

  /** Nothing happens when it is not there. */
  remove(message: Message): void {
    const at = this.#indexOf(message.place);
    const items = this.#items;
    if (items[at] !== message) return;
    if (at !== this.#head) {
      items.splice(at, 1);
      return;
    }
    items[at] = undefined;
    this.#head += 1;
    if (this.#head === items.length) items.length = 0;
    else if (this.#head >= most) items.splice(0, this.#head);
    else return;
    this.#head = 0;
  }

  /** The index of the first whose place is not lower. */
  #indexOf(place: number): number {
    const items = this.#items;
    let low = this.#head;
    let high = items.length;
    if (low < high && (items[high - 1] as Message).place < place) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((items[middle] as Message).place < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Empty slots at the front, at most: moving the rest up costs more the more often it is done. */
const most = 1_024;
