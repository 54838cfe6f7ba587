import { io } from 'socket.io-client';
import type { Connect } from './client.ts';

/** With every default: polling first, then an upgrade. */
export const connect: Connect = ({ url, usable }) => {
  const socket = io(url, { forceNew: true });
  socket.on('connect', () => socket.emit('ask', usable));
  return () => socket.disconnect();
};
