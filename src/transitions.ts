import type { InspectionEvent } from 'xstate';
import type { ConnectionEvent } from '../machines/events.ts';
import type { ConnectionSnapshot } from './status.ts';

/** One event that the chart handled, with what it was before and after. */
export interface Transition {
  readonly event: ConnectionEvent | { readonly type: `xstate.${string}` };
  readonly before: ConnectionSnapshot;
  readonly after: ConnectionSnapshot;
}

/**
 * Joins what XState tells apart: snapshots come to subscribers without the event that led to them, and the inspector
 * learns the event. Only the first microstep counts: what it raises belongs to it.
 */
export class TransitionPairing {
  #before: ConnectionSnapshot | null = null;
  #event: Transition['event'] | null = null;

  /** As an inspector of the machine: what XState says goes on inside. */
  next(inspected: InspectionEvent): void {
    if (inspected.type !== '@xstate.microstep' || this.#event !== null) return;
    if (inspected.actorRef.sessionId === inspected.rootId)
      this.#event = inspected.event as Transition['event'];
  }

  /** Call with every snapshot of the root actor; gives the transition, or `null` when nothing changed or it is the first. */
  pair(after: ConnectionSnapshot): Transition | null {
    const [event, before] = [this.#event, this.#before];
    this.#before = after;
    this.#event = null;
    return event !== null && before !== null && hasChanged(before, after) ? { event, before, after } : null;
  }
}

function hasChanged(before: ConnectionSnapshot, after: ConnectionSnapshot): boolean {
  return before.context !== after.context || before.value !== after.value;
}
