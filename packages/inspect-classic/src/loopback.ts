import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerLike } from './well-behaved.ts';

/** Where the server of the inspector listens, and which pages may connect to it. */
export interface LoopbackOptions {
  /** Port on 127.0.0.1; 0 for a free one. */
  readonly port: number;
  /**
   * Origins of pages that may connect, beside those that this machine serves (`http://localhost:…` and the like).
   * `https://stately.ai` for the inspector there. Default: none.
   */
  readonly origins?: readonly string[];
}

export interface LoopbackServer {
  readonly server: ServerLike;
  readonly port: number;
  close(): Promise<void>;
}

/** Bytes. A command is a small thing. */
const maxPayload = 1024 * 1024;

/**
 * A WebSocket server that only this machine reaches, and of the pages in its browsers only those that are meant: a
 * browser lets every page connect to the loopback, and what is shown here is nobody else's.
 */
export async function loopbackServer({ port, origins = [] }: LoopbackOptions): Promise<LoopbackServer> {
  const { WebSocketServer } = await import('ws');
  const http = createServer((_, response) => response.writeHead(426).end());
  // Somebody may watch; a process does not go on for that.
  http.unref().on('connection', (socket) => socket.unref());
  http.listen(port, '127.0.0.1');
  await once(http, 'listening');
  const server = new WebSocketServer({
    server: http,
    maxPayload,
    verifyClient: ({ origin, req }: { origin?: string; req: IncomingMessage }, decide) =>
      decide(isLoopback(req.headers.host) && isMeant(origin, origins), 403),
  });
  // It repeats what the HTTP server says, such as that there are too many open files.
  server.on('error', () => {});
  return {
    server,
    port: (http.address() as AddressInfo).port,
    async close() {
      const closed = once(http, 'close');
      for (const client of server.clients) client.terminate();
      server.close();
      http.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** A name that leads here from elsewhere is how a page gets past the rule of same origin (DNS rebinding). */
function isLoopback(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host ?? '');
}

/** Whatever is no browser says no origin, or any it likes. */
function isMeant(origin: string | undefined, origins: readonly string[]): boolean {
  if (origin === undefined || origins.includes(origin)) return true;
  const [, host] = /^https?:\/\/(.*)$/.exec(origin) ?? [];
  return isLoopback(host);
}
