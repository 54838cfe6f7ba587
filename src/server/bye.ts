import type { Socket } from 'socket.io';
import { type Bye, byeEvent } from '../wire.ts';
import { tell } from './notices.ts';

/**
 * Ends a link with the reason as its last word (RE-7). Other namespaces over the same connection stay.
 *
 * The word goes by the local adapter: where sessions are recovered, `socket.emit` may ask the cluster first, and the
 * word would come after the end.
 */
export function sayBye(socket: Socket, bye: Bye): void {
  socket.nsp.local.to(socket.id).emit(byeEvent, bye);
  socket.disconnect();
  tell(socket.nsp, { kind: 'bye', code: bye.code, socket: socket.id });
}
