/**
 * The process of a node. In its environment, beside what `openNode` reads: whether sessions are recovered (`RECOVERY`), and
 * what is wrong with it (`PLANT`).
 */
import { onNotice } from 'holdfast/server';
import { obey } from '../shared/processes/orders.ts';
import { openNode } from './open-node.ts';
import { planted } from './plants/handlers.ts';
import type { Plant } from './plants/names.ts';
import type { NodeNews, NodeOrders } from './processes/node-words.ts';

const { RECOVERY = '', PLANT = 'none' } = process.env;

const { io, online, listen } = await openNode({
  handle: planted[PLANT as Plant],
  socketIo: RECOVERY === '' ? {} : { connectionStateRecovery: {} },
});

const tell = obey<NodeOrders, NodeNews>({ online });
onNotice(io, (notice) => {
  if (notice.kind === 'deduplicated') tell({ type: 'repeat' });
  if (notice.kind === 'failed') tell({ type: 'failed', what: `${notice.where}: ${notice.error}` });
});

tell({ type: 'listening', port: await listen() });
