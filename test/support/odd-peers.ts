import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

/** What people connect to by mistake, and what stands in for a server that is gone. Each is named by its behaviour. */
export interface Peer {
  readonly port: number;
  readonly url: string;
  /** Connections accepted so far. */
  readonly accepted: () => number;
  close(): Promise<void>;
}

/** Answers every HTTP request the same way, an upgrade included: a proxy, an auth wall, a single-page app. */
export function answersHttp(status: number, headers: Record<string, string> = {}, body = ''): Promise<Peer> {
  const answer = (_: IncomingMessage, response: ServerResponse) => response.writeHead(status, headers).end(body);
  return listening(createServer(answer));
}

/** Takes the connection and says nothing. */
export function staysSilent(): Promise<Peer> {
  return listening(createTcpServer(() => {}));
}

/** Says what no HTTP client understands. */
export function talksGarbage(): Promise<Peer> {
  return listening(createTcpServer((socket) => socket.end('\0\x01\x02 hello?\r\n\r\n')));
}

/** Takes the connection and breaks it off. */
export function resets(): Promise<Peer> {
  return listening(createTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
}

/** Upgrades, then closes before a word of Engine.IO: a balancer in front of a draining pod. */
export function upgradesThenCloses(code = 1013, reason = ''): Promise<Peer> {
  return speaksWebSocket((ws) => ws.close(code, reason));
}

/** A WebSocket server that is not Socket.IO's. */
export function speaksPlainWebSocket(): Promise<Peer> {
  return speaksWebSocket((ws) => ws.send('{"type":"welcome"}'));
}

/** Says one thing over WebSocket, at once. */
export function says(text: string): Promise<Peer> {
  return speaksWebSocket((ws) => ws.send(text));
}

/** A server of Socket.IO 2: it greets without being greeted, and without a session id. */
export function speaksVersion2(): Promise<Peer> {
  return speaksWebSocket((ws) => {
    ws.send(engineOpen());
    ws.send('40');
  });
}

/** Speaks Engine.IO, then whatever is given, packet by packet: once at the opening, once after CONNECT. */
export function speaksEngine(script: { atOnce?: readonly string[]; afterConnect?: readonly string[] }): Promise<Peer> {
  return speaksWebSocket((ws) => {
    ws.send(engineOpen());
    for (const packet of script.atOnce ?? []) ws.send(packet);
    ws.on('message', (data) => {
      if (!String(data).startsWith('40')) return;
      for (const packet of script.afterConnect ?? []) ws.send(packet);
    });
  });
}

function engineOpen(): string {
  return `0${JSON.stringify({ sid: 'odd', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1e6 })}`;
}

async function speaksWebSocket(greet: (ws: WebSocket) => void): Promise<Peer> {
  const http = createServer();
  const wss = new WebSocketServer({ server: http });
  wss.on('connection', (ws) => {
    ws.on('error', () => {});
    greet(ws);
  });
  return listening(http);
}

async function listening(server: Server): Promise<Peer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    accepted: () => accepted,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
