import type { Socket } from 'socket.io';
import { type Bye, byeEvent } from '../wire.ts';
import { tell } from './notices.ts';

/**
 * Ends a link with the server's last word, which arrives before the end does (RE-7). Other namespaces over the same
 * connection stay, unless that is closed too.
 *
 * The word goes by the local adapter: where sessions are recovered, `socket.emit` may ask the cluster first, and the
 * word would come after the end.
 */
export function sayBye(socket: Socket, bye: Bye, { closes = false } = {}): void {
  if (!socket.connected) return;
  tell(socket.nsp, { kind: 'bye', code: bye.code, socket: socket.id });
  socket.nsp.local.to(socket.id).emit(byeEvent, bye);
  socket.disconnect(closes);
}
