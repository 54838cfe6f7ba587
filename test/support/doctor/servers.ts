import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createRequire } from 'node:module';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Server as EngineServer } from 'engine.io';
import { Server, type ServerOptions } from 'socket.io';
import { WebSocketServer } from 'ws';
import type { Pair } from './certificates.ts';

/** A real server for the doctor to look at. */
export interface Patient {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

interface SocketIoOptions {
  readonly options?: Partial<ServerOptions>;
  /** Adds middleware and handlers. */
  readonly with?: (io: Server) => void;
  readonly tls?: Pair;
  /** What answers where Socket.IO does not. */
  readonly rest?: RequestListener;
  readonly host?: string;
}

const notFound: RequestListener = (_, response) => response.writeHead(404).end('not here');

/** Socket.IO 4. */
export async function socketIo4(wanted: SocketIoOptions = {}): Promise<Patient> {
  const { tls, rest = notFound, host, options } = wanted;
  const http = tls === undefined ? createServer(rest) : createTlsServer(tls, rest);
  const io = new Server(http, { serveClient: false, ...options });
  wanted.with?.(io);
  return listen(http, { scheme: tls === undefined ? 'http' : 'https', ...(host !== undefined && { host }) });
}

/** Socket.IO 2, the real one. */
export async function socketIo2(options: object = {}): Promise<Patient> {
  const attach = createRequire(import.meta.url)('socket.io-2') as (
    http: HttpServer,
    options: object,
  ) => unknown;
  const http = createServer(notFound);
  attach(http, { serveClient: false, ...options });
  return listen(http);
}

/** Engine.IO without Socket.IO over it; it may answer every message with words of its own. */
export async function bareEngine(path: string, answer?: string): Promise<Patient> {
  const http = createServer(notFound);
  const engine = new EngineServer();
  engine.attach(http, { path });
  engine.on(
    'connection',
    (socket: { send(text: string): void; on(event: 'message', listener: () => void): void }) => {
      if (answer !== undefined) socket.on('message', () => socket.send(answer));
    },
  );
  return listen(http);
}

/** A WebSocket server of `ws`: on its own (it answers HTTP with 426), or beside an app. */
export async function plainWebSocket({
  greets = false,
  beside,
}: {
  greets?: boolean;
  beside?: RequestListener;
} = {}): Promise<Patient> {
  const http =
    beside === undefined
      ? createServer((_, response) =>
          response.writeHead(426, { Upgrade: 'websocket' }).end('Upgrade Required'),
        )
      : createServer(beside);
  const server = new WebSocketServer({ server: http });
  server.on('connection', (ws) => {
    ws.on('error', () => {});
    if (greets) ws.send('{"type":"welcome"}');
  });
  return listen(http);
}

/** Any HTTP server; `upgrade` as on Node's own. */
export function httpServer(answer: RequestListener, tls?: Pair): Promise<Patient> {
  return listen(tls === undefined ? createServer(answer) : createTlsServer(tls, answer), {
    scheme: tls === undefined ? 'http' : 'https',
  });
}

/** Whatever speaks over TCP. */
export function tcpServer(speak: (socket: Socket) => void, host?: string): Promise<Patient> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    speak(socket);
  });
  return listen(server, host === undefined ? {} : { host });
}

/** Where nothing listens any more. */
export async function deadPort(): Promise<Patient> {
  const patient = await tcpServer(() => {});
  await patient.close();
  return { ...patient, close: async () => {} };
}

async function listen(
  server: TcpServer,
  { scheme = 'http', host = '127.0.0.1' }: { scheme?: string; host?: string } = {},
): Promise<Patient> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  };
  server.on('connection', keep);
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  return {
    port,
    url: `${scheme}://${shown}:${port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** A port whose queue is full, held by a process that stands still: the system drops what knocks, as a firewall does. */
export async function droppingPort(): Promise<Patient> {
  const child = spawn(process.execPath, ['-e', holdsPort], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const port = Number(said);
  child.kill('SIGSTOP');
  const knocking: Socket[] = [];
  let inQueue = 0;
  // Until one is neither taken nor refused: then nobody else is, either.
  for (let isFull = false; !isFull; ) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    knocking.push(socket);
    const wasTaken = await Promise.race([once(socket, 'connect').then(() => true), delay(500, false)]);
    if (wasTaken) inQueue += 1;
    else isFull = true;
    if (inQueue > 200) throw new Error('the queue of this system has no end');
  }
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of knocking) socket.destroy();
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

const holdsPort = `const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;
