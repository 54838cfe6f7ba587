import type { RoomWish } from '../wire.ts';

export function roomOf(wish: RoomWish): string {
  return typeof wish === 'string' ? wish : wish[0];
}

/** The first packet of a link: what became of the wishes that its handshake brought (RM-4). */
export class Hello {
  isHeard = false;
  readonly #wishes: Map<string, RoomWish>;
  readonly #order: readonly string[];
  readonly #answers: Promise<readonly unknown[]>;
  #hear!: (answers: readonly unknown[]) => void;

  constructor(wishes: readonly RoomWish[]) {
    this.#order = wishes.map(roomOf);
    this.#wishes = new Map(wishes.map((wish) => [roomOf(wish), wish]));
    this.#answers = new Promise((resolve) => {
      this.#hear = resolve;
    });
  }

  /** Whoever is in it asks for nothing twice: a room that is taken once is asked for by a call after that. */
  take(room: string): RoomWish | undefined {
    const wish = this.#wishes.get(room);
    this.#wishes.delete(room);
    return wish;
  }

  /** Resolves when the packet is there; who waits for it has a deadline of their own. */
  async answerTo(wishes: readonly RoomWish[]): Promise<readonly unknown[]> {
    const answers = await this.#answers;
    return wishes.map((wish) => answers[this.#order.indexOf(roomOf(wish))]);
  }

  hear(said: unknown): void {
    this.isHeard = true;
    const { rooms } = (said ?? {}) as { readonly rooms?: unknown };
    // A refusal of the whole greeting answers every wish.
    this.#hear(Array.isArray(rooms) ? rooms : this.#order.map(() => said));
  }
}
