import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type Server as HttpServer,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import { inject, onTestFinished } from 'vitest';
import { FaultProxy } from '../../../examples/shared/fault-proxy.ts';

/** One HTTP server with a page and a Socket.IO server, which the test tells what to do. */
export class Site {
  readonly io: Server;
  readonly http: HttpServer;
  /** Handshakes that the Socket.IO server has seen, refused ones included. */
  handshakes = 0;
  /** Sockets that were connected so far. */
  connections = 0;
  readonly #tcp = new Set<TcpSocket>();
  #isAway = false;

  constructor(options: Partial<ServerOptions>, answer: RequestListener) {
    this.http = createServer(answer);
    this.io = new Server(this.http, {
      serveClient: false,
      // For pages that go through the proxy, which is another origin.
      cors: { origin: true },
      allowRequest: (request, decide) => this.#admit(request, decide),
      ...options,
    });
    this.io.on('connection', () => {
      this.connections += 1;
    });
  }

  get port(): number {
    return (this.http.address() as AddressInfo).port;
  }

  /** Engine.IO hears that the browser is offline here, and not at `localhostUrl`. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/`;
  }

  get localhostUrl(): string {
    return `http://localhost:${this.port}/`;
  }

  /** The server's sockets that are connected now. */
  get sockets(): Socket[] {
    return [...this.io.sockets.sockets.values()];
  }

  /** Resolves when exactly this many sockets are connected. */
  async settled(count: number): Promise<void> {
    const end = performance.now() + 20_000;
    while (this.sockets.length !== count) {
      if (performance.now() > end) throw new Error(`${this.sockets.length} sockets, never ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** The Socket.IO server is gone: what is connected breaks off, nobody gets in. The page itself is still served. */
  away(): void {
    this.#isAway = true;
    for (const tcp of this.#tcp) tcp.destroy();
  }

  /** Undoes `away()`. */
  returns(): void {
    this.#isAway = false;
  }

  async listen(): Promise<void> {
    this.http.listen(0, '127.0.0.1');
    await once(this.http, 'listening');
  }

  /** A way to this server whose faults the test chooses; pages reach it at `proxy.url`. Ends with the test. */
  async proxy(): Promise<FaultProxy> {
    const proxy = await FaultProxy.to(this.port);
    onTestFinished(() => proxy.close());
    return proxy;
  }

  async close(): Promise<void> {
    this.io.disconnectSockets(true);
    const closed = this.io.close();
    this.http.closeAllConnections();
    await closed;
  }

  #admit(request: IncomingMessage, decide: (error: string | null, isAdmitted: boolean) => void): void {
    this.handshakes += 1;
    const { socket } = request;
    if (this.#isAway) {
      socket.destroy();
      return;
    }
    this.#tcp.add(socket);
    socket.once('close', () => this.#tcp.delete(socket));
    decide(null, true);
  }
}

/**
 * Ends with the test.
 * @param answer What is not Socket.IO's. Default: the page of `test/browser/page/`.
 */
export async function startSite(
  options: Partial<ServerOptions> = {},
  answer: RequestListener = filesIn(builtPage()),
): Promise<Site> {
  const site = new Site(options, answer);
  await site.listen();
  onTestFinished(() => site.close());
  return site;
}

function builtPage(): string {
  const { folder, error } = inject('page');
  if (error !== '') throw new Error(error);
  return folder;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** Answers with the built page in this folder, and with another one to go to. */
export function filesIn(folder: string): RequestListener {
  return ({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://site');
    if (pathname === '/other.html') {
      response
        .setHeader('content-type', 'text/html')
        .end('<!doctype html><link rel="icon" href="data:," /><p>Elsewhere');
      return;
    }
    const path = join(folder, normalize(pathname === '/' ? '/index.html' : pathname));
    const type = types[extname(path)];
    try {
      if (type === undefined) throw new Error('nothing else is served');
      // Not `no-store`: such pages stay out of the back/forward cache.
      response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(readFileSync(path));
    } catch {
      response.writeHead(404).end();
    }
  };
}
