import { setTimeout as pause } from 'node:timers/promises';
import { type MessageContext, Refuse } from 'holdfast/server';
import type { Plant } from './plants.ts';
import { mayJoin } from './rooms.ts';
import type { Keeping } from './stand-in.ts';

type Handler = (
  message: { room: string; key: string },
  context: Pick<MessageContext, 'user' | 'id'>,
) => Promise<{ ok: true }>;

/** How a node may handle messages: as it should, or with a fault that the verdict has to find. */
export function handlers(broadcast: Keeping, rooms: number): Readonly<Record<Plant, Handler>> {
  return {
    /**
     * The effect is one step, and the same id a second time changes nothing: a node that dies in the middle and another
     * that does it again make one effect. Ids of messages are each user's own, those of a room's log are not.
     */
    none: async ({ room, key }, { user, id }) => {
      if (!mayJoin(user, room, rooms)) throw new Refuse('forbidden');
      await broadcast(room, 'message:new', { room, from: user, key }, { id: `${user} ${id}` });
      return { ok: true };
    },
    /** No fault: the same with time enough to die between the effect and the answer. */
    'slow-answer': async ({ room, key }, { user, id }) => {
      await broadcast(room, 'message:new', { room, from: user, key }, { id: `${user} ${id}` });
      await pause(planted);
      return { ok: true };
    },
    /** A node that dies after the effect and before the answer leaves it to another to do it again. */
    'no-id': async ({ room, key }, { user }) => {
      await broadcast(room, 'message:new', { room, from: user, key });
      await pause(planted);
      return { ok: true };
    },
    /** What a node has said yes to, and not done, is lost with it. */
    early: async ({ room, key }, { user, id }) => {
      void pause(planted).then(() =>
        broadcast(room, 'message:new', { room, from: user, key }, { id: `${user} ${id}` }),
      );
      return { ok: true };
    },
  };
}

/** Long enough that every kill finds some messages in the middle, in ms. */
const planted = 200;
