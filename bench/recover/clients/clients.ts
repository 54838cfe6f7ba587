import type { ContenderName } from '../contenders.ts';
import type { Connect } from './client.ts';

/** Each is loaded by whoever needs it, so that no process and no page has the others. */
const clients: Readonly<Record<ContenderName, () => Promise<{ readonly connect: Connect }>>> = {
  'socket.io-client': () => import('./socket-io.ts'),
  holdfast: () => import('./holdfast.ts'),
  centrifuge: () => import('./centrifuge.ts'),
  phoenix: () => import('./phoenix.ts'),
  partysocket: () => import('./partysocket.ts'),
  'graphql-ws': () => import('./graphql-ws.ts'),
};

export async function clientOf(name: ContenderName): Promise<Connect> {
  return (await clients[name]()).connect;
}
