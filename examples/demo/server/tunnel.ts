import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { isFromOurPage } from './guard.ts';
import type { Ways } from './ways.ts';

const mount = '/socket.io/';

/** Hands on a WebSocket to the way of its tab, byte by byte. */
export async function tunnelUpgrade(
  ways: Ways,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  if (!request.url?.startsWith(mount)) return;
  socket.on('error', () => {});
  if (!isFromOurPage(request)) return void socket.destroy();
  const port = await ways.portFor(tabOf(request));
  // Who did not wait for that is gone.
  if (socket.destroyed) return;
  const way = connect(port, '127.0.0.1');
  way.on('error', () => {});
  way.on('close', () => socket.destroy());
  socket.on('close', () => way.destroy());
  way.write(headOf(request));
  way.write(head);
  socket.pipe(way).pipe(socket);
}

/** The same for plain requests, which is how Socket.IO goes where WebSockets do not. */
export function createRelay(ways: Ways) {
  return async (request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> => {
    if (!request.url?.startsWith(mount)) return next();
    const { method, headers, url: path } = request;
    const port = await ways.portFor(tabOf(request));
    const onward = httpRequest({ host: '127.0.0.1', port, method, headers, path }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  };
}

function tabOf({ url = '/' }: IncomingMessage): string {
  return new URL(url, 'http://here').searchParams.get('tab') ?? '';
}

/** What was read of the request before it became a WebSocket. */
function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
  return [`${method} ${url} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}
