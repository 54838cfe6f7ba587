import { createPlace, type Place, type PlaceOptions } from '../../shared/processes/places.ts';
import type { NodeNews, NodeOrders } from './node-words.ts';

/** The place of a node of this cluster. */
export interface Seat extends Omit<Place<NodeOrders>, 'ask' | 'end'> {
  /** What the node knows of users; `null` when there is none, or it dies meanwhile. */
  online(users: readonly string[]): Promise<Readonly<Record<string, boolean>> | null>;
}

export async function createSeat(
  name: string,
  options: Pick<PlaceOptions<NodeNews>, 'env' | 'onNews'>,
): Promise<Seat> {
  const script = new URL('../node.ts', import.meta.url);
  const place = await createPlace<NodeOrders, NodeNews>(name, { ...options, script });
  return Object.assign(place, { online: (users: readonly string[]) => place.ask('online', users) });
}
