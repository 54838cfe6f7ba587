import type { Logs } from './logs.ts';
import type { Breaches } from './promises.ts';

/** One user in one room: what they receive must be its log, from the beginning, each once and in order. */
export class Reader {
  readonly #who: string;
  readonly #room: string;
  readonly #logs: Logs;
  readonly #breaches: Breaches;
  /** Where the next one stands that they must receive. */
  #next = 0;
  /** What they received before it was read in the log. */
  readonly #early: string[] = [];
  /** What they did not receive when its turn came. */
  readonly #holes = new Set<string>();
  #mayJump = false;

  constructor(who: string, room: string, { logs, breaches }: { logs: Logs; breaches: Breaches }) {
    this.#who = who;
    this.#room = room;
    this.#logs = logs;
    this.#breaches = breaches;
  }

  /** Whether there is nothing of the log that is still to come, and nothing came that is not in it. */
  get hasAll(): boolean {
    return this.#next >= this.#logs.length(this.#room) && this.#early.length === 0;
  }

  receive(key: string): void {
    this.#early.push(key);
    this.readOn();
  }

  /** The next may stand further on: the user was told that something is missing. */
  tellGap(): void {
    this.#mayJump = true;
  }

  /** The log has become longer. */
  readOn(): void {
    for (;;) {
      const key = this.#early[0];
      if (key === undefined) return;
      const place = this.#logs.place(this.#room, key);
      if (place === undefined) return;
      this.#early.shift();
      this.#take(key, place);
    }
  }

  /** Nothing comes any more: what is missing now is missing. */
  close(): void {
    for (const key of this.#early) this.#tell('invented', `${key}, which is in no log`);
    if (this.#mayJump) return;
    const end = this.#logs.length(this.#room);
    if (this.#next < end) {
      const first = this.#logs.keyAt(this.#room, this.#next);
      this.#tell('missed', `nothing from ${first} on`, end - this.#next);
    }
  }

  #take(key: string, place: number): void {
    if (place < this.#next) {
      if (this.#holes.delete(key)) this.#tell('disordered', `${key} after one that stands behind it`);
      else this.#tell('repeated', `${key} again`);
      return;
    }
    if (place > this.#next && !this.#mayJump) this.#leap(place);
    this.#mayJump = false;
    this.#next = place + 1;
  }

  #leap(place: number): void {
    for (let hole = this.#next; hole < place; hole += 1)
      this.#holes.add(this.#logs.keyAt(this.#room, hole) ?? '');
    const first = this.#logs.keyAt(this.#room, this.#next);
    this.#tell('missed', `not ${first}, but what stands behind it`, place - this.#next);
  }

  #tell(name: 'missed' | 'repeated' | 'disordered' | 'invented', what: string, times = 1): void {
    this.#breaches.note(name, `${this.#who} received in ${this.#room} ${what}`, times);
  }
}
