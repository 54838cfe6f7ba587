import { roomsOf } from '../../examples/cluster/rooms.ts';
import type { Breaches } from './promises.ts';

/** What was sent, what its sender was told of it, and what it did. Keys are `user/number`. */
export class Sends {
  /** By the end that was told. */
  readonly ends: Record<string, number> = {};
  sent = 0;
  effects = 0;
  readonly #breaches: Breaches;
  readonly #rooms: number;
  readonly #open = new Map<string, Sent>();

  /** `rooms`: how many there are. */
  constructor(breaches: Breaches, rooms: number) {
    this.#breaches = breaches;
    this.#rooms = rooms;
  }

  send(key: string, room: string): void {
    this.sent += 1;
    this.#of(key).room = room;
  }

  end(key: string, state: string): void {
    this.ends[state] = (this.ends[state] ?? 0) + 1;
    this.#of(key).end = state;
    this.#file(key);
  }

  /** It is in the log; `isFirst`: for the first time. `from`: who sent it, as far as the server knows. */
  effect(key: string, { room, from, isFirst }: { room: string; from: string; isFirst: boolean }): void {
    this.effects += 1;
    const user = userOf(key);
    if (!isFirst) {
      this.#breaches.note('doubled', `${key} took effect again in ${room}`);
      return;
    }
    if (from !== user) this.#breaches.note('invented', `${key} took effect as sent by ${from}`);
    if (!roomsOf(user, this.#rooms).includes(room))
      this.#breaches.note('invented', `${key} took effect in ${room}, where ${user} may not be`);
    const sent = this.#of(key);
    sent.effects.push(room);
    if (sent.effects.length > 1)
      this.#breaches.note('doubled', `${key} took effect in ${sent.effects.join(' and ')}`);
    this.#file(key);
  }

  /** All is told, and all logs are read: what does not fit now never will. */
  close(): void {
    for (const [key, { room, end, effects }] of this.#open) {
      const [effect] = effects;
      if (room === null)
        this.#breaches.note('invented', `${key} took effect in ${effect}, and nobody sent it`);
      else if (end === null) this.#breaches.note('unsettled', `nobody was told what became of ${key}`);
      else if (!isEnd(end)) this.#breaches.note('unsettled', `${key} ended as \`${end}\``);
      else if (end === 'acknowledged')
        this.#breaches.note('lost', `${key} was acknowledged, and is not in ${room}`);
    }
  }

  #of(key: string): Sent {
    const sent = this.#open.get(key) ?? { room: null, end: null, effects: [] };
    this.#open.set(key, sent);
    return sent;
  }

  /** What fits is forgotten, but for its place in the log, which finds what comes twice. */
  #file(key: string): void {
    const { room, end, effects } = this.#of(key);
    const [effect] = effects;
    if (effect !== undefined && room !== null && effect !== room)
      this.#breaches.note('invented', `${key} was sent to ${room}, and took effect in ${effect}`);
    if (end === null || room === null) return;
    if (effect === undefined) return;
    if (end === 'refused' || end === 'expired')
      this.#breaches.note('undead', `${key} was told to be ${end}, and is in ${effect}`);
    if (isEnd(end)) this.#open.delete(key);
  }
}

interface Sent {
  room: string | null;
  end: string | null;
  readonly effects: string[];
}

const ends: ReadonlySet<string> = new Set(['acknowledged', 'refused', 'expired', 'unknown', 'discarded']);
const isEnd = (state: string) => ends.has(state);

function userOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'));
}
