import { Socket } from 'phoenix';
import { type Connect, webSocketUrl } from './client.ts';

/** A channel, joined once: it joins again by itself. Then something is pushed on it. */
export const connect: Connect = ({ url, heartbeat, WebSocket, usable }) => {
  const socket = new Socket(webSocketUrl(url, '/socket'), {
    transport: WebSocket,
    ...(heartbeat !== null && { heartbeatIntervalMs: heartbeat }),
  });
  socket.connect();
  const channel = socket.channel('room:1');
  // Its reply is heard again after each time that it joins again.
  channel.join().receive('ok', () => channel.push('ask', {}).receive('ok', usable));
  return () => socket.disconnect();
};
