import { once } from 'node:events';
import { expect, test } from 'vitest';
import { live, until } from '../support/live.ts';
import { next, startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

test('[LC-5, LC-6] connected means that the server accepted the credential', async () => {
  const { io, url } = use(await startServer());
  const atServer: unknown[] = [];
  let letIn = () => {};
  io.use((socket, proceed) => {
    atServer.push(socket.handshake.auth);
    letIn = proceed;
  });
  const run = live(url, { credential: () => ({ token: 'good', tenant: 'acme', expiresIn: 60_000 }) });
  const greeted = once(io.engine, 'connection');
  run.connection.connect('alice');
  await until(run, 'authenticating', ({ phase }) => phase === 'handshake');
  await greeted;
  await expect.poll(() => atServer).toEqual([{ token: 'good', tenant: 'acme' }]);
  expect(run.connection.getStatus().state).toBe('authenticating');
  letIn();
  await run.connection.ready();
  expect(run.story()).toEqual([
    'idle initial',
    'authenticating.credential',
    'authenticating.handshake',
    'connected.live',
  ]);
});

test('[CR-11] the link is dialled while the provider is still working', async () => {
  const { io, url } = use(await startServer());
  let grant = (_: string) => {};
  const run = live(url, { credential: () => new Promise<string>((resolve) => (grant = resolve)) });
  // The server sees the transport first; a client that waits for the provider would never get there.
  const dialled = once(io.engine, 'connection');
  run.connection.connect('alice');
  await dialled;
  expect(run.connection.getStatus()).toMatchObject({ state: 'authenticating', phase: 'credential' });
  grant('t');
  await run.connection.ready();
  expect(io.engine.clientsCount).toBe(1);
});

test('[LC-2] however often connect is called, there is one provider call and one link', async () => {
  const { io, url } = use(await startServer());
  let connections = 0;
  io.on('connection', () => {
    connections += 1;
  });
  const run = live(url);
  run.connection.connect('alice');
  run.connection.connect('alice');
  await run.connection.ready();
  run.connection.connect('alice');
  run.connection.connect();
  expect(await run.connection.request('nobody-answers', 1, { timeout: 20 }).catch((e) => e.code)).toBe(
    'no-answer',
  );
  expect(connections).toBe(1);
  expect(run.asked).toHaveLength(1);
});

test('[LC-4] disconnect then connect in one tick leaves exactly one link', async () => {
  const { io, url } = use(await startServer());
  const ends: Promise<unknown>[] = [];
  io.on('connection', (socket) => ends.push(next(socket, 'disconnect')));
  const run = live(url);
  run.connection.connect('alice');
  await run.connection.ready();
  run.connection.disconnect();
  run.connection.connect();
  run.connection.disconnect();
  run.connection.connect();
  await run.connection.ready();
  await ends[0];
  expect(io.engine.clientsCount).toBe(1);
  expect(io.sockets.sockets.size).toBe(1);
  // A subscriber of `status$` sees each state that was asked for, and the old link is never shown as connected again.
  expect(run.story().slice(4)).toEqual([
    'idle disconnected',
    'authenticating.credential',
    'idle disconnected',
    'authenticating.credential',
    'authenticating.handshake',
    'connected.live',
  ]);
});

test('[LC-4] disconnect inside the very notice of being connected ends in idle, and the server sees a goodbye', async () => {
  const { io, url } = use(await startServer());
  const connected = next(io, 'connection');
  const run = live(url);
  const stop = run.connection.subscribe(() => {
    if (run.connection.getStatus().state === 'connected') run.connection.disconnect();
  });
  run.connection.connect('alice');
  const [socket] = await connected;
  const [reason] = await next(socket, 'disconnect');
  stop();
  expect(reason).toBe('client namespace disconnect');
  expect(run.connection.getStatus()).toMatchObject({ state: 'idle', reason: 'disconnected' });
});

test('[CR-8] a changed credential does not move a healthy link', async () => {
  const { io, url } = use(await startServer());
  io.on('connection', (socket) => socket.on('who', (_, answer) => answer(socket.id)));
  const run = live(url);
  run.connection.connect('alice');
  await run.connection.ready();
  const before = await run.connection.request('who', null);
  const status = run.connection.getStatus();
  run.connection.credentialChanged();
  expect(await run.connection.request('who', null)).toBe(before);
  expect(run.connection.getStatus()).toBe(status);
  expect(run.asked).toHaveLength(1);
});

test('[ID-1] another identity leaves one server socket, and it is of the new user', async () => {
  const { io, url } = use(await startServer({ connectionStateRecovery: { skipMiddlewares: true } }));
  io.use((socket, proceed) => {
    socket.data.user = socket.handshake.auth['token'];
    proceed();
  });
  io.on('connection', (socket) => socket.on('who', (_, answer) => answer(socket.data.user)));
  const run = live(url, { credential: ({ identity }) => identity });
  const arrival = next(io, 'connection');
  run.connection.connect('alice');
  const [alice] = await arrival;
  await run.connection.ready();
  const gone = next(alice, 'disconnect');
  run.connection.connect('bob');
  await run.connection.ready();
  // Not even recovery crosses over: the server knows this socket as bob.
  expect(await run.connection.request('who', null)).toBe('bob');
  await gone;
  expect([...io.sockets.sockets.values()].map((socket) => socket.data.user)).toEqual(['bob']);
  expect(run.connection.getStatus()).toMatchObject({ identity: 'bob', recovered: false });
});

test('[OB-8] request and volatile need a live link, and say so at once without one', async () => {
  const { io, url } = use(await startServer());
  io.on('connection', (socket) => {
    socket.on('sum', ([a, b], answer) => answer(a + b));
    socket.on('fail', (_, answer) => answer({ error: { code: 'no-such-room' } }));
    socket.on('typing', (said) => socket.emit('heard', said));
    socket.on('leave', () => socket.conn.close());
  });
  const run = live(url);
  const { connection } = run;
  expect(connection.volatile('typing', 1)).toBe(false);
  await expect(connection.request('sum', [1, 2])).rejects.toMatchObject({ code: 'not-live' });
  connection.connect('alice');
  await connection.ready();
  expect(await connection.request('sum', [1, 2])).toBe(3);
  await expect(connection.request('fail', 1)).rejects.toMatchObject({
    code: 'answer-refused',
    answer: { code: 'no-such-room' },
  });
  const heard = new Promise((resolve) => connection.on('heard').subscribe(resolve));
  expect(connection.volatile('typing', 'bob')).toBe(true);
  expect(await heard).toBe('bob');
  await expect(connection.request('leave', 1)).rejects.toMatchObject({ code: 'link-lost' });
});
