export interface SlotSettings {
  /** Handshakes per second. */
  readonly rate: number;
  /** How many may come at one moment after a quiet time. */
  readonly burst: number;
  /** Ms ahead up to which slots are given. */
  readonly longestWait: number;
}

/** `null`: come in. Otherwise when to come, in ms from now; `exact` when that slot is nobody else's. */
export type Answer = { readonly retryAfter: number; readonly exact: boolean } | null;

/**
 * A token bucket that gives each surplus client a slot of its own, one after another at the same rate, so that a herd
 * comes back as fast as it may and no faster (SV-5).
 *
 * A slot is a time, not a ticket: whoever comes while there is a token gets in, and a slot that nobody comes for is
 * capacity that anybody may use. So nothing is kept for those who are told to come back, and those who never do cost
 * nothing but time. Who has a key is remembered until its slot, so that coming early does not cost it its place.
 */
export class Slots {
  readonly #settings: SlotSettings;
  readonly #interval: number;
  /** Slots lie behind the tokens that they count on by half a burst: a few may come early or late by that much. */
  readonly #slack: number;
  readonly #slotOf = new Map<string, number>();
  #tokens: number;
  #readAt: number;
  #nextSlot = Number.NEGATIVE_INFINITY;

  constructor(settings: SlotSettings, now: number) {
    this.#settings = settings;
    this.#interval = 1_000 / settings.rate;
    this.#slack = (settings.burst * this.#interval) / 2;
    this.#tokens = settings.burst;
    this.#readAt = now;
  }

  /** How many keys are remembered. */
  get remembered(): number {
    return this.#slotOf.size;
  }

  /** @param random From 0 to 1: spreads those for whom no slot is left. */
  ask(now: number, random: number, key?: string): Answer {
    this.#refill(now);
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      if (key !== undefined) this.#slotOf.delete(key);
      return null;
    }
    const own = key === undefined ? undefined : this.#slotOf.get(key);
    if (own !== undefined && own > now) return { retryAfter: own - now, exact: true };
    const { longestWait } = this.#settings;
    const slot = Math.max(this.#nextSlot, now + (1 - this.#tokens) * this.#interval + this.#slack);
    if (slot - now > longestWait) return { retryAfter: longestWait * (0.5 + random / 2), exact: false };
    this.#nextSlot = slot + this.#interval;
    if (key !== undefined) this.#remember(key, slot, now);
    return { retryAfter: slot - now, exact: true };
  }

  #refill(now: number): void {
    const earned = Math.max(0, now - this.#readAt) / this.#interval;
    this.#tokens = Math.min(this.#settings.burst, this.#tokens + earned);
    this.#readAt = Math.max(now, this.#readAt);
  }

  /** Slots are given in order, so those that passed are the first ones. */
  #remember(key: string, slot: number, now: number): void {
    for (const [other, at] of this.#slotOf) {
      if (at > now) break;
      this.#slotOf.delete(other);
    }
    this.#slotOf.delete(key);
    this.#slotOf.set(key, slot);
  }
}
