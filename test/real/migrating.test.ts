/** What recipes and README say of hand-written code: each sentence is seen to happen, and not to happen with holdfast. */
import type { Socket } from 'socket.io';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { App } from '../../examples/recipes/migrating/app.ts';
import * as bareAfter from '../../examples/recipes/migrating/bare-after.ts';
import * as bareBefore from '../../examples/recipes/migrating/bare-before.ts';
import * as managerAfter from '../../examples/recipes/migrating/manager-after.ts';
import * as managerBefore from '../../examples/recipes/migrating/manager-before.ts';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { startServer } from '../support/servers.ts';

const patience = { timeout: 20_000 };

/** A server that takes the tokens it is told to, and what came to it. */
async function chatServer() {
  const { io, port, close } = await startServer();
  const proxy = await FaultProxy.to(port);
  onTestFinished(async () => {
    await proxy.close();
    await close();
  });
  const good = new Set(['token-1']);
  const presented: unknown[] = [];
  const arrived: string[] = [];
  const joined: string[] = [];
  io.use((socket, next) => {
    const { token } = socket.handshake.auth;
    presented.push(token);
    next(good.has(token) ? undefined : new Error('unauthorized'));
  });
  const seen = new Set<string>();
  io.on('connection', (socket: Socket) => {
    socket.on('room:join', (room, acknowledge = () => {}) => {
      joined.push(room);
      acknowledge({});
    });
    socket.on('message:send', ({ text, id }, acknowledge = () => {}) => {
      if (!seen.has(id)) arrived.push(text);
      if (id !== undefined) seen.add(id);
      acknowledge({});
    });
  });
  const sockets = () => [...io.sockets.sockets.values()];
  const connected = (count: number) => expect.poll(() => sockets().length, patience).toBe(count);
  return { io, proxy, url: proxy.url, good, presented, arrived, joined, sockets, connected };
}

/** The app around it: a session whose tokens are numbered, a banner, and what was shown. */
function app(refresh: () => Promise<string> = async () => 'token-2') {
  const shown: string[] = [];
  const banner: string[] = [];
  let change: (user: string) => void = () => {};
  const around: App = {
    session: {
      user: 'alice',
      token: 'token-1',
      refresh,
      onUserChange(listener) {
        change = listener;
      },
    },
    banner: { show: () => void banner.push('shown'), hide: () => void banner.push('hidden') },
    show: ({ text }) => void shown.push(text),
  };
  return { around, shown, banner, change: (user: string) => change(user) };
}

type Chat = (url: string, app: App) => { stop(): void };

async function talking(chat: Chat, refresh?: () => Promise<string>) {
  const server = await chatServer();
  const a = app(refresh);
  const client = chat(server.url, a.around);
  onTestFinished(() => client.stop());
  await server.connected(1);
  await expect.poll(() => a.banner, patience).toContain('hidden');
  return { ...server, ...a, client };
}

/** The link breaks, and there is another one. */
async function broken({ io, proxy }: Awaited<ReturnType<typeof chatServer>>): Promise<void> {
  const another = new Promise((resolve) => io.once('connection', resolve));
  proxy.cut();
  await another;
}

describe('from bare socket.io-client', () => {
  test.each([
    // A refresh that rejects would be an unhandled rejection of `before`: it is given one that hangs.
    { when: 'before', chat: bareBefore.chat, refresh: () => new Promise<string>(() => {}), links: 0 },
    { when: 'after', chat: bareAfter.chat, refresh: async () => 'token-2', links: 1 },
  ])(
    '$when: a token that ran out is presented again, and there are $links links',
    async ({ chat, refresh, links }) => {
      const server = await talking(chat, refresh);
      server.good.delete('token-1');
      server.good.add('token-2');
      server.proxy.cut();
      await expect.poll(() => server.presented.length, patience).toBe(2 + links);
      expect(server.presented).toEqual(['token-1', 'token-1', 'token-2'].slice(0, 2 + links));
      await server.connected(links);
    },
  );

  test.each([
    { when: 'before', chat: bareBefore.chat, times: 3 },
    { when: 'after', chat: bareAfter.chat, times: 1 },
  ])('$when: after two outages a message is shown $times times', async ({ chat, times }) => {
    const server = await talking(chat);
    const hidden = () => server.banner.filter((done) => done === 'hidden').length;
    for (const link of [2, 3]) {
      await broken(server);
      await server.connected(1);
      // `before` listens anew with each link, and hides its banner then; `after` shows nothing of such an outage.
      if (times > 1) await expect.poll(hidden, patience).toBe(link);
    }
    server.io.emit('message:new', { from: 'bob', text: 'hi' });
    server.io.emit('message:new', { from: 'bob', text: 'the end' });
    await expect.poll(() => server.shown, patience).toContain('the end');
    expect(server.shown.filter((text) => text === 'hi')).toHaveLength(times);
  });

  test.each([
    { when: 'before', chat: bareBefore.chat, links: 0 },
    { when: 'after', chat: bareAfter.chat, links: 1 },
  ])('$when: once the server has disconnected it, there are $links links', async ({ chat, links }) => {
    const server = await talking(chat);
    server.good.add('token-2');
    const ended = new Promise((resolve) => server.sockets()[0]?.once('disconnect', resolve));
    server.io.disconnectSockets();
    await ended;
    if (links === 0) await expect.poll(() => server.banner.at(-1), patience).toBe('shown');
    await server.connected(links);
    // What Socket.IO does of its own accord it would do now: it has let go of the connection.
    if (links === 0) await expect.poll(() => server.io.engine.clientsCount, patience).toBe(0);
  });
});

type ManagerClass = typeof managerBefore.ChatClient | typeof managerAfter.ChatClient;

const managers: readonly [string, ManagerClass][] = [
  ['before', managerBefore.ChatClient],
  ['after', managerAfter.ChatClient],
];

function managed(Manager: ManagerClass, url: string, fetchToken: () => Promise<string>) {
  const manager = new Manager(url, fetchToken);
  onTestFinished(() => manager.stop());
  return manager;
}

describe('from a reconnection manager', () => {
  test.each(managers)('%s: rooms, messages and what was said meanwhile', async (_, Manager) => {
    const server = await chatServer();
    const manager = managed(Manager, server.url, async () => 'token-1');
    const heard: string[] = [];
    manager.onMessage = ({ text }) => heard.push(text);
    manager.start();
    manager.join('lobby');
    manager.say('one');
    await expect.poll(() => server.arrived, patience).toEqual(['one']);
    server.io.emit('message:new', { from: 'bob', text: 'hi' });
    await expect.poll(() => heard, patience).toEqual(['hi']);
    await broken(server);
    await expect.poll(() => server.joined, patience).toEqual(['lobby', 'lobby']);
    manager.say('two');
    await expect.poll(() => server.arrived, patience).toEqual(['one', 'two']);
  });

  test.each([
    { when: 'before', Manager: managerBefore.ChatClient, links: 1 },
    { when: 'after', Manager: managerAfter.ChatClient, links: 0 },
  ])('$when: stopped while a token is fetched, it makes $links links', async ({ Manager, links }) => {
    const server = await chatServer();
    const answers: ((token: string) => void)[] = [];
    const manager = managed(Manager, server.url, () => new Promise((resolve) => answers.push(resolve)));
    manager.start();
    await expect.poll(() => answers.length, patience).toBe(1);
    manager.stop();
    answers[0]?.('token-1');
    // A client that asks afterwards is served after what came before.
    const other = managed(Manager, server.url, async () => 'token-1');
    other.start();
    await expect.poll(() => server.presented.length, patience).toBe(links + 1);
    await server.connected(links + 1);
  });

  test.each([
    { when: 'before', Manager: managerBefore.ChatClient, arrived: ['later'] },
    { when: 'after', Manager: managerAfter.ChatClient, arrived: ['lost?', 'later'] },
  ])(
    '$when: what arrives of a message that is said into a dead link, and the next',
    async ({ Manager, arrived }) => {
      const server = await chatServer();
      const manager = managed(Manager, server.url, async () => 'token-1');
      manager.start();
      await server.connected(1);
      await new Promise<void>((resolve) => {
        manager.onMessage = () => resolve();
        server.io.emit('message:new', { from: 'bob', text: 'hi' });
      });
      server.proxy.bury();
      manager.say('lost?');
      await broken(server);
      manager.say('later');
      await expect.poll(() => server.arrived, patience).toContain('later');
      expect(server.arrived).toEqual(arrived);
    },
  );
});
