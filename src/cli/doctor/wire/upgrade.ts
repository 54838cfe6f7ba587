import { createHash, randomBytes } from 'node:crypto';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type Failure, failureOf } from './failure.ts';
import { RawSocket } from './raw-socket.ts';
import { type HttpAnswer, headOf } from './request.ts';
import { connectOptions, hostHeader, type Route } from './route.ts';

/** What came of asking for a WebSocket: it is open, the server answered with plain HTTP instead, or nothing of use. */
export type UpgradeOutcome =
  | { readonly kind: 'open'; readonly socket: RawSocket }
  | { readonly kind: 'wrong-accept' }
  | Pick<HttpAnswer, 'kind' | 'status' | 'headers' | 'body'>
  | Failure;

const largestBody = 16 * 1024;

/** Asks for a WebSocket. Never rejects, and settles within the route's timeout; whoever gets one closes it. */
export function askWebSocket(
  route: Route,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<UpgradeOutcome> {
  return new Promise((resolve) => {
    const key = randomBytes(16).toString('base64');
    let refusal: Pick<HttpAnswer, 'status' | 'headers'> | undefined;
    let body = '';
    const settle = (outcome: UpgradeOutcome) => {
      clearTimeout(timer);
      if (outcome.kind !== 'open') request.destroy();
      resolve(outcome);
    };
    const settleWith = (otherwise: Failure) =>
      settle(refusal === undefined ? otherwise : { kind: 'answer', ...refusal, body });
    const timer = setTimeout(() => settleWith({ kind: 'silent' }), route.timeout);
    const { signal, ...options } = connectOptions(route);
    const open = route.secure ? requestHttps : requestHttp;
    const request = open({
      ...options,
      path,
      headers: {
        Host: hostHeader(route),
        'User-Agent': 'holdfast-doctor',
        ...headers,
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': key,
      },
    });
    // Not left to the request: it would let go of the signal once the socket is handed over.
    const stop = () => request.destroy();
    signal.addEventListener('abort', stop, { once: true });
    request.on('close', () => signal.removeEventListener('abort', stop));
    request.on('error', (error) => settleWith(failureOf(error)));
    request.on('response', (response) => {
      refusal = headOf(response);
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
        if (body.length >= largestBody) settleWith({ kind: 'silent' });
      });
      response.on('error', () => settleWith({ kind: 'closed' }));
      response.on('end', () => settleWith({ kind: 'closed' }));
    });
    request.on('upgrade', (response, socket, head) => {
      if (response.headers['sec-websocket-accept'] !== acceptOf(key)) {
        socket.on('error', () => {});
        socket.destroy();
        return settle({ kind: 'wrong-accept' });
      }
      settle({ kind: 'open', socket: new RawSocket(socket, head) });
    });
    request.end();
  });
}

/** RFC 6455, 4.2.2: the proof that a WebSocket server read the request. */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}
