import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import { close } from '../../src/server/index.ts';
import { live, until } from '../support/live.ts';
import { startServer, startTlsServer } from '../support/servers.ts';

const never = 600_000;

/** Somebody who connected, and says nothing. */
async function silent(port: number): Promise<{ readonly ended: Promise<unknown> }> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return { ended: once(socket, 'close') };
}

/** A server of more than Socket.IO, whose answer to a request under way is the caller's. */
async function beingAsked() {
  let hear: (response: ServerResponse) => void = () => {};
  const heard = new Promise<ServerResponse>((resolve) => {
    hear = resolve;
  });
  const http = createServer((_, response) => hear(response));
  const io = new Server(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const asked = fetch(`http://127.0.0.1:${(http.address() as AddressInfo).port}/slow`);
  return { io, answer: asked.then((response) => response.text()), response: await heard };
}

test('[SV-5] a server that closes ends its links and takes no more', async () => {
  const { io, url } = await startServer();
  const run = live(url);
  run.connection.connect('alice');
  await run.connection.ready();
  await close(io, { grace: never });
  await until(run, 'reconnecting');
  await expect(fetch(url)).rejects.toThrow();
});

test('[SV-5] a request in progress is answered, and then it is closed', async () => {
  const { io, answer, response } = await beingAsked();
  const closed = close(io, { grace: never });
  response.end('at last');
  expect(await answer).toBe('at last');
  await closed;
});

test('[SV-5] one that goes on for longer than `grace` is cut', async () => {
  const { io, answer } = await beingAsked();
  const cut = expect(answer).rejects.toThrow();
  await close(io, { grace: 50 });
  await cut;
});

test('[SV-5] whoever connected and never sent a request does not keep it open', async () => {
  const { io, port, url } = await startServer();
  const { ended } = await silent(port);
  // Whoever is answered after it was accepted after it: the server knows of the silent one by now.
  await fetch(url);
  await close(io, { grace: 50 });
  await ended;
});

test('[SV-5] nor does it wait for whoever does not finish the handshake of TLS', async () => {
  const { io, port, http } = await startTlsServer();
  const accepted = once(http, 'connection');
  await silent(port);
  await accepted;
  await close(io, { grace: 50 });
});

test('a server that never listened, or is closed already, is closed', async () => {
  await close(new Server(createServer()));
  const { io } = await startServer();
  await close(io, { grace: never });
  await close(io, { grace: never });
});

test('[SV-5] called again, it may hurry', async () => {
  const { io, answer } = await beingAsked();
  const cut = expect(answer).rejects.toThrow();
  const first = close(io, { grace: never });
  await close(io, { grace: 50 });
  await Promise.all([first, cut]);
});

test('options are held against what they may be', () => {
  expect(() => close(new Server(), { grace: -1 })).toThrow(expect.objectContaining({ code: 'bad-option' }));
  expect(() => close(new Server(), { wait: 5 } as never)).toThrow(
    expect.objectContaining({ code: 'unknown-option' }),
  );
});
