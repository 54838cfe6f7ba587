/** The recipes as an app has them: with real servers, sockets and HTTP. Their corners are in test/examples/recipes/. */
import 'fake-indexeddb/auto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket as TcpSocket } from 'node:net';
import { metrics } from '@opentelemetry/api';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { Server } from 'socket.io';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { contactsOf } from '../../examples/recipes/contacts.ts';
import { Conversation } from '../../examples/recipes/conversation.ts';
import { measure } from '../../examples/recipes/metrics.ts';
import { offlineQueue, waiting, write } from '../../examples/recipes/offline-queue.ts';
import { catchUpFrom } from '../../examples/recipes/rest-catch-up.ts';
import { accessToken, signedIn, signedOut, whenSignInIsNeeded } from '../../examples/recipes/sign-in.ts';
import { typingIn } from '../../examples/recipes/typing.ts';
import { type ConnectionOptions, createConnection, plain, socketIo } from '../../src/index.ts';
import {
  authenticate,
  exactlyOnce,
  jwt,
  kick,
  memoryDedupe,
  presence,
  rooms,
  userRoom,
} from '../../src/server/index.ts';
import { secret, tokenOf } from '../support/tokens.ts';

const patience = { timeout: 20_000 };
const { fetch } = globalThis;
afterEach(() => void vi.unstubAllGlobals());

interface Note {
  readonly id: string;
  readonly room: string;
  readonly number: number;
  readonly text: string;
}

/** An app's server: a session by cookie, tokens, a REST API, and a chat. */
async function appServer() {
  const sessions = new Set(['alice', 'bob']);
  const notes: Note[] = [];
  const asked: string[] = [];
  const http = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://app');
    const user = /session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
    asked.push(`${request.method} ${request.url}`);
    if (pathname === '/session') sessions.delete(user);
    if (pathname === '/token') {
      if (!sessions.has(user)) return void response.writeHead(401).end();
      return void response.end(JSON.stringify({ token: await tokenOf({ sub: user }), expiresIn: 600_000 }));
    }
    if (pathname === '/api/notes') {
      const { lobby = 0 } = JSON.parse(searchParams.get('after') ?? '{}');
      return void response.end(
        JSON.stringify({ notes: notes.filter(({ number }) => number > lobby), next: null }),
      );
    }
    response.writeHead(204).end();
  });
  const open = new Set<TcpSocket>();
  http.on('connection', (socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  let isAway = false;
  const io = new Server(http, { serveClient: false, allowRequest: (_, decide) => decide(null, !isAway) });
  authenticate(io, { verify: jwt({ secret }) });
  rooms(io, { mayJoin: () => true });
  const { watch } = presence(io, { grace: 0 });
  const { onMessage } = exactlyOnce(io, { store: memoryDedupe() });
  onMessage('message:send', ({ text }, { id }) => {
    io.emit('message:new', { id, text });
    return 'said';
  });
  onMessage('contacts:watch', (_, { socket }) => watch(socket, ['alice', 'bob']));
  io.on('connection', (socket) => {
    socket.on('typing', ({ room }) => socket.to(room).emit('typing', { user: socket.data.user }));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  onTestFinished(async () => {
    for (const socket of open) socket.destroy();
    await io.close();
  });
  return {
    io,
    url,
    sessions,
    notes,
    asked,
    /** The network breaks, and lets nobody in until `returns`. */
    away() {
      isAway = true;
      for (const socket of open) socket.destroy();
    },
    returns() {
      isAway = false;
    },
  };
}

type App = Awaited<ReturnType<typeof appServer>>;

/** A page of this user: its requests are relative to the app, and have the cookie. */
function page({ url }: App, user: string, options: Partial<ConnectionOptions> = {}) {
  vi.stubGlobal('fetch', (to: string, init: RequestInit = {}) =>
    fetch(new URL(to, url), { ...init, headers: { cookie: `session=${user}` } }),
  );
  const connection = createConnection<never, never>({
    link: socketIo(url),
    credential: async () => tokenOf({ sub: user }),
    dialect: plain({ idKey: 'id' }),
    reconnect: { first: 10, base: 10, cap: 50 },
    ...options,
  });
  onTestFinished(() => connection.dispose());
  return connection as ReturnType<typeof createConnection>;
}

test('signing in and out, and a session that ends elsewhere', async () => {
  const app = await appServer();
  const connection = page(app, 'alice', { credential: accessToken });
  const needed: string[] = [];
  whenSignInIsNeeded(connection, (why) => needed.push(why));
  signedIn(connection, 'alice');
  await connection.ready();
  expect(app.io.sockets.adapter.rooms.get(userRoom('alice'))?.size).toBe(1);

  app.sessions.delete('alice');
  kick(app.io, 'alice', 'expired');
  await expect.poll(() => needed.length, patience).toBe(1);
  expect(connection.getStatus().state).toBe('auth-failed');

  app.sessions.add('alice');
  connection.retry();
  await connection.ready();
  await signedOut(connection);
  expect(app.asked.at(-1)).toBe('DELETE /session');
  expect(app.sessions.has('alice')).toBe(false);
  await expect.poll(() => app.io.sockets.sockets.size, patience).toBe(0);
  expect(connection.getStatus()).toMatchObject({ state: 'idle', reason: 'signed-out' });
});

test('a message is one line, from the moment it was written over an outage to the copy of the server', async () => {
  const app = await appServer();
  const connection = page(app, 'alice');
  const conversation = new Conversation(connection as never);
  const seen: string[] = [];
  conversation.lines$.subscribe((lines) => {
    const words = lines.map(({ text, state }) => `${text} ${state}`).join(', ');
    if (words !== seen.at(-1)) seen.push(words);
  });
  connection.connect('alice');
  await connection.ready();
  app.away();
  await expect.poll(() => connection.getStatus().state, patience).toBe('reconnecting');
  conversation.say('hello');
  app.returns();
  await expect.poll(() => seen.at(-1), patience).toBe('hello sent');
  expect(seen).toEqual(['', 'hello sending', 'hello sent']);
});

test('what was written without a link outlives the page, and goes out with the next visit', async () => {
  const app = await appServer();
  const arrived: string[] = [];
  app.io.on('connection', (socket) => socket.onAny((_, { text }) => arrived.push(text)));
  app.away();
  const first = page(app, 'alice', { outbox: offlineQueue() });
  const counts: number[] = [];
  waiting(first as never).subscribe((count) => counts.push(count));
  first.connect('alice');
  expect(await write(first as never, 'one')).toBe('on-disk');
  expect(await write(first as never, 'two')).toBe('on-disk');
  expect(counts).toEqual([0, 1, 2]);
  await first.dispose();

  app.returns();
  const second = page(app, 'alice', { outbox: offlineQueue() });
  second.connect('alice');
  await expect.poll(() => arrived, patience).toEqual(['one', 'two']);
  const left: number[] = [];
  waiting(second as never).subscribe((count) => left.push(count));
  await expect.poll(() => left.at(-1), patience).toBe(0);
});

test('a full queue says so, and takes nothing', async () => {
  const app = await appServer();
  app.away();
  const connection = page(app, 'carol', { outbox: { ...offlineQueue(), capacity: { items: 1 } } });
  connection.connect('carol');
  expect(await write(connection as never, 'one')).toBe('on-disk');
  expect(await write(connection as never, 'two')).toBe('full');
  await connection.signOut();
});

test('what was missed comes from the REST API, before what is new', async () => {
  const app = await appServer();
  const connection = page(app, 'alice', catchUpFrom('/api'));
  const heard: string[] = [];
  connection.messages$.subscribe(({ payload, replayed }) =>
    heard.push(`${(payload as Note).text}${replayed ? ', replayed' : ''}`),
  );
  const say = (number: number) => {
    const note = { id: `n${number}`, room: 'lobby', number, text: `text ${number}` };
    app.notes.push(note);
    app.io.emit('note', note);
  };
  connection.connect('alice');
  await connection.ready();
  say(1);
  await expect.poll(() => heard.length, patience).toBe(1);
  app.away();
  await expect.poll(() => connection.getStatus().state, patience).toBe('reconnecting');
  say(2);
  say(3);
  app.returns();
  await connection.ready();
  say(4);
  await expect
    .poll(() => heard, patience)
    .toEqual(['text 1', 'text 2, replayed', 'text 3, replayed', 'text 4']);
});

test('each sees the other type, and nobody in a room of others', async () => {
  const app = await appServer();
  const [alice, bob] = [page(app, 'alice'), page(app, 'bob')];
  for (const [user, connection] of Object.entries({ alice, bob })) {
    connection.join('lobby');
    connection.connect(user);
    await connection.ready();
  }
  const [hers, his] = [typingIn('lobby', alice as never), typingIn('lobby', bob as never)];
  const seen: string[] = [];
  his.users$.subscribe((users) => seen.push(users.join()));
  hers.stroke();
  await expect.poll(() => seen, patience).toEqual(['', 'alice']);
  // It goes by itself, after three seconds without a word.
  await expect.poll(() => seen, patience).toEqual(['', 'alice', '']);
  hers.stop();
  his.stop();
});

test('contacts come and go', async () => {
  const app = await appServer();
  const [alice, bob] = [page(app, 'alice'), page(app, 'bob')];
  alice.connect('alice');
  await alice.ready();
  const contacts = contactsOf(alice as never);
  await expect.poll(() => contacts.online$.value, patience).toEqual({ alice: true, bob: false });
  bob.connect('bob');
  await expect.poll(() => contacts.online$.value, patience).toEqual({ alice: true, bob: true });
  bob.disconnect();
  await expect.poll(() => contacts.online$.value, patience).toEqual({ alice: true, bob: false });
  contacts.stop();
});

test('what happened is told to OpenTelemetry', async () => {
  const app = await appServer();
  const connection = page(app, 'alice');
  const told: Record<string, unknown>[] = [];
  const exporter: PushMetricExporter = {
    export({ scopeMetrics }, done) {
      for (const { descriptor, dataPoints } of scopeMetrics.flatMap((scope) => scope.metrics)) {
        for (const { attributes } of dataPoints) told.push({ name: descriptor.name, ...attributes });
      }
      done({ code: 0 });
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const end = measure(connection, exporter, '1.2.3');
  onTestFinished(() => metrics.disable());
  connection.connect('alice');
  await connection.ready();
  app.away();
  await expect.poll(() => connection.getStatus().state, patience).toBe('reconnecting');
  app.returns();
  await connection.ready();
  await end();
  const losses = { name: 'holdfast.losses', release: '1.2.3', 'holdfast.cause': 'transport-closed' };
  const outages = { name: 'holdfast.outage.duration', release: '1.2.3', 'holdfast.outcome': 'live' };
  expect(told).toEqual(expect.arrayContaining([losses, outages]));
});
