import { setTimeout as pause } from 'node:timers/promises';
import { type Handler, sendMessage } from '../handler.ts';
import type { Plant } from './names.ts';

/** Handlers with something wrong, to see that the verdict finds it. */
export const planted: Readonly<Record<Plant, Handler>> = {
  none: sendMessage,
  /** Nothing wrong yet, but time enough to die between the effect and the answer. */
  'slow-answer': (server) => {
    const send = sendMessage(server);
    return async (message, context) => {
      const answer = await send(message, context);
      await pause(middle);
      return answer;
    };
  },
  /** A node that dies after the effect and before the answer leaves it to another to do it again. */
  'no-id':
    ({ broadcast }) =>
    async ({ room, key }, { user }) => {
      await broadcast(room, 'message:new', { room, from: user, key });
      await pause(middle);
      return { ok: true };
    },
  /** What a node has said yes to, and not done yet, is lost with it. */
  early: (server) => {
    const send = sendMessage(server);
    return async (message, context) => {
      // Nobody is left to tell what it refuses.
      void pause(middle)
        .then(() => send(message, context))
        .catch(() => {});
      return { ok: true };
    };
  },
};

/** Long enough that every kill finds some messages in the middle, in ms. */
const middle = 200;
