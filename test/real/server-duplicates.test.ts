import type { Server } from 'socket.io';
import { describe, expect, test } from 'vitest';
import { type DuplicatesOptions, duplicates, type Notice, onNotice } from '../../src/server/index.ts';
import { type Live, live, until } from '../support/live.ts';
import { memoryCluster } from '../support/memory-cluster.ts';
import { next, startServer } from '../support/servers.ts';
import { quiet, use } from '../support/trial.ts';

const user: DuplicatesOptions['user'] = (socket) => socket.handshake.auth['user'];

async function node(options: DuplicatesOptions, cluster?: ReturnType<typeof memoryCluster>) {
  const { io, url } = use(await startServer());
  if (cluster) io.adapter(cluster);
  const notices: Notice[] = [];
  onNotice(io, (notice) => notices.push(notice));
  let handshakes = 0;
  io.use((_, proceed) => {
    handshakes += 1;
    proceed();
  });
  duplicates(io, options);
  return { io, url, notices, handshakes: () => handshakes };
}

/** A tab of a user, live. */
async function tab(url: string, name: string): Promise<Live> {
  const run = start(url, name);
  await run.connection.ready();
  return run;
}

function start(url: string, name: string): Live {
  let calls = 0;
  const run = live(url, { credential: () => ({ token: `${name} ${++calls}`, user: name }) });
  run.connection.connect(name);
  return run;
}

const sizeOf = (...servers: { io: Server }[]) =>
  servers.reduce((sum, { io }) => sum + io.sockets.sockets.size, 0);

describe('newest wins', () => {
  test('[SV-5, RE-7] the older one comes to rest as superseded, the newer one stays, and they do not fight', async () => {
    const server = await node({ policy: 'newest', user });
    const first = await tab(server.url, 'alice');
    const second = await tab(server.url, 'alice');
    expect(await until(first, 'idle')).toMatchObject({ reason: 'superseded' });
    await quiet(200);
    expect(server.handshakes()).toBe(2);
    expect(second.story().filter((each) => each === 'connected.live')).toHaveLength(1);
    expect(second.connection.getStatus().state).toBe('connected');
    expect(server.notices).toEqual([expect.objectContaining({ kind: 'bye', code: 'superseded' })]);

    first.connection.retry();
    await until(second, 'idle', ({ reason }) => reason === 'superseded');
    expect(first.connection.getStatus().state).toBe('connected');
    expect(sizeOf(server)).toBe(1);
  });

  test('[SV-5] leaves other users, and those of nobody, alone', async () => {
    const nobody = (name: unknown) => (name === 'nobody' ? undefined : String(name));
    const server = await node({ policy: 'newest', user: (socket) => nobody(user!(socket)) });
    for (const name of ['alice', 'bob', 'nobody', 'nobody']) await tab(server.url, name);
    await quiet();
    expect(sizeOf(server)).toBe(4);
  });

  test('[SV-5] over two nodes: the older one is ended where it is, with its word', async () => {
    const cluster = memoryCluster();
    const [here, there] = [
      await node({ policy: 'newest', user }, cluster),
      await node({ policy: 'newest', user }, cluster),
    ];
    const first = await tab(here.url, 'alice');
    const second = await tab(there.url, 'alice');
    expect(await until(first, 'idle')).toMatchObject({ reason: 'superseded' });
    await quiet();
    expect(second.connection.getStatus().state).toBe('connected');
    expect(here.notices).toEqual([expect.objectContaining({ kind: 'bye', code: 'superseded' })]);
    expect(there.notices).toEqual([]);
  });

  test('[SV-5] of two that come to two nodes at one moment, one stays', async () => {
    const cluster = memoryCluster();
    const [here, there] = [
      await node({ policy: 'newest', user }, cluster),
      await node({ policy: 'newest', user }, cluster),
    ];
    for (let round = 0; round < 10; round += 1) {
      const name = `user ${round}`;
      const runs = [start(here.url, name), start(there.url, name)];
      const rests = (run: Live) => {
        const status = run.connection.getStatus();
        return status.state === 'idle' && status.reason === 'superseded';
      };
      await expect.poll(() => runs.filter(rests).length, { timeout: 5_000 }).toBe(1);
      await expect.poll(() => sizeOf(here, there)).toBe(round + 1);
    }
  });
});

describe('oldest wins', () => {
  const oldest = { policy: 'oldest', user, retryAfter: 200 } as const;

  test('[SV-5, RE-2] the newer one is told to wait, is not let in meanwhile, and gets in when the older one is gone', async () => {
    const server = await node(oldest);
    const first = await tab(server.url, 'alice');
    const second = start(server.url, 'alice');
    const { cause, retryAt, since } = await until(second, 'reconnecting');
    expect(cause).toMatchObject({ code: 'busy' });
    expect(retryAt).toBeGreaterThanOrEqual(since + 200);
    await until(second, 'reconnecting', ({ attempt }) => attempt > 2);
    expect(first.connection.getStatus().state).toBe('connected');
    expect(sizeOf(server)).toBe(1);
    first.connection.disconnect();
    await second.connection.ready();
    expect(second.asked.filter(({ forceRefresh }) => forceRefresh)).toEqual([]);
  });

  test('[SV-5] over two nodes', async () => {
    const cluster = memoryCluster();
    const [here, there] = [await node(oldest, cluster), await node(oldest, cluster)];
    const first = await tab(here.url, 'alice');
    const second = start(there.url, 'alice');
    expect(await until(second, 'reconnecting')).toMatchObject({ cause: { code: 'busy' } });
    expect(there.notices).toContainEqual(expect.objectContaining({ kind: 'refused', code: 'busy' }));
    first.connection.disconnect();
    await second.connection.ready();
    expect(sizeOf(here, there)).toBe(1);
  });

  test('[SV-5] of two that come to two nodes at one moment, one stays and the other waits', async () => {
    const cluster = memoryCluster();
    const slow = { ...oldest, retryAfter: 60_000 };
    const [here, there] = [await node(slow, cluster), await node(slow, cluster)];
    const runs = [start(here.url, 'alice'), start(there.url, 'alice')];
    const states = () => runs.map(({ connection }) => connection.getStatus().state).sort();
    await expect.poll(states, { timeout: 5_000 }).toEqual(['connected', 'reconnecting']);
    await expect.poll(() => sizeOf(here, there)).toBe(1);
  });
});

test('[SV-5] all: nobody is ended or refused', async () => {
  const server = await node({ policy: 'all', user });
  await Promise.all([tab(server.url, 'alice'), tab(server.url, 'alice')]);
  await quiet();
  expect(sizeOf(server)).toBe(2);
});

test('[SV-5] a function `user` that throws lets the socket in, and is told of', async () => {
  const boom = new Error('boom');
  const server = await node({
    policy: 'newest',
    user() {
      throw boom;
    },
  });
  const connected = next(server.io, 'connection');
  await tab(server.url, 'alice');
  await connected;
  expect(server.notices).toEqual([{ kind: 'failed', where: 'user of duplicates()', error: boom }]);
});
