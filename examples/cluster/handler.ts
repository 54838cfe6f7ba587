import { type MayJoin, type MessageHandler, Refuse, type Rooms } from 'holdfast/server';
import type { ClientToServer, ServerToClient } from './events.ts';

/** What is done with a message, made of what the server offers. */
export type Handler = (server: {
  readonly broadcast: Rooms<ServerToClient>['broadcast'];
  readonly mayJoin: MayJoin;
}) => MessageHandler<ClientToServer, 'message:send'>;

/**
 * The whole effect is one step, which changes nothing when it is taken again with the same `id`: a node that dies in the
 * middle, and another that does it again, make one effect. Ids of messages are each user's own; those of a log are not.
 */
export const sendMessage: Handler =
  ({ broadcast, mayJoin }) =>
  async ({ room, key }, { socket, user, id }) => {
    if (!(await mayJoin({ user, room, socket }))) throw new Refuse('forbidden');
    try {
      await broadcast(room, 'message:new', { room, from: user, key }, { id: `${user} ${id}` });
    } catch {
      // Redis is away, and nobody knows how much was done. With its id it may be done again.
      throw new Refuse('unavailable', { retryable: true });
    }
    return { ok: true };
  };
