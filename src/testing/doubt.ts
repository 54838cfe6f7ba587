import type { Signal } from '../signals.ts';
import type { VirtualClock } from './clock.ts';
import type { Network } from './link-world.ts';
import type { SimulatedLink } from './simulated-link.ts';

/** A signal while a link was open: from there on it has to show that it lives. */
export interface Doubt {
  /** Ms since the beginning, without what was slept through. */
  readonly awake: number;
  readonly dials: number;
  /** Nothing came through then, nor has anything since. */
  readonly isSilent: boolean;
}

/** What signals ask of the open link, as a world sees it that knows what they came to. For the invariants. */
export class Doubts {
  readonly #clock: VirtualClock;
  readonly #link: Pick<SimulatedLink, 'live' | 'dials'>;
  /** The last one that is not settled yet. */
  latest: Doubt | null = null;
  /** Dials that there had been when the page of an open link was put away; `null` while it is there, or somebody asked. */
  dialsBeforeAway: number | null = null;

  constructor(clock: VirtualClock, link: Pick<SimulatedLink, 'live' | 'dials'>) {
    this.#clock = clock;
    this.#link = link;
  }

  signal(signal: Signal, network: Network): void {
    const isOpen = this.#link.live().some((attempt) => attempt.isOpen);
    if (signal === 'suspended' && isOpen) this.dialsBeforeAway = this.#link.dials();
    if (signal === 'resumed' || signal === 'visible') this.dialsBeforeAway = null;
    this.latest = isOpen ? this.#after(signal, network) : null;
  }

  /** Whatever comes through is a sign of life. */
  heard(): void {
    this.latest = null;
  }

  networkIs(network: Network): void {
    if (this.latest !== null && network !== 'silent') this.latest = { ...this.latest, isSilent: false };
  }

  userActed(): void {
    this.dialsBeforeAway = null;
  }

  #after(signal: Signal, network: Network): Doubt | null {
    const now = { awake: this.#clock.awake(), dials: this.#link.dials(), isSilent: network === 'silent' };
    if (signal === 'online' || signal === 'resumed') return now;
    if (signal !== 'visible' && signal !== 'offline') return this.latest;
    const before = this.latest;
    // A question that is open already is not asked anew.
    const isOpen = before?.dials === now.dials && now.awake - before.awake < longestProbe;
    return isOpen ? before : now;
  }
}

/** No probe of a run takes longer; a shorter one makes the invariants miss something, never accuse wrongly. */
const longestProbe = 10_000;
