import { EventEmitter } from 'node:events';
import type { Namespace, Socket } from 'socket.io';
import { type Notice, onNotice } from '../../src/server/index.ts';

/** A namespace without a network: sockets are said to be there, and say what the test says. */
export function createDesk(name = '/') {
  const sockets = new Map<string, Socket>();
  const namespace = Object.assign(new EventEmitter(), { name, sockets }) as unknown as Namespace;
  const notices: Notice[] = [];
  onNotice(namespace, (notice) => notices.push(notice));
  return {
    namespace,
    notices,
    /** A socket of this user, and what it is answered when it says something. */
    connect(user?: unknown) {
      const socket = Object.assign(new EventEmitter(), { id: `${sockets.size}`, data: { user } });
      sockets.set(socket.id, socket as unknown as Socket);
      (namespace as unknown as EventEmitter).emit('connection', socket);
      return {
        socket,
        say: (event: string, ...args: unknown[]) =>
          new Promise<unknown>((resolve) => socket.emit(event, ...args, resolve)),
      };
    },
  };
}
