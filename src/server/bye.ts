import type { Namespace, Server, Socket } from 'socket.io';
import { type Bye, byeEvent } from '../wire.ts';
import { tell } from './notices.ts';

/** Ends a link with the server's last word, which arrives before the end does (RE-7). */
export function sayBye(io: Server | Namespace, socket: Socket, bye: Bye): void {
  if (!socket.connected) return;
  tell(io, { kind: 'bye', code: bye.code, socket: socket.id });
  socket.emit(byeEvent, bye);
  socket.disconnect(true);
}
