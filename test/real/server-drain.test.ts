import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Socket } from 'socket.io';
import { describe, expect, onTestFinished, test } from 'vitest';
import { drain, drainable, type Notice, onNotice } from '../../src/server/index.ts';
import { startBalancer } from '../support/balancer.ts';
import { type Live, live, until } from '../support/live.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { next, type RealServer, startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

async function draining(
  options?: Parameters<typeof startServer>[0],
): Promise<RealServer & { notices: Notice[] }> {
  const server = use(await startServer(options));
  const notices: Notice[] = [];
  drainable(server.io);
  onNotice(server.io, (notice) => notices.push(notice));
  return { ...server, notices };
}

/** So many connections, all live. */
async function crowd(url: string, size: number): Promise<Live[]> {
  const runs = Array.from({ length: size }, () => live(url));
  for (const [index, { connection }] of runs.entries()) connection.connect(`user ${index}`);
  await Promise.all(runs.map(({ connection }) => connection.ready()));
  return runs;
}

describe('a drain', () => {
  test('[SV-5] with acknowledgements in progress loses none: each is answered where it was handled, once', async () => {
    const { io, url, notices } = await draining();
    const answers: (() => void)[] = [];
    let handled = 0;
    io.on('connection', (socket) => {
      socket.on('work', (what, answer) => {
        handled += 1;
        answers.push(() => answer(`done ${what}`));
      });
    });
    const runs = await crowd(url, 20);
    const deliveries = runs.map(({ connection }, index) => connection.send('work', index).acknowledged);
    await expect.poll(() => answers.length).toBe(20);

    const drained = drain(io, { over: 100 });
    // Nobody leaves while its answer is owed, though the time to leave has come for all.
    await expect.poll(() => notices.map(({ kind }) => kind)).toContain('draining');
    for (const answer of answers.splice(0, 10)) answer();
    await expect.poll(() => io.sockets.sockets.size).toBe(10);
    for (const answer of answers) answer();

    expect(await drained).toEqual({ dismissed: 20, cut: 0 });
    expect(await Promise.all(deliveries)).toEqual(runs.map((_, index) => `done ${index}`));
    expect(handled).toBe(20);
    expect(io.sockets.sockets.size).toBe(0);
  });

  test('[SV-5, RE-7] shows as reconnecting with the wait, and everybody comes back to the next server, nobody to this one', async () => {
    const [old, fresh] = [await draining(), use(await startServer())];
    const balancer = use(await startBalancer(old.port));
    const runs = await crowd(balancer.url, 30);
    balancer.sendTo(fresh.port);
    let came = 0;
    old.io.on('connection', () => {
      came += 1;
    });
    const drained = drain(old.io, { over: 200, retryAfter: 300 });
    const waits = await Promise.all(runs.map((run) => until(run, 'reconnecting')));
    for (const { cause, phase, retryAt, since } of waits) {
      expect(cause).toMatchObject({ code: 'draining' });
      expect(phase).toBe('waiting');
      expect(retryAt).toBeGreaterThanOrEqual(since + 300);
    }
    await drained;
    await Promise.all(runs.map(({ connection }) => connection.ready()));
    expect(fresh.io.sockets.sockets.size).toBe(30);
    expect(came).toBe(0);
    // A drain is nobody's fault: no credential is refreshed for it.
    expect(runs.flatMap(({ asked }) => asked).filter(({ forceRefresh }) => forceRefresh)).toEqual([]);
  });

  test('[SV-5] spreads the goodbyes evenly over its time', async () => {
    const { io, url } = await draining();
    await crowd(url, 20);
    const since = performance.now();
    const times: number[] = [];
    onNotice(io, ({ kind }) => kind === 'bye' && times.push(performance.now() - since));
    await drain(io, { over: 1_000 });
    expect(times).toHaveLength(20);
    // A turn comes every 50 ms; nobody goes before its turn, a busy machine makes it later only.
    for (const [index, time] of times.entries()) expect(time).toBeGreaterThan(50 * index);
  });

  test('[SV-5, RE-2] refuses newcomers meanwhile, with the time to come back', async () => {
    const { io, url, notices } = await draining();
    void drain(io, { over: 0, retryAfter: 700 });
    const run = live(url);
    run.connection.connect('late');
    const { cause, retryAt, since } = await until(run, 'reconnecting');
    expect(cause).toMatchObject({ code: 'draining' });
    expect(retryAt).toBeGreaterThanOrEqual(since + 700);
    expect(notices).toContainEqual(expect.objectContaining({ kind: 'refused', code: 'draining' }));
    expect(run.story()).not.toContain('connected.live');
  });

  test('[SV-5] ends recovered sessions too, which no middleware sees', async () => {
    const { io, url, notices } = await draining({ connectionStateRecovery: {} });
    let seen = 0;
    io.use((_, proceed) => {
      seen += 1;
      proceed();
    });
    const connected = next(io, 'connection');
    const run = live(url);
    run.connection.connect('alice');
    const [socket] = (await connected) as [Socket];
    await run.connection.ready();
    // Socket.IO recovers only a session that has received something.
    const heard = new Promise((resolve) => run.connection.on('hello').subscribe(resolve));
    socket.emit('hello', {});
    await heard;
    const gone = once(socket, 'disconnect');
    socket.conn.close();
    await gone;
    void drain(io, { over: 0, retryAfter: 60_000 });
    const { cause } = await until(run, 'reconnecting', ({ cause: { code } }) => code === 'draining');
    expect(cause).toMatchObject({ code: 'draining' });
    expect(seen).toBe(1);
    await expect.poll(() => notices.filter(({ kind }) => kind === 'bye')).toHaveLength(1);
  });

  test('[SV-5] cuts a handler that never answers when its time is up, and says so', async () => {
    const { io, url, notices } = await draining();
    const began = new Promise<void>((resolve) => {
      io.on('connection', (socket) => socket.on('work', () => resolve()));
    });
    const [run] = await crowd(url, 1);
    run!.connection.send('work', 1).acknowledged.catch(() => {});
    await began;
    expect(await drain(io, { over: 0, ackTimeout: 150 })).toEqual({ dismissed: 1, cut: 1 });
    expect(notices).toContainEqual({ kind: 'drained', dismissed: 1, cut: 1 });
  });

  test('[SV-5] does not wait for what nobody listens to', async () => {
    const { io, url } = await draining();
    const heard = new Promise<void>((resolve) => {
      io.on('connection', (socket) => socket.onAny(() => resolve()));
    });
    const [run] = await crowd(url, 1);
    run!.connection.send('nobody', 1).acknowledged.catch(() => {});
    await heard;
    expect(await drain(io, { over: 0, ackTimeout: 20_000 })).toEqual({ dismissed: 1, cut: 0 });
  });

  test('[SV-5] asked for again is the same one, and hurries when it is given less time', async () => {
    const { io, url } = await draining();
    await crowd(url, 5);
    const first = drain(io, { over: 600_000 });
    expect(drain(io)).toBe(first);
    expect(drain(io, { over: 900_000 })).toBe(first);
    expect(io.sockets.sockets.size).toBe(5);
    expect(drain(io, { over: 0 })).toBe(first);
    expect(await first).toEqual({ dismissed: 5, cut: 0 });
  });

  test('[SV-5] of one namespace leaves the others on the same connection alone', async () => {
    const { io, url } = await draining();
    const chat = io.of('/chat');
    const [main, other] = [live(url), live(`${url}/chat`)];
    main.connection.connect('alice');
    other.connection.connect('alice');
    await Promise.all([main.connection.ready(), other.connection.ready()]);
    await drain(chat, { over: 0, retryAfter: 60_000 });
    await until(other, 'reconnecting');
    expect(main.connection.getStatus().state).toBe('connected');
    expect(io.sockets.sockets.size).toBe(1);
  });

  test('[SV-5, RE-7] says its word in time also where recovery asks the cluster before it sends', async () => {
    const { io, url } = await draining({ connectionStateRecovery: {}, adapter: memoryCluster() });
    const [run] = await crowd(url, 1);
    const ends = until(run!, 'reconnecting');
    void drain(io, { over: 0, retryAfter: 60_000 });
    expect(await ends).toMatchObject({ cause: { code: 'draining' } });
  });

  test('[SV-5] without anybody is over at once', async () => {
    const { io } = await draining();
    expect(await drain(io, { over: 600_000 })).toEqual({ dismissed: 0, cut: 0 });
  });
});

describe('SIGTERM', () => {
  async function child(grace: number) {
    const script = fileURLToPath(new URL('../support/drain-child.ts', import.meta.url));
    const server = fork(script, [String(grace)], {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    onTestFinished(() => void server.kill('SIGKILL'));
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    return { server, url: `http://127.0.0.1:${port}` };
  }

  test('[SV-5] as in the recipe: the answer in progress comes, the process ends by itself with code 0', async () => {
    const { server, url } = await child(4_000);
    const [run] = await crowd(url, 1);
    const answer = run!.connection.send('work', 400).acknowledged;
    expect(await once(server, 'message')).toEqual([{ began: 400 }, undefined]);
    const exit = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await answer).toBe('worked 400');
    expect(await until(run!, 'reconnecting')).toMatchObject({ cause: { code: 'draining' } });
    expect(await exit).toEqual([0, null]);
  });

  test('[SV-5] as in the recipe: it ends although somebody connected and never said a word', async () => {
    const { server, url } = await child(1_000);
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    await once(silent, 'connect');
    // Whoever is answered after it was accepted after it: the server knows of the silent one by now.
    await crowd(url, 1);
    const [ended, exit] = [once(silent, 'close'), once(server, 'exit')];
    server.kill('SIGTERM');
    await ended;
    expect(await exit).toEqual([0, null]);
  });

  test('[SV-5] twice hurries', async () => {
    const { server, url } = await child(600_000);
    // The first goodbye is said at once; the drain goes on for the other's.
    const runs = await crowd(url, 2);
    const exit = once(server, 'exit');
    const begins = once(server, 'message');
    server.kill('SIGTERM');
    expect(await begins).toEqual([{ draining: true }, undefined]);
    const late = live(url);
    late.connection.connect('late');
    expect(await until(late, 'reconnecting')).toMatchObject({ cause: { code: 'draining' } });
    expect(runs.map(({ connection }) => connection.getStatus().state)).toContain('connected');
    server.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
  });
});
