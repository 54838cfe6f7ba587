import type { Namespace } from 'socket.io';
import type { HistorySize, HistoryStore } from './store.ts';

/** The history of a namespace, as metrics see it. */
export interface Metered {
  size(): HistorySize;
  appends(): number;
}

const meters = new WeakMap<Namespace, Metered>();

export function meter(
  namespace: Namespace,
  history: HistoryStore,
  counted: { readonly appends: number },
): void {
  meters.set(namespace, { size: () => history.size?.() ?? {}, appends: () => counted.appends });
}

export function meterOf(namespace: Namespace): Metered | undefined {
  return meters.get(namespace);
}
