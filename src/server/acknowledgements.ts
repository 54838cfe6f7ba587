import type { Namespace, Server, Socket } from 'socket.io';
import { namespaceOf } from './notices.ts';

const counted = new WeakSet<Namespace>();
const pending = new WeakMap<Socket, number>();

/** From now on, it is known which sockets wait for an acknowledgement. Called again, it does nothing. */
export function countAcknowledgements(io: Server | Namespace): void {
  const namespace = namespaceOf(io);
  if (counted.has(namespace)) return;
  counted.add(namespace);
  for (const socket of namespace.sockets.values()) count(socket);
  namespace.on('connection', count);
}

/** How many events of this socket were given to a handler that has not called their acknowledgement yet. */
export function pendingOf(socket: Socket): number {
  return pending.get(socket) ?? 0;
}

function count(socket: Socket): void {
  socket.use((packet, next) => {
    const last = packet.length - 1;
    const acknowledge: unknown = packet[last];
    // Nobody will acknowledge what nobody listens to.
    if (typeof acknowledge === 'function' && socket.listenerCount(packet[0]) > 0) {
      add(socket, 1);
      let isPending = true;
      packet[last] = (...args: unknown[]) => {
        acknowledge(...args);
        if (isPending) add(socket, -1);
        isPending = false;
      };
    }
    next();
  });
}

function add(socket: Socket, change: 1 | -1): void {
  pending.set(socket, pendingOf(socket) + change);
}
