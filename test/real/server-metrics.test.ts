import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express from 'express';
import fastify from 'fastify';
import { Registry } from 'prom-client';
import { Server } from 'socket.io';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  AuthError,
  admission,
  authenticate,
  drain,
  drainable,
  duplicates,
  type Handler,
  type Health,
  health,
  type InstrumentOptions,
  instrument,
  log,
  onNotice,
} from '../../src/server/index.ts';
import { root } from '../../tools/paths.ts';
import { live, until } from '../support/live.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, use } from '../support/trial.ts';

/** The values of a scrape, by name and labels as they are written. */
function parse(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

/** A name in a query, without what a histogram adds to it. */
function nameOf(series: string): string {
  return series.replace(/_(bucket|sum|count)$/, '');
}

type Routes = Record<'/metrics' | '/live' | '/ready', Handler>;
type Build = (routesOf: (io: Server) => Routes) => Promise<{ http: HttpServer; io: Server }>;

const hosts: Record<string, Build> = {
  async http(routesOf) {
    const http = createServer((request, response) => {
      const route = routes[request.url as keyof Routes];
      if (route) route(request, response);
      else response.writeHead(404).end();
    });
    const io = new Server(http);
    const routes = routesOf(io);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return { http, io };
  },
  async Express(routesOf) {
    const app = express();
    const http = createServer(app);
    const io = new Server(http);
    for (const [path, handler] of Object.entries(routesOf(io))) app.get(path, handler);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    return { http, io };
  },
  async Fastify(routesOf) {
    const app = fastify();
    const io = new Server(app.server);
    for (const [path, handler] of Object.entries(routesOf(io))) app.get(path, handler);
    await app.listen({ port: 0, host: '127.0.0.1' });
    onTestFinished(() => app.close());
    return { http: app.server, io };
  },
};

describe.each(Object.entries(hosts))('beside %s', (_, build) => {
  async function start(capacity?: number) {
    const registry = new Registry();
    const { io, http } = await build((server) => {
      const { scrape } = instrument(server, { registry });
      const { live: alive, ready }: Health = health(server, capacity === undefined ? {} : { capacity });
      return { '/metrics': scrape, '/live': alive, '/ready': ready };
    });
    onTestFinished(async () => {
      await io.close();
    });
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    return { io, url, get: (path: keyof Routes) => fetch(`${url}${path}`) };
  }

  test('[SV-6] metrics are scraped over HTTP', async () => {
    const { url, get } = await start();
    const run = live(url);
    run.connection.connect('alice');
    await run.connection.ready();
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const values = parse(await response.text());
    expect(values.get('holdfast_connections')).toBe(1);
    expect(values.get('holdfast_accepted_total{recovered="false"}')).toBe(1);
  });

  test('[SV-6] ready until it is full, or drains; live all the while', async () => {
    const { io, url, get } = await start(1);
    const asked = async (path: keyof Routes) => {
      const response = await get(path);
      return [response.status, await response.json()];
    };
    expect(await asked('/ready')).toEqual([200, { status: 'ready', connections: 0 }]);
    const run = live(url);
    run.connection.connect('alice');
    await run.connection.ready();
    expect(await asked('/ready')).toEqual([503, { status: 'full', connections: 1 }]);
    await drain(io, { over: 0, retryAfter: 60_000 });
    expect(await asked('/ready')).toEqual([503, { status: 'draining', connections: 0 }]);
    expect(await asked('/live')).toEqual([200, { status: 'live', connections: 0 }]);
  });
});

async function instrumented(options: InstrumentOptions = {}, server: Parameters<typeof startServer>[0] = {}) {
  const registry = new Registry();
  const { io, url } = use(await startServer(server));
  instrument(io, { registry, ...options });
  const read = async () => parse(await registry.metrics());
  return { io, url, registry, read };
}

describe('metrics', () => {
  test('[SV-6] count handshakes, refusals, messages, losses, goodbyes and their times', async () => {
    const { io, url, read } = await instrumented();
    drainable(io);
    admission(io, { rate: 1_000, burst: 1 });
    duplicates(io, { policy: 'newest', user: ({ handshake }) => handshake.auth['user'] });
    io.on('connection', (socket) => {
      socket.on('message', (_, answer) => answer('ok'));
      socket.emit('hello', {});
    });
    const run = (user: string) => {
      let calls = 0;
      const each = live(url, { credential: () => ({ token: `${user} ${++calls}`, user }) });
      each.connection.connect(user);
      return each;
    };
    const alice = run('alice');
    await alice.connection.ready();
    await alice.connection.send('message', {}).acknowledged;
    const again = run('alice');
    await until(alice, 'idle');
    await again.connection.ready();
    again.connection.disconnect();
    await expect.poll(async () => (await read()).get('holdfast_connections')).toBe(0);
    void drain(io, { over: 0 });
    const late = run('late');
    await until(late, 'reconnecting');
    late.connection.disconnect();

    const values = await read();
    expect(values.get('holdfast_accepted_total{recovered="false"}')).toBe(2);
    const refusals = values.get('holdfast_refusals_total{code="draining"}') ?? 0;
    expect(refusals).toBeGreaterThan(0);
    expect(values.get('holdfast_handshakes_total')).toBeGreaterThanOrEqual(2 + refusals);
    expect(values.get('holdfast_handshake_seconds_count')).toBe(2);
    expect(values.get('holdfast_handshake_seconds_sum')).toBeGreaterThan(0);
    expect(values.get('holdfast_messages_total{direction="in"}')).toBe(1);
    expect(values.get('holdfast_messages_total{direction="out"}')).toBe(3);
    expect(values.get('holdfast_byes_total{code="superseded"}')).toBe(1);
    expect(values.get('holdfast_losses_total{reason="server namespace disconnect"}')).toBe(1);
    expect(values.get('holdfast_losses_total{reason="client namespace disconnect"}')).toBe(1);
    expect(values.get('holdfast_session_seconds_count')).toBe(2);
    expect(values.get('holdfast_draining')).toBe(1);
  });

  test('[SV-6, SV-1] count whom authentication refuses, and `newest` knows its users', async () => {
    const { io, url, read } = await instrumented();
    authenticate(io, {
      verify(token) {
        if (token.startsWith('bad')) throw new AuthError('forbidden', 'banned');
        return { user: 'alice', claims: {} };
      },
    });
    duplicates(io, { policy: 'newest' });
    const banned = live(url, { credential: () => 'bad token' });
    banned.connection.connect('bob');
    await until(banned, 'auth-failed');
    const [first, second] = [live(url), live(url)];
    for (const { connection } of [first, second]) {
      connection.connect('alice');
      await connection.ready();
    }
    await until(first, 'idle', ({ reason }) => reason === 'superseded');
    const values = await read();
    expect(values.get('holdfast_refusals_total{code="forbidden"}')).toBe(1);
    expect(values.get('holdfast_byes_total{code="superseded"}')).toBe(1);
    expect(values.get('holdfast_handshakes_total')).toBe(3);
  });

  test('[SV-6] have no label that a client could choose: what nobody knows is `other`', async () => {
    const { io, url, read } = await instrumented();
    const connected = next(io, 'connection');
    const run = live(url);
    run.connection.connect('alice');
    const [socket] = await connected;
    socket.emitReserved('disconnect', 'a reason of my own');
    const names = [...(await read()).keys()];
    expect(names).toContain('holdfast_losses_total{reason="other"}');
    expect(names.join('\n')).not.toContain('a reason of my own');
  });

  test('[SV-6] count a recovered session as one', async () => {
    const { io, url, read } = await instrumented({}, { connectionStateRecovery: {} });
    const connected = next(io, 'connection');
    const run = live(url);
    const heard = new Promise((resolve) => run.connection.on('hello').subscribe(resolve));
    run.connection.connect('alice');
    const [socket] = await connected;
    socket.emit('hello', {});
    await heard;
    const again = next(io, 'connection');
    socket.conn.close();
    await again;
    const values = await read();
    expect(values.get('holdfast_accepted_total{recovered="true"}')).toBe(1);
    expect(values.get('holdfast_handshakes_total')).toBe(2);
    expect(values.get('holdfast_handshake_seconds_count')).toBe(1);
  });

  test('[SV-6] every name in docs/operations.md exists, and every name that exists is there', async () => {
    const { registry } = await instrumented();
    const page = readFileSync(join(root, 'docs/operations.md'), 'utf8');
    const documented = [...page.matchAll(/^\| `(holdfast_\w+)`/gm)].map(([, name]) => name);
    expect(documented.sort()).toEqual(
      registry
        .getMetricsAsArray()
        .map(({ name }) => name)
        .sort(),
    );
  });

  test.each(['docs/ops/alerts.yml', 'docs/ops/dashboard.json'])(
    '[SV-6] every name and label in %s exists',
    async (path) => {
      const { registry } = await instrumented();
      const text = readFileSync(join(root, path), 'utf8').replaceAll('\\"', '"');
      const used = new Set([...text.matchAll(/\bholdfast_\w+/g)].map(([series]) => nameOf(series)));
      expect(used.size).toBeGreaterThan(4);
      const known = new Map(
        registry
          .getMetricsAsArray()
          .map((metric) => [metric.name, (metric as unknown as { labelNames: string[] }).labelNames]),
      );
      expect([...known.keys()]).toEqual(expect.arrayContaining([...used]));
      for (const [, series = '', labels = ''] of text.matchAll(/\b(holdfast_\w+)\{([^}]*)\}/g)) {
        for (const [, label] of labels.matchAll(/(\w+)=/g)) {
          expect(['job', 'instance', ...(known.get(nameOf(series)) ?? [])]).toContain(label);
        }
      }
    },
  );

  test('[SV-6] the dashboard shows every metric', () => {
    const dashboard = readFileSync(join(root, 'docs/ops/dashboard.json'), 'utf8');
    expect(JSON.parse(dashboard).panels.length).toBeGreaterThan(0);
    const registry = new Registry();
    instrument(new Server(), { registry });
    for (const { name } of registry.getMetricsAsArray()) expect(dashboard).toContain(name);
  });

  test('[SV-6] go by another prefix, and two namespaces share a registry by it', async () => {
    const { io, registry, read } = await instrumented({ prefix: 'chat_' });
    instrument(io.of('/admin'), { registry, prefix: 'admin_' });
    const names = [...(await read()).keys()];
    expect(names).toContain('chat_connections');
    expect(names).toContain('admin_connections');
    expect(() => instrument(io.of('/other'), { registry, prefix: 'chat_' })).toThrow(/not taken/);
  });
});

describe('a log', () => {
  function recorder() {
    const lines: { level: string; message: string; fields: Record<string, unknown> }[] = [];
    const at = (level: string) => (fields: object, message: string) =>
      void lines.push({ level, message, fields: fields as Record<string, unknown> });
    return { lines, logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') } };
  }

  test('[SV-6] tells what goes on, with plain fields', async () => {
    const { io, url } = use(await startServer());
    const { lines, logger } = recorder();
    log(io, logger);
    const connected = next(io, 'connection');
    const run = live(url);
    run.connection.connect('alice');
    const [socket] = await connected;
    await run.connection.ready();
    await drain(io, { over: 0, retryAfter: 60_000 });
    const of = { namespace: '/' };
    expect(lines).toEqual([
      {
        level: 'debug',
        message: 'connected',
        fields: { ...of, event: 'connected', socket: socket.id, recovered: false },
      },
      {
        level: 'info',
        message: 'draining begins',
        fields: { ...of, event: 'draining', sockets: 1 },
      },
      {
        level: 'info',
        message: 'a connection was ended',
        fields: { ...of, event: 'bye', code: 'draining', socket: socket.id },
      },
      {
        level: 'debug',
        message: 'disconnected',
        fields: expect.objectContaining({ reason: 'server namespace disconnect', ms: expect.any(Number) }),
      },
      {
        level: 'info',
        message: 'draining is over',
        fields: { ...of, event: 'drained', dismissed: 1, cut: 0 },
      },
    ]);
  });

  test('[SV-6, CR-12] never has a token, whatever a function throws', async () => {
    const { io, url } = use(await startServer());
    const { lines, logger } = recorder();
    log(io, logger);
    const secret = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';
    duplicates(io, {
      policy: 'newest',
      user(socket) {
        const { token } = socket.handshake.auth;
        throw Object.assign(new Error(`no user in ${token}`), { token, socket });
      },
    });
    const run = live(url, { credential: () => secret });
    run.connection.connect('alice');
    await run.connection.ready();
    run.connection.disconnect();
    await expect.poll(() => lines.map(({ message }) => message)).toContain('disconnected');
    const failed = lines.find(({ level }) => level === 'error');
    expect(failed?.fields).toMatchObject({
      event: 'failed',
      where: 'user of duplicates()',
      error: { name: 'Error', message: 'no user in [redacted]' },
    });
    const text = JSON.stringify(lines);
    for (const part of secret.split('.')) expect(text).not.toContain(part);
  });

  test('[SV-6, LC-13] that throws stops nothing', async () => {
    const { io, url } = use(await startServer());
    const boom = () => {
      throw new Error('boom');
    };
    log(io, { debug: boom, info: boom, warn: boom, error: boom });
    onNotice(io, boom);
    const run = live(url);
    run.connection.connect('alice');
    await run.connection.ready();
    expect(await drain(io, { over: 0 })).toMatchObject({ dismissed: 1 });
    await quiet();
  });
});
