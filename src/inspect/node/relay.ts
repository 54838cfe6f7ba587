import { randomUUID } from 'node:crypto';
import { createReadStream, readdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { Report } from '../report.ts';
import { isWelcome } from './gatekeeper.ts';
import { History } from './history.ts';

export interface RelayOptions {
  /** Where the built page is. */
  readonly folder: string;
  /** Wished; the next one that is free is taken. 0: any. */
  readonly port: number;
  /** The trace of a connection; `undefined` where there is none. */
  readonly trace: (connection: string) => unknown;
}

/**
 * Serves the inspector's page on the loopback interface, and tells every open page what happens (server-sent events). It
 * takes no commands: whoever may see the page can only look. It does not keep the process alive.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #files: ReadonlySet<string>;
  readonly #history = new History();
  readonly #pages = new Set<ServerResponse>();
  /** Tells this run of the program apart from the one before on the same port. */
  readonly #run = randomUUID();
  readonly #server: Server;
  #port = 0;

  /** Throws when the page is not in the folder. */
  constructor(options: RelayOptions) {
    this.#options = options;
    this.#files = filesIn(options.folder);
    this.#server = createServer((request, response) => this.#answer(request, response));
    this.#server.unref();
    this.#server.on('connection', (socket) => socket.unref());
  }

  /** Resolves with the address of the page; rejects when no port can be had. */
  async listen(): Promise<string> {
    this.#port = await listenNear(this.#server, this.#options.port);
    return `http://127.0.0.1:${this.#port}/`;
  }

  tell(report: Report): void {
    const message = messageOf(this.#run, this.#history.add(report), report);
    for (const page of this.#pages) {
      // A page that does not keep up, as one that is stopped in a debugger, must not fill the memory of the program.
      if (page.writableLength > mostUnsent) page.destroy();
      else page.write(message);
    }
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!isWelcome(request, this.#port)) end(response, 403);
    else if (request.method !== 'GET') end(response, 405);
    else if (!request.url?.startsWith('/')) end(response, 400);
    else this.#route(request, response, request.url);
  }

  #route(request: IncomingMessage, response: ServerResponse, asked: string): void {
    const [pathname, query = ''] = asked.split('?');
    if (pathname === '/events') this.#subscribe(request, response);
    else if (pathname === '/trace')
      this.#giveTrace(new URLSearchParams(query).get('connection') ?? '', response);
    else this.#giveFile(pathname === '/' ? '/index.html' : (pathname ?? ''), response);
  }

  #subscribe(request: IncomingMessage, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const [run, number = 0] = String(request.headers['last-event-id'] ?? '').split(' ');
    const isSame = run === this.#run;
    if (!isSame && run !== '') response.write('event: another-run\ndata:\n\n');
    response.write(': welcome\n\n');
    for (const [each, report] of this.#history.after(isSame ? Number(number) : 0)) {
      response.write(messageOf(this.#run, each, report));
    }
    this.#pages.add(response);
    response.on('close', () => this.#pages.delete(response));
  }

  #giveTrace(connection: string, response: ServerResponse): void {
    const trace = this.#options.trace(connection);
    if (trace === undefined) end(response, 404);
    else response.setHeader('content-type', 'application/json').end(JSON.stringify(trace));
  }

  #giveFile(path: string, response: ServerResponse): void {
    const type = types[extname(path)];
    // A list of what is there, not a check of the path: nothing else can be asked for.
    if (type === undefined || !this.#files.has(path)) {
      end(response, 404);
      return;
    }
    response.setHeader('content-type', type);
    createReadStream(join(this.#options.folder, path))
      .on('error', () => response.destroy())
      .pipe(response);
  }
}

/** Bytes that may wait for a page. */
const mostUnsent = 8 * 1024 * 1024;

/** Ports that are tried after the one that was wished. */
const triesNearby = 20;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

function messageOf(run: string, number: number, report: Report): string {
  return `id: ${run} ${number}\ndata: ${JSON.stringify(report)}\n\n`;
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}

function filesIn(folder: string): Set<string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Set(
    files.map(({ parentPath, name }) => join(parentPath, name).slice(folder.length).replaceAll('\\', '/')),
  );
}

async function listenNear(server: Server, wished: number): Promise<number> {
  const nearby = Array.from({ length: triesNearby }, (_, index) => wished + index);
  for (const port of wished === 0 ? [] : nearby) {
    if (await listenOn(server, port)) return port;
  }
  await listenOn(server, 0);
  return (server.address() as AddressInfo).port;
}

/** False where the port is taken. */
function listenOn(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => {
      server.off('listening', succeed);
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    };
    const succeed = () => {
      server.off('error', fail);
      resolve(true);
    };
    server.once('error', fail).once('listening', succeed).listen(port, '127.0.0.1');
  });
}
