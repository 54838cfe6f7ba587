import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** One address before all nodes. */
export interface Balancer {
  readonly url: string;
  /** How often a node could not be reached, and another one took its place. */
  readonly skipped: number;
  /** Resets each link that `isChosen` says yes to: nobody says goodbye. */
  cut(isChosen: () => boolean): void;
  close(): Promise<void>;
}

/**
 * Sends each client to the same node as before, as long as that one lives: whoever polls must, whoever speaks WebSocket
 * need not. A node that refuses the connection is dead, and the next one in the client's own order takes its place.
 *
 * What a client keeps over its connections is the query parameter `client`. In browsers a cookie would do as well.
 */
export async function startProxy(ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let skipped = 0;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    return socket;
  };

  /** A connection to the first of them that takes one. */
  async function reach(key: string): Promise<Socket | null> {
    for (const port of inOrder(ports, key)) {
      const socket = keep(connect(port, '127.0.0.1'));
      socket.setNoDelay(true);
      try {
        await once(socket, 'connect');
        return socket;
      } catch {
        skipped += 1;
      }
    }
    return null;
  }

  const server = createServer(async (asked, answer) => {
    const node = await reach(keyOf(asked));
    if (node === null) return answer.writeHead(503).end();
    const { method, url, headers } = asked;
    const passed = request({ method, path: url, headers, createConnection: () => node });
    passed.on('response', (got) => {
      answer.writeHead(got.statusCode ?? 502, got.rawHeaders);
      got.pipe(answer);
    });
    // The node died with the request in its hands: the client is told so, by the end of its connection.
    passed.on('error', () => answer.destroy());
    asked.pipe(passed);
  });
  server.on('connection', keep);
  server.on('upgrade', async (asked: IncomingMessage, client: Socket, head: Buffer) => {
    const node = await reach(keyOf(asked));
    if (node === null) return client.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
    client.setNoDelay(true);
    node.write(headOf(asked));
    node.write(head);
    node.pipe(client).pipe(node);
    node.on('close', () => client.destroy());
    client.on('close', () => node.destroy());
    if (client.destroyed) node.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get skipped() {
      return skipped;
    },
    cut(isChosen) {
      for (const socket of sockets) if (isChosen()) socket.resetAndDestroy();
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Each client has an order of its own, so that the clients of a dead node spread over all others. */
export function inOrder(ports: readonly number[], key: string): readonly number[] {
  const weight = (port: number) => createHash('sha1').update(`${port} ${key}`).digest('hex');
  return [...ports].sort((one, other) => (weight(one) < weight(other) ? -1 : 1));
}

function keyOf({ url = '/', socket }: IncomingMessage): string {
  const { searchParams } = new URL(url, 'http://proxy');
  return searchParams.get('client') ?? String(socket.remoteAddress);
}

/** The request as it came. */
function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
