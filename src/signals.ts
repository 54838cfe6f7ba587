import type { WorldEvent } from '../machines/events.ts';

/** What a host can tell about network and page (EN-1). */
export type Signal = 'online' | 'offline' | 'visible' | 'hidden' | 'frozen' | 'resumed';

/** The port to the host. Without it the world is taken to be online and visible. */
export interface Signals {
  /** Calls the listener with each signal until the returned function is called. */
  subscribe(listener: (signal: Signal) => void): () => void;
  /** Whether the network is up at the moment of creation. Default: true. */
  isOnline?(): boolean;
}

const events: ReadonlyMap<unknown, WorldEvent> = new Map<Signal, WorldEvent>([
  ['online', { type: 'world.online' }],
  ['offline', { type: 'world.offline' }],
  ['visible', { type: 'world.visible' }],
  ['hidden', { type: 'world.hidden' }],
  ['frozen', { type: 'world.frozen' }],
  ['resumed', { type: 'world.resumed' }],
]);

export function eventOfSignal(signal: unknown): WorldEvent | undefined {
  return events.get(signal);
}
