import type { RoomWish } from '../wire.ts';

export function roomOf(wish: RoomWish): string {
  return typeof wish === 'string' ? wish : wish[0];
}

/** The first packet of a link: what became of the wishes that its handshake brought (RM-4). */
export class Hello {
  /** Resolves when the packet is there; who waits for it has a deadline of their own. */
  readonly heard: Promise<void>;
  /** Where the answer to each wish stands in the packet, as long as somebody may want it. */
  readonly #places: Map<string, number>;
  readonly #standing: Map<string, RoomWish>;
  readonly #unclaimed: Map<string, RoomWish>;
  /** By room, until whoever claimed the wish has taken it: what was missed may be much, and a link last for days. */
  #answers: Map<string, unknown> | null = null;
  #tell!: () => void;

  constructor(wishes: readonly RoomWish[]) {
    this.#places = new Map(wishes.map((wish, place) => [roomOf(wish), place]));
    this.#standing = new Map(wishes.map((wish) => [roomOf(wish), wish]));
    this.#unclaimed = new Map(this.#standing);
    this.heard = new Promise((resolve) => {
      this.#tell = resolve;
    });
  }

  /** Those that nobody has called off. */
  get wishes(): readonly RoomWish[] {
    return [...this.#standing.values()];
  }

  /** Calls a wish off: the packet is no answer to one that comes later. */
  drop(room: string): void {
    this.#standing.delete(room);
    // Whoever has claimed it is answered all the same.
    if (!this.#unclaimed.delete(room)) return;
    this.#places.delete(room);
    this.#answers?.delete(room);
  }

  /** Whoever claims a wish has its answer of the packet; once, since what is asked for again is asked for anew. */
  claim(room: string): RoomWish | undefined {
    const wish = this.#unclaimed.get(room);
    this.#unclaimed.delete(room);
    return wish;
  }

  /** False when it came before. */
  hear(said: unknown): boolean {
    if (this.#answers !== null) return false;
    const { rooms } = (said ?? {}) as { readonly rooms?: unknown };
    // A refusal of the whole greeting answers every wish.
    const answerAt = (place: number) => (Array.isArray(rooms) ? rooms[place] : said);
    this.#answers = new Map([...this.#places].map(([room, place]) => [room, answerAt(place)]));
    this.#tell();
    return true;
  }

  answersTo(wishes: readonly RoomWish[]): readonly unknown[] {
    return wishes.map((wish) => this.#answers?.get(roomOf(wish)));
  }

  /** For whoever claimed them. */
  takeAnswersTo(wishes: readonly RoomWish[]): readonly unknown[] {
    const answers = this.answersTo(wishes);
    for (const wish of wishes) this.#answers?.delete(roomOf(wish));
    return answers;
  }
}
