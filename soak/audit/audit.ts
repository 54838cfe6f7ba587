import { roomsOf } from '../../examples/cluster/rooms.ts';
import { Logs } from './logs.ts';
import type { News } from './news.ts';
import { Breaches } from './promises.ts';
import { Reader } from './reader.ts';
import { Sends } from './sends.ts';

/**
 * Holds what clients tell against what took effect, while the run goes on: nothing has to be kept but what does not fit
 * yet. Pure: it is told, and asked.
 */
export class Audit {
  readonly breaches = new Breaches();
  readonly sends: Sends;
  /** Messages that came to clients. */
  received = 0;
  /** Words for one user alone that came to that one. */
  notes = 0;
  /** Gaps that clients were told, by reason. */
  readonly gaps: Record<string, number> = {};
  readonly #rooms: number;
  readonly #logs = new Logs();
  /** By room and user. */
  readonly #readers = new Map<string, Map<string, Reader>>();
  readonly #kicked: Map<string, number> = new Map();

  /** `rooms`: how many there are. */
  constructor(users: readonly string[], rooms: number) {
    this.#rooms = rooms;
    this.sends = new Sends(this.breaches, rooms);
    for (const user of users) {
      for (const room of roomsOf(user, rooms)) {
        const readers = this.#readers.get(room) ?? new Map<string, Reader>();
        this.#readers.set(room, readers);
        readers.set(user, new Reader(user, room, { logs: this.#logs, breaches: this.breaches }));
      }
    }
  }

  /** What a client told. */
  note(news: News): void {
    switch (news[0]) {
      case 'sent':
        this.sends.send(news[1], news[2]);
        break;
      case 'ended':
        this.sends.end(news[1], news[2]);
        break;
      case 'got':
        this.#receive(news[1], news[2], news[3]);
        break;
      case 'note':
        this.#noteNote(news[1], news[2]);
        break;
      case 'gap':
        this.#noteGap(news[1], news[2], news[3]);
        break;
      case 'turned-away':
        this.#noteTurnedAway(news[1], news[2]);
        break;
      case 'wrong':
        this.breaches.note(news[1], news[2]);
        break;
    }
  }

  /** What was read in a log. */
  effect(room: string, { from, key }: { readonly from: string; readonly key: string }): void {
    this.sends.effect(key, { room, from, isFirst: this.#logs.append(room, key) });
    for (const reader of this.#readers.get(room)?.values() ?? []) reader.readOn();
  }

  /** From now on this user may find themselves turned away. */
  kick(user: string): void {
    this.#kicked.set(user, (this.#kicked.get(user) ?? 0) + 1);
  }

  /** Whether these users have received all that there is for them. */
  hasAll(users: readonly string[]): boolean {
    return users.every((user) =>
      roomsOf(user, this.#rooms).every((room) => this.#readers.get(room)?.get(user)?.hasAll ?? false),
    );
  }

  /** Nothing is told any more. */
  close(): void {
    this.sends.close();
    for (const readers of this.#readers.values()) for (const reader of readers.values()) reader.close();
  }

  #receive(user: string | null, room: string, key: string): void {
    this.received += 1;
    const reader = user === null ? undefined : this.#readers.get(room)?.get(user);
    if (reader === undefined) this.breaches.note('foreign', `${user ?? 'nobody'} received ${key} of ${room}`);
    else reader.receive(key);
  }

  #noteNote(user: string | null, to: string): void {
    if (user === to) this.notes += 1;
    else this.breaches.note('foreign', `${user ?? 'nobody'} received what was meant for ${to}`);
  }

  #noteGap(user: string, rooms: readonly string[], reason: string): void {
    this.gaps[reason] = (this.gaps[reason] ?? 0) + 1;
    for (const room of rooms) this.#readers.get(room)?.get(user)?.tellGap();
  }

  #noteTurnedAway(user: string, code: string): void {
    const kicks = this.#kicked.get(user) ?? 0;
    if (code === 'forbidden' && kicks > 0) this.#kicked.set(user, kicks - 1);
    else this.breaches.note('driven', `${user} was turned away: ${code}`);
  }
}
