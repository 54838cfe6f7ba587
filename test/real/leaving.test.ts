import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { compiled } from '../support/compiled.ts';
import { staysSilent } from '../support/odd-peers.ts';
import { next, startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

/** Not through tsx: what that still writes into its cache would count as left behind. */
const script = compiled(fileURLToPath(new URL('../support/leave-child.ts', import.meta.url)));

function start(
  url: string,
  options: object = {},
  env: object = {},
): {
  child: ChildProcess;
  told: (word: string) => Promise<unknown>;
  leave: (left?: unknown) => Promise<number>;
} {
  const child = fork(script, [url, JSON.stringify(options)], {
    execArgv: [],
    env: { ...process.env, ...env },
  });
  use({
    close: async () => {
      child.kill('SIGKILL');
    },
  });
  const told = (word: string) =>
    new Promise((resolve) => {
      child.on(
        'message',
        (message: { word: string; more: unknown }) => message.word === word && resolve(message.more),
      );
    });
  const leave = async (left: unknown = []) => {
    const exit = once(child, 'exit');
    const closed = told('closed');
    const asked = performance.now();
    child.send('leave');
    expect(await closed).toEqual(left);
    expect(await exit).toEqual([0, null]);
    return performance.now() - asked;
  };
  return { child, told, leave };
}

describe('[LC-10] a process ends by itself within a second of close()', () => {
  test('on a link that works', async () => {
    const { url } = use(await startServer());
    const { told, leave } = start(url);
    await told('opened');
    expect(await leave()).toBeLessThan(1000);
  });

  test('on an open link in a black hole', async () => {
    const { port } = use(await startServer());
    const proxy = use(await FaultProxy.to(port));
    const { told, leave } = start(proxy.url);
    await told('opened');
    proxy.blackhole();
    expect(await leave()).toBeLessThan(1000);
  });

  test('on a link whose handshake hangs in a black hole', async () => {
    const { io, port } = use(await startServer());
    const held = new Promise<void>((resolve) => io.use(() => resolve()));
    const proxy = use(await FaultProxy.to(port));
    const { leave } = start(proxy.url);
    await held;
    proxy.blackhole();
    expect(await leave()).toBeLessThan(1000);
  });

  test.each(['http', 'https'])('while it still dials a black hole, over %s', async (scheme) => {
    const peer = use(await staysSilent());
    const { told, leave } = start(peer.url.replace('http', scheme));
    await told('dialled');
    await expect.poll(() => peer.accepted()).toBe(1);
    expect(await leave()).toBeLessThan(1000);
  });

  test.each([
    ['lost', 'opened', {}],
    ['failed', 'dialled', { HOLDFAST_NO_CREDENTIAL: '1' }],
  ])(
    'on a link that was %s by silence: what Socket.IO closed itself is seen off too',
    async (end, begun, env) => {
      const { io, port } = use(await startServer({ pingInterval: 100, pingTimeout: 100 }));
      const proxy = use(await FaultProxy.to(port));
      const dialled = next(io.engine as never, 'connection');
      const { told, leave } = start(proxy.url, {}, env);
      await Promise.all([told(begun), dialled]);
      const ended = told(end);
      // The answer to the dial must be through.
      await expect.poll(() => proxy.counts.down).toBeGreaterThan(200);
      proxy.blackhole();
      await ended;
      expect(await leave()).toBeLessThan(1000);
    },
  );

  test.each(['left', 'lost by silence'])(
    'on a link that was upgraded from polling, in a black hole: %s',
    async (how) => {
      const { io, port } = use(
        await startServer(how === 'left' ? {} : { pingInterval: 300, pingTimeout: 300 }),
      );
      const proxy = use(await FaultProxy.to(port));
      const upgraded = new Promise((resolve) => {
        io.engine.on('connection', (engine: NodeJS.EventEmitter) => engine.once('upgrade', resolve));
      });
      const { told, leave } = start(proxy.url, { transports: ['polling', 'websocket'] });
      await told('opened');
      await upgraded;
      const lost = told('lost');
      proxy.blackhole();
      if (how !== 'left') await lost;
      expect(await leave()).toBeLessThan(1000);
    },
  );

  test('over polling', async () => {
    const { url } = use(await startServer());
    const { told, leave } = start(url, { transports: ['polling'] });
    await told('opened');
    expect(await leave()).toBeLessThan(1000);
  });

  test.each(['left', 'lost by silence'])('over polling, in a black hole: %s', async (how) => {
    const { port } = use(await startServer(how === 'left' ? {} : { pingInterval: 100, pingTimeout: 100 }));
    const proxy = use(await FaultProxy.to(port));
    const { told, leave } = start(proxy.url, { transports: ['polling'], upgrade: false });
    await told('opened');
    const lost = told('lost');
    proxy.blackhole();
    if (how !== 'left') await lost;
    expect(await leave()).toBeLessThan(1000);
  });

  test.each(['http', 'https'])('over polling, while it still dials a black hole: %s', async (scheme) => {
    const peer = use(await staysSilent());
    const { leave } = start(peer.url.replace('http', scheme), { transports: ['polling', 'websocket'] });
    await expect.poll(() => peer.accepted(), { timeout: 5000 }).toBe(1);
    expect(await leave()).toBeLessThan(1000);
  });
});
