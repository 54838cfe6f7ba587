import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import { describe, expect, type TestContext, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { clientOf } from '../../bench/recover/clients/clients.ts';
import { type Contender, contenders } from '../../bench/recover/contenders.ts';
import { serverOf } from '../../bench/recover/servers/servers.ts';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';

/** What happened, in order; whoever waits for a length is told. */
class Story {
  readonly told: string[] = [];
  readonly #news = new EventTarget();

  tell(what: string): void {
    this.told.push(what);
    this.#news.dispatchEvent(new Event('news'));
  }

  async length(wanted: number): Promise<readonly string[]> {
    while (this.told.length < wanted) await once(this.#news, 'news');
    return this.told;
  }
}

/** Takes connections, and ends each when it is asked something. */
function answersNothing({ server }: Contender, http: HttpServer, asked: () => void): void {
  if (server === 'socket.io') {
    new Server(http, { serveClient: false }).on('connection', (socket) => {
      socket.on('ask', () => {
        asked();
        socket.conn.close();
      });
    });
    return;
  }
  new WebSocketServer({ server: http }).on('connection', (socket) => {
    socket.once('message', () => {
      asked();
      socket.terminate();
    });
  });
}

/** Tests that run beside each other have each an end of their own. */
type OnFinished = TestContext['onTestFinished'];

async function listen(onFinished: OnFinished, attach: (http: HttpServer) => void): Promise<HttpServer> {
  const http = createServer();
  attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onFinished(() => {
    http.close();
    http.closeAllConnections();
  });
  return http;
}

const portOf = (http: HttpServer) => (http.address() as { port: number }).port;

async function connectTo(
  onFinished: OnFinished,
  contender: Contender,
  url: string,
  usable: () => void,
): Promise<void> {
  const connect = await clientOf(contender.name);
  const end = connect({
    ...{ url, usable, heartbeat: null },
    WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
  });
  onFinished(async () => void (await end()));
}

describe.concurrent.each(contenders)('$name, as the bench measures it', (contender) => {
  test('is usable once for each link, when the server has answered', async ({ onTestFinished }) => {
    const serve = await serverOf(contender.server);
    const http = await listen(onTestFinished, (made) => serve(made, null));
    const proxy = await FaultProxy.to(portOf(http));
    onTestFinished(() => proxy.close());
    const story = new Story();
    await connectTo(onTestFinished, contender, proxy.url, () => story.tell('usable'));
    await story.length(1);
    for (const fault of ['reset', 'cut'] as const) {
      story.tell(fault);
      proxy[fault]();
      await story.length(story.told.length + 1);
    }
    expect(story.told).toEqual(['usable', 'reset', 'usable', 'cut', 'usable']);
  });

  test('is not usable when a link opened and nobody answered', async ({ onTestFinished }) => {
    const story = new Story();
    const http = await listen(onTestFinished, (made) =>
      answersNothing(contender, made, () => story.tell('asked')),
    );
    await connectTo(onTestFinished, contender, `http://127.0.0.1:${portOf(http)}`, () =>
      story.tell('usable'),
    );
    expect(await story.length(2)).toEqual(['asked', 'asked']);
  });
});
