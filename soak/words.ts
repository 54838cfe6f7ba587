import type { ServerToClient } from '../examples/cluster/events.ts';

/** For one user alone, whatever device that one is at. */
export const noteEvent = 'note';

export interface ServerSays extends ServerToClient {
  [noteEvent]: (note: { to: string }) => void;
}
