import type { WorldEvent } from '../machines/events.ts';
import { HoldfastError } from './errors.ts';
import type { Problems } from './problems.ts';

/**
 * What a host can tell about network and page (EN-1). `suspended`: the page goes into the back/forward cache, and its
 * link is to be given up so that the server can recover the session (EN-3).
 */
export type Signal = 'online' | 'offline' | 'visible' | 'hidden' | 'frozen' | 'resumed' | 'suspended';

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
  ['suspended', { type: 'world.suspended' }],
]);

/** Whether the host says that the network is up; a host that cannot say it is taken to be online. */
export function isOnline(signals: Signals | null, problems: Problems): boolean {
  try {
    return signals?.isOnline?.() !== false;
  } catch (thrown) {
    problems.caught('`signals.isOnline`', thrown);
    return true;
  }
}

const nothing = () => {};

/** Passes each signal on as an event; gives the function that stops it. A port that throws is reported (LC-13). */
export function subscribeToSignals(
  signals: Signals | null,
  send: (event: WorldEvent) => void,
  problems: Problems,
): () => void {
  if (signals === null) return nothing;
  try {
    const unsubscribe = signals.subscribe((signal) => {
      const event = events.get(signal);
      if (event !== undefined) return send(event);
      const name = typeof signal === 'string' ? signal : `of type ${typeof signal}`;
      problems.report(new HoldfastError('bad-argument', `there is no signal \`${name}\``));
    });
    return () => {
      try {
        unsubscribe();
      } catch (thrown) {
        problems.caught('the unsubscribe of `signals`', thrown);
      }
    };
  } catch (thrown) {
    problems.caught('`signals.subscribe`', thrown);
    return () => {};
  }
}
