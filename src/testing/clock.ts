import type { Clock } from '../clock.ts';

/** A clock that moves only when it is told to. */
export interface VirtualClock extends Clock {
  /** Timers that have not fired. */
  readonly pending: number;
  /** Lets time pass: timers fire in order, each at its time, and promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Time passes while nothing runs, as in a laptop that sleeps: overdue timers fire together afterwards. */
  sleep(ms: number): Promise<void>;
  /** Fires one timer out of its turn, at the time it was set for or later: those that were due before it are late. */
  fire(id: unknown): void;
  /** Ms since the clock was made, whatever its reading was adjusted to. */
  elapsed(): number;
  /** As `elapsed`, without what was slept through. */
  awake(): number;
  /** Moves the reading only, by any number of ms, as when somebody sets the clock of the device. */
  adjust(ms: number): void;
}

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/**
 * Virtual time starts at `start`. `settle` is awaited after every timer; the default lets promises settle.
 */
export function createVirtualClock(start = 0, settle: () => Promise<void> = settlePromises): VirtualClock {
  const timers = new Map<number, Timer>();
  let elapsed = 0;
  let slept = 0;
  let offset = start;
  let lastId = 0;

  /** The earliest timer; among equals the one that was set first, since a Map keeps that order. */
  function next(until: number): [number, Timer] | undefined {
    let earliest: [number, Timer] | undefined;
    for (const entry of timers) {
      if (entry[1].due <= until && (earliest === undefined || entry[1].due < earliest[1].due))
        earliest = entry;
    }
    return earliest;
  }

  function fire(id: number, timer: Timer): void {
    timers.delete(id);
    timer.callback();
  }

  async function fireUntil(until: number, moves: boolean): Promise<void> {
    for (let entry = next(until); entry !== undefined; entry = next(until)) {
      if (moves) elapsed = Math.max(elapsed, entry[1].due);
      fire(...entry);
      await settle();
    }
    elapsed = Math.max(elapsed, until);
  }

  return {
    get pending() {
      return timers.size;
    },
    now: () => elapsed + offset,
    elapsed: () => elapsed,
    awake: () => elapsed - slept,
    setTimeout(callback, ms) {
      lastId += 1;
      timers.set(lastId, { due: elapsed + Math.max(0, ms), callback });
      return lastId;
    },
    clearTimeout(id) {
      timers.delete(id);
    },
    async advance(ms) {
      await settle();
      await fireUntil(elapsed + ms, true);
    },
    async sleep(ms) {
      await settle();
      elapsed += ms;
      slept += ms;
      await fireUntil(elapsed, false);
    },
    fire(id) {
      const timer = timers.get(id as number);
      if (timer === undefined) return;
      elapsed = Math.max(elapsed, timer.due);
      fire(id as number, timer);
    },
    adjust(ms) {
      offset += ms;
    },
  };
}

/** Lets chains of promises settle; nothing that waits for I/O or real time does. */
export async function settlePromises(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await null;
}

/** A view of a clock that knows which pending timers were set through it. */
export function countTimers(clock: Clock): Clock & { readonly pending: number } {
  const own = new Set<unknown>();
  return {
    get pending() {
      return own.size;
    },
    now: () => clock.now(),
    setTimeout(callback, ms) {
      const id = clock.setTimeout(() => {
        own.delete(id);
        callback();
      }, ms);
      own.add(id);
      return id;
    },
    clearTimeout(id) {
      own.delete(id);
      clock.clearTimeout(id);
    },
  };
}
