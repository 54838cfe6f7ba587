/** The process of a node: the chat of `examples/cluster`, which also lets itself be measured. `PLANT`: what is wrong with it. */
import { kick, onNotice, userRoom } from 'holdfast/server';
import type { Handler } from '../../examples/cluster/handler.ts';
import { openNode } from '../../examples/cluster/open-node.ts';
import { planted } from '../../examples/cluster/plants/handlers.ts';
import type { Plant } from '../../examples/cluster/plants/names.ts';
import { obey } from '../../examples/shared/processes/orders.ts';
import { hasToken } from '../clients/tokens.ts';
import { type Measured, meter } from '../measure.ts';
import { noteEvent } from '../words.ts';
import type { KickCode } from './scenario.ts';

export type NodeOrders = {
  measure(collects: boolean): Measured;
  kick(user: string, code: KickCode): void;
};

export type NodeNews =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'failed'; readonly what: string }
  /** A notice in which a credential could be read. */
  | { readonly type: 'leak'; readonly what: string };

/** Beside the message for the room, a word for the author alone: nobody else may ever hear it. */
const handle: Handler = (server) => {
  const send = (planted[process.env['PLANT'] as Plant] ?? planted.none)(server);
  return async (message, context) => {
    const answer = await send(message, context);
    context.socket.nsp.to(userRoom(context.user)).emit(noteEvent as never, { to: context.user } as never);
    return answer;
  };
};

// So that a hole in the network is noticed within a time that such a run has.
const { io, listen } = await openNode({ handle, socketIo: { pingInterval: 10_000, pingTimeout: 15_000 } });

const tell = obey<NodeOrders, NodeNews>({
  measure: meter(),
  kick: (user, code) => kick(io, user, code),
});
onNotice(io, (notice) => {
  if (notice.kind === 'failed') tell({ type: 'failed', what: `${notice.where}: ${notice.error}` });
  if (hasToken(JSON.stringify(notice))) tell({ type: 'leak', what: `a notice \`${notice.kind}\`` });
});

tell({ type: 'listening', port: await listen() });
