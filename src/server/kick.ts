import type { Namespace, Server } from 'socket.io';
import { type ByeCode, byeEvent } from '../wire.ts';
import { ServerError } from './errors.ts';
import { namespaceOf, tell } from './notices.ts';
import { userRoom } from './user-room.ts';

const codes = ['forbidden', 'expired', 'superseded'] as const satisfies ByeCode[];

/**
 * Ends every link of a user that `authenticate()` let in, on every node that the adapter reaches. With `forbidden`, the
 * default, the client is `auth-failed` and does not come back by itself; with `expired` it fetches a fresh credential;
 * with `superseded` it rests. A credential stays good until `verify` refuses it: a ban needs both. The notices `bye`
 * are told on this node, for its own links.
 *
 * @throws ServerError `bad-argument`.
 */
export function kick(io: Server | Namespace, user: string, code: (typeof codes)[number] = 'forbidden'): void {
  if (typeof user !== 'string' || user === '') {
    throw new ServerError('bad-argument', '`user` of kick() is not a non-empty string');
  }
  if (!codes.includes(code))
    throw new ServerError('bad-argument', `\`code\` of kick() is none of ${codes.join(', ')}`);
  const namespace = namespaceOf(io);
  const room = userRoom(user);
  for (const socket of namespace.adapter.rooms.get(room) ?? [])
    tell(namespace, { kind: 'bye', code, socket });
  namespace.in(room).emit(byeEvent, { code });
  namespace.in(room).disconnectSockets(true);
}
