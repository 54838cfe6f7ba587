import type { IncomingMessage } from 'node:http';

/**
 * Whether a request comes from this machine and from our own page: another page that is open in the browser could send
 * one as well (its Origin is another), and a name that leads here could make it the same origin (its Host is another).
 */
export function isFromOurPage({ socket, headers }: IncomingMessage): boolean {
  const { host, origin } = headers;
  const isFromHere = /^(::1|(::ffff:)?127\.[\d.]+)$/.test(socket.remoteAddress ?? '');
  const isToHere = ['127.0.0.1', 'localhost', '[::1]'].some((name) => host === `${name}:${socket.localPort}`);
  return isFromHere && isToHere && origin === `http://${host}`;
}
