import { Centrifuge } from 'centrifuge';
import { type Connect, webSocketUrl } from './client.ts';

export const connect: Connect = ({ url, heartbeat, WebSocket, usable }) => {
  const client = new Centrifuge(webSocketUrl(url, '/connection/websocket'), {
    websocket: WebSocket,
    ...(heartbeat !== null && { maxServerPingDelay: heartbeat }),
  });
  // Who loses the link while it asks is not back yet.
  client.on('connected', () => void client.rpc('ask', {}).then(usable, () => {}));
  // Without a listener a failed attempt would throw.
  client.on('error', () => {});
  client.connect();
  return () => client.disconnect();
};
