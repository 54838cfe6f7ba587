import { type Socket as Client, io as dial } from 'socket.io-client';
import { describe, expect, test } from 'vitest';
import { type PresenceOptions, presence } from '../../src/server/index.ts';
import { forkNode, type Node } from '../support/nodes.ts';
import { useRedis } from '../support/redis.ts';
import { next, startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

const redis = await useRedis();

async function connect(url: string, user: string) {
  const socket: Client = dial(url, { auth: { token: user }, transports: ['websocket'], forceNew: true });
  use({ close: async () => void socket.disconnect() });
  const heard: unknown[] = [];
  socket.on('presence:changed', (change) => heard.push(change));
  await next(socket, 'connect');
  return {
    socket,
    heard,
    watch: (...users: string[]) => socket.timeout(5_000).emitWithAck('watch', users),
  };
}

describe('one node', () => {
  async function open(options: PresenceOptions = {}) {
    const server = use(await startServer());
    server.io.use((socket, proceed) => {
      socket.data.user = socket.handshake.auth['token'];
      proceed();
    });
    const desk = presence(server.io, options);
    use({ close: async () => desk.close() });
    server.io.on('connection', (socket) => {
      socket.on('watch', async (users, answer) => answer(await desk.watch(socket, users)));
    });
    return { ...server, ...desk };
  }

  test('[SV-3] tabs come and go, and a user is told of as one', async () => {
    const { url } = await open({ grace: 50 });
    const bob = await connect(url, 'bob');
    expect(await bob.watch('alice', 'bob', 'carol')).toEqual({ alice: false, bob: true, carol: false });
    const tabs = await Promise.all([1, 2, 3].map(() => connect(url, 'alice')));
    await expect.poll(() => bob.heard).toEqual([{ user: 'alice', online: true }]);
    for (const { socket } of tabs) socket.disconnect();
    await expect.poll(() => bob.heard.slice(1)).toEqual([{ user: 'alice', online: false }]);
  });

  test('[SV-3] a link that flaps is no absence', async () => {
    const { url, isOnline } = await open({ grace: 2_000 });
    const bob = await connect(url, 'bob');
    const { socket } = await connect(url, 'alice');
    await bob.watch('alice');
    for (let flap = 0; flap < 10; flap += 1) {
      socket.disconnect().connect();
      await next(socket, 'connect');
    }
    await connect(url, 'carol');
    await bob.watch('carol');
    // Told after anything that was told of alice before.
    expect(await isOnline('alice')).toBe(true);
    expect(bob.heard).toEqual([]);
  });
});

describe('two nodes', () => {
  async function pair(): Promise<[Node, Node]> {
    const nodes = await Promise.all([forkNode(redis.url), forkNode(redis.url)]);
    for (const node of nodes) use(node);
    return nodes;
  }

  test('[SV-3] a user is online on either, until gone from both', async () => {
    const [a, b] = await pair();
    const bob = await connect(b.url, 'bob');
    expect(await bob.watch('alice')).toEqual({ alice: false });
    const there = await connect(a.url, 'alice');
    await expect.poll(() => bob.heard, { timeout: 5_000 }).toEqual([{ user: 'alice', online: true }]);
    const here = await connect(b.url, 'alice');
    await expect.poll(() => b.ask('online', ['alice'])).toEqual({ alice: true });
    there.socket.disconnect();
    // Longer than the grace, for all that either node might want to say.
    const carol = await connect(a.url, 'carol');
    await carol.watch('alice', 'dave');
    await connect(a.url, 'dave');
    await expect.poll(() => carol.heard, { timeout: 5_000 }).toEqual([{ user: 'dave', online: true }]);
    expect(bob.heard).toHaveLength(1);
    here.socket.disconnect();
    const gone = { user: 'alice', online: false };
    await expect.poll(() => [bob.heard[1], carol.heard[1]], { timeout: 5_000 }).toEqual([gone, gone]);
  }, 30_000);

  test('[SV-3] a node that is killed leaves no ghosts: within 10 s its users are gone, and nobody else is', async () => {
    const [a, b] = await pair();
    const bob = await connect(b.url, 'bob');
    const alone = await connect(a.url, 'alice');
    const both = await Promise.all([connect(a.url, 'carol'), connect(b.url, 'carol')]);
    await expect.poll(() => b.ask('online', ['alice', 'carol'])).toEqual({ alice: true, carol: true });
    expect(await bob.watch('alice', 'carol')).toEqual({ alice: true, carol: true });
    for (const { socket } of [alone, both[0]]) socket.io.reconnection(false);
    const killedAt = performance.now();
    await a.kill();
    await expect.poll(() => bob.heard, { timeout: 10_000 }).toEqual([{ user: 'alice', online: false }]);
    console.log(`gone after ${Math.round(performance.now() - killedAt)} ms`);
    expect(await b.ask('online', ['alice', 'bob', 'carol'])).toEqual({
      alice: false,
      bob: true,
      carol: true,
    });
  }, 30_000);

  test('[SV-3] a Redis that forgets everything is told who is here', async () => {
    const [a, b] = await pair();
    const bob = await connect(b.url, 'bob');
    await connect(a.url, 'alice');
    await expect.poll(() => b.ask('online', ['alice', 'bob'])).toEqual({ alice: true, bob: true });
    await bob.watch('alice');
    await redis.forget();
    // As the nodes see it: each knows its own by itself.
    const seen = () => Promise.all([a.ask('online', ['bob']), b.ask('online', ['alice'])]);
    await expect.poll(seen, { timeout: 10_000 }).toEqual([{ bob: true }, { alice: true }]);
    await expect
      .poll(() => bob.heard.at(-1) ?? { user: 'alice', online: true }, { timeout: 10_000 })
      .toEqual({ user: 'alice', online: true });
  }, 30_000);
});
