import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import { authenticate, jwt } from '../../src/server/index.ts';
import { live } from '../support/live.ts';
import { secret, tokenOf } from '../support/tokens.ts';

/** A request is answered, a client comes in and is answered, and both again: on one port, beside each other. */
async function serveBoth(http: HttpServer): Promise<void> {
  const io = new Server(http);
  onTestFinished(async () => {
    const closed = io.close();
    http.closeAllConnections();
    await closed;
  });
  authenticate(io, { verify: jwt({ secret }) });
  io.on('connection', (socket) => socket.on('who', (_, answer) => answer(socket.data.user)));
  if (!http.listening) {
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
  }
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const page = async () => (await fetch(`${url}/hello?name=alice`)).json();
  expect(await page()).toEqual({ hello: 'alice' });
  const run = live(url, { credential: () => tokenOf() });
  run.connection.connect('alice');
  await run.connection.ready();
  expect(await run.connection.request('who', null)).toBe('alice');
  expect(await page()).toEqual({ hello: 'alice' });
  // The transport's own requests too, and what neither knows.
  expect((await fetch(`${url}/socket.io/?EIO=4&transport=polling`)).status).toBe(200);
  expect((await fetch(`${url}/nowhere`)).status).toBe(404);
}

test('[SV-1] beside plain http', async () => {
  const http = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname !== '/hello') return response.writeHead(404).end();
    return response.end(JSON.stringify({ hello: searchParams.get('name') }));
  });
  await serveBoth(http);
});

test('[SV-1] beside Express', async () => {
  const app = express();
  app.get('/hello', (request, response) => {
    response.json({ hello: request.query['name'] });
  });
  await serveBoth(createServer(app));
});

test('[SV-1] beside Fastify', async () => {
  const app = fastify();
  app.get<{ Querystring: { name: string } }>('/hello', async ({ query }) => ({ hello: query.name }));
  onTestFinished(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  await serveBoth(app.server);
});
