import ReconnectingWebSocket from 'partysocket-1/ws';
import { type Connect, webSocketUrl } from './client.ts';

export const connect: Connect = ({ url, WebSocket, usable }) => {
  const socket = new ReconnectingWebSocket(webSocketUrl(url), [], { WebSocket });
  socket.addEventListener('open', () => socket.send('ask'));
  socket.addEventListener('message', usable);
  // A failed attempt is one of these, and in Node nobody may ignore it.
  socket.addEventListener('error', () => {});
  return () => socket.close();
};
