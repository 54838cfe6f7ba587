import type { Mark } from './read-mark.ts';

interface Known extends Pick<Mark, 'version' | 'sequence'> {
  /** How many streams had begun again when it was seen. */
  readonly restarts: number;
}

/** How many ids are remembered; the one that was seen first is forgotten first. */
const windowSize = 10_000;

/** The ids that were delivered, with the newest version of each (MS-3, SY-2). */
export class Seen {
  readonly #known = new Map<string, Known>();
  /** As they were seen first, round and round: a Map looks for its first key past all that were deleted before it. */
  readonly #ids: string[] = [];
  #next = 0;

  get(id: string): Known | undefined {
    return this.#known.get(id);
  }

  add({ id, version, sequence }: Mark, restarts: number): void {
    const known = this.#known.get(id);
    // An edit without a place of its own keeps the place of what it edits.
    this.#known.set(id, { version, sequence: sequence ?? known?.sequence ?? null, restarts });
    if (known !== undefined) return;
    const oldest = this.#ids[this.#next];
    if (oldest !== undefined) this.#known.delete(oldest);
    this.#ids[this.#next] = id;
    this.#next = (this.#next + 1) % windowSize;
  }

  forget(): void {
    this.#known.clear();
    this.#ids.length = 0;
    this.#next = 0;
  }
}
