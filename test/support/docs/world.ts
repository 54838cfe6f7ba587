/** What the blocks of the docs take for granted (test/docs/prelude.d.ts), with a real server behind it. */
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { Server } from 'socket.io';
import { vi } from 'vitest';
import { type Connection, createConnection, socketIo } from '../../../src/index.ts';
import { exactlyOnce, memoryDedupe, memoryHistory, rooms } from '../../../src/server/index.ts';
import { secret, tokenOf } from '../tokens.ts';

export interface World {
  readonly url: string;
  readonly io: Server;
  /** The app's own, for blocks that make none: live, unless the world is bare. */
  readonly connection: Connection;
  /** Every link is cut, and the next one taken. */
  cut(): void;
  close(): Promise<void>;
}

/**
 * A server, and the names of an app as globals. A bare one is for blocks that make a server; the other one has what a
 * client may ask for: rooms, messages that are done once, what was missed.
 */
export async function openWorld({ isBare }: { isBare: boolean }): Promise<World> {
  const http = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end('[]');
  });
  const open = new Set<TcpSocket>();
  http.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  const io = new Server(http, { serveClient: false });
  if (!isBare) serve(io);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  const token = await tokenOf({ aud: 'chat' });
  vi.stubEnv('JWT_SECRET', secret);
  // A page's addresses are relative to its own.
  const { fetch } = globalThis;
  vi.stubGlobal('fetch', (to: string, init?: RequestInit) => fetch(new URL(to, url), init));
  for (const [name, value] of Object.entries(namesOf(io, token))) vi.stubGlobal(name, value);
  const connection = createConnection({ link: socketIo(url), credential: () => token });
  if (!isBare) {
    connection.connect('alice');
    await connection.ready();
  }
  vi.stubGlobal('connection', connection);
  const cut = () => {
    for (const socket of open) socket.destroy();
  };
  vi.stubGlobal('trace', JSON.parse(JSON.stringify(connection.trace())));

  return {
    url,
    io,
    connection,
    cut,
    async close() {
      await connection.dispose();
      vi.unstubAllGlobals();
      vi.unstubAllEnvs();
      cut();
      await io.close();
    },
  };
}

function serve(io: Server): void {
  io.use((socket, next) => {
    socket.data.user = 'alice';
    next();
  });
  rooms(io, { mayJoin: () => true, history: memoryHistory() });
  const { onMessage } = exactlyOnce(io, { store: memoryDedupe() });
  onMessage('message:send', ({ text }) => ({ id: '1', text }));
  onMessage('contacts:watch', () => ({ bob: true }));
}

function namesOf(io: Server, token: string) {
  const nothing = () => {};
  return {
    io,
    user: { id: 'alice' },
    session: { accessToken: async () => token, onTokenChange: nothing, onUserChange: nothing },
    fetchToken: async () => ({ accessToken: token, expires_in: 300 }),
    verify: async () => ({ user: 'alice' }),
    isBanned: async () => false,
    db: {
      store: async (_: string, text: string) => ({ id: '1', text }),
      isMember: async () => true,
      contactsOf: async () => ['bob'],
    },
    userOfSession: () => 'alice',
    isDevelopment: true,
    logger: { info: nothing },
    render: nothing,
    show: nothing,
    label: () => '',
    confirm: () => false,
  };
}

/** Where a server that a block made can be reached; it is told to listen where the block did not. */
export async function addressOf(io: Server): Promise<string> {
  const known = (io as unknown as { httpServer?: HttpServer }).httpServer;
  if (known === undefined) io.listen(0);
  const { httpServer } = io as unknown as { httpServer: HttpServer };
  if (!httpServer.listening) {
    httpServer.listen(0, '127.0.0.1');
    await once(httpServer, 'listening');
  }
  return `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`;
}
