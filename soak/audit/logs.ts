/** What took effect, as far as it was read: the keys of each room in the order of its log. */
export class Logs {
  readonly #rooms = new Map<string, { readonly keys: string[]; readonly places: Map<string, number> }>();

  /** Gives whether it is the first of its key in this room; another one has no place. */
  append(room: string, key: string): boolean {
    const { keys, places } = this.#room(room);
    if (places.has(key)) return false;
    places.set(key, keys.length);
    keys.push(key);
    return true;
  }

  length(room: string): number {
    return this.#rooms.get(room)?.keys.length ?? 0;
  }

  place(room: string, key: string): number | undefined {
    return this.#rooms.get(room)?.places.get(key);
  }

  keyAt(room: string, place: number): string | undefined {
    return this.#rooms.get(room)?.keys[place];
  }

  get rooms(): readonly string[] {
    return [...this.#rooms.keys()];
  }

  #room(name: string) {
    const room = this.#rooms.get(name) ?? { keys: [], places: new Map<string, number>() };
    this.#rooms.set(name, room);
    return room;
  }
}
