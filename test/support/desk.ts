import { EventEmitter } from 'node:events';
import type { Namespace, Socket } from 'socket.io';
import { type Notice, onNotice } from '../../src/server/index.ts';

/** A namespace without a network: sockets are said to be there, and say what the test says. */
export function createDesk(name = '/') {
  const sockets = new Map<string, Socket>();
  const told: { to: string; event: string; payload: unknown }[] = [];
  const local = {
    to: (ids: string[]) => ({
      emit: (event: string, payload: unknown) => told.push(...ids.map((to) => ({ to, event, payload }))),
    }),
  };
  const adapter = { serverCount: async () => 1 };
  const namespace = Object.assign(new EventEmitter(), {
    name,
    sockets,
    local,
    adapter,
  }) as unknown as Namespace;
  const notices: Notice[] = [];
  onNotice(namespace, (notice) => notices.push(notice));
  return {
    namespace,
    notices,
    /** What this node's sockets were told. */
    told,
    /** A socket of this user, and what it is answered when it says something. */
    connect(user?: unknown) {
      const socket = Object.assign(new EventEmitter(), {
        id: `${sockets.size}`,
        connected: true,
        data: { user },
      });
      sockets.set(socket.id, socket as unknown as Socket);
      (namespace as unknown as EventEmitter).emit('connection', socket);
      return {
        socket,
        disconnect: () => socket.emit('disconnect'),
        say: (event: string, ...args: unknown[]) =>
          new Promise<unknown>((resolve) => socket.emit(event, ...args, resolve)),
      };
    },
  };
}
