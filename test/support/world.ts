import type { SimulatedClock } from 'xstate';
import type { Signal, Signals } from '../../src/index.ts';

/** A host whose signals the test gives. */
export interface World {
  readonly signals: Signals;
  say(signal: Signal): void;
  /** How many listen. */
  listeners(): number;
}

export function createWorld({ isOnline = true } = {}): World {
  const listeners = new Set<(signal: Signal) => void>();
  return {
    signals: {
      isOnline: () => isOnline,
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    say(signal) {
      for (const listener of [...listeners]) listener(signal);
    },
    listeners: () => listeners.size,
  };
}

/** Timers that are set and have not fired: what would keep a process alive. */
export function timersOn(clock: SimulatedClock): number {
  return (clock as unknown as { timeouts: Map<number, unknown> }).timeouts.size;
}
