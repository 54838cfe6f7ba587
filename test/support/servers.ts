import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server as HttpServer, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server, type ServerOptions } from 'socket.io';
import { selfSigned } from './self-signed.ts';

/** A real Socket.IO server of its own on a free port of the loopback. */
export interface RealServer {
  readonly io: Server;
  readonly http: HttpServer;
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

export async function startServer(options: Partial<ServerOptions> = {}): Promise<RealServer> {
  return serve(createServer(notFound), 'http', options);
}

/** The same behind TLS, with a certificate that nobody vouches for. */
export async function startTlsServer(options: Partial<ServerOptions> = {}): Promise<RealServer> {
  return serve(createTlsServer(selfSigned, notFound), 'https', options);
}

/** Whatever is not Socket.IO's. */
function notFound(_: unknown, response: ServerResponse): void {
  response.writeHead(404).end();
}

async function serve(http: HttpServer, scheme: string, options: Partial<ServerOptions>): Promise<RealServer> {
  const io = new Server(http, { serveClient: false, ...options });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    io,
    http,
    port,
    url: `${scheme}://127.0.0.1:${port}`,
    async close() {
      // Clients that hang in a middleware are not sockets yet: the engine's connections are to be cut.
      const closed = io.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** A Socket.IO server in a process of its own, for deaths that are not announced. */
export interface ChildServer {
  readonly port: number;
  readonly url: string;
  /** Resolves when the next event `swallow` is there, which is never answered. */
  swallows(): Promise<void>;
  /** `kill -9`: no goodbye of any kind. Resolves when the process is gone. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

export async function forkServer(port = 0): Promise<ChildServer> {
  const script = fileURLToPath(new URL('server-child.ts', import.meta.url));
  const child = fork(script, [String(port)], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [listening] = (await once(child, 'message')) as [{ port: number }];
  const kill = () => killed(child);
  const { port: heldBy } = listening;
  return {
    port: heldBy,
    url: `http://127.0.0.1:${heldBy}`,
    async swallows() {
      await once(child, 'message');
    },
    kill,
    close: kill,
  };
}

/** `kill -9`; resolves when it is gone. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** The next event of an emitter, with its arguments: `const [socket] = await next(io, 'connection')`. */
export async function next(
  emitter: { once(event: string, listener: (...args: never[]) => void): unknown },
  event: string,
  // biome-ignore lint/suspicious/noExplicitAny: as in Node's own `once`, the caller knows what the event carries
): Promise<any[]> {
  return new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
}
