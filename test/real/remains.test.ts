import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { compiled } from '../support/compiled.ts';
import { useFolder } from '../support/outbox-folder.ts';
import { startServer } from '../support/servers.ts';
import { use } from '../support/trial.ts';

/** Not through tsx: what that has under way itself would count as what a connection has, or leaves. */
const scripts = {
  cycles: compiled(fileURLToPath(new URL('../support/cycle-child.ts', import.meta.url))),
  disposes: compiled(fileURLToPath(new URL('../support/dispose-child.ts', import.meta.url))),
};

function start(
  script: keyof typeof scripts,
  args: readonly string[],
  flags: readonly string[] = [],
): ChildProcess {
  const child = fork(scripts[script], args, { execArgv: [...flags], silent: true });
  child.stderr?.pipe(process.stderr);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Resolves when the process is in this state of the connection. */
function says(child: ChildProcess, state: string): Promise<void> {
  return new Promise((resolve) => child.on('message', (said) => said === state && resolve()));
}

/** Tells the process to dispose; gives the ms that it needed from there to its end. */
async function endOf(child: ChildProcess): Promise<number> {
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  const closed = once(child, 'close');
  child.send('dispose');
  const [code] = await closed;
  expect(code).toBe(0);
  return Number(output);
}

describe('a process that disposes of its connection ends by itself within a second', () => {
  test('[LC-10] connected', async () => {
    const { url } = use(await startServer());
    const child = start('disposes', [url]);
    await says(child, 'connected');
    expect(await endOf(child)).toBeLessThan(1_000);
  });

  test('[LC-10] connected, with the link in a black hole', async () => {
    const { port } = use(await startServer());
    const proxy = use(await FaultProxy.to(port));
    const child = start('disposes', [proxy.url]);
    await says(child, 'connected');
    proxy.blackhole();
    expect(await endOf(child)).toBeLessThan(1_000);
  });

  test('[LC-10] dialling into a black hole', async () => {
    const { port } = use(await startServer());
    const proxy = use(await FaultProxy.to(port));
    proxy.blackhole();
    const child = start('disposes', [proxy.url]);
    await says(child, 'authenticating');
    expect(await endOf(child)).toBeLessThan(1_000);
  });

  test('[LC-10] waiting for a provider that never answers', async () => {
    const { url } = use(await startServer());
    const child = start('disposes', [url, 'no credential']);
    await says(child, 'authenticating');
    expect(await endOf(child)).toBeLessThan(1_000);
  });

  test.each(['memory', 'a file store'])(
    '[LC-10, OB-7] with a full outbox in %s, messages under way, and rooms that nobody answers for',
    async (store) => {
      const { io, url } = use(await startServer());
      const asked = new Promise((resolve) => io.on('connection', (socket) => socket.onAny(resolve)));
      const child = start('disposes', [url, 'rooms', ...(store === 'memory' ? [] : [useFolder()])]);
      await Promise.all([says(child, 'connected'), asked]);
      expect(await endOf(child)).toBeLessThan(1_000);
    },
  );

  test('[LC-10] with a full outbox on a link in a black hole', async () => {
    const { io, port } = use(await startServer());
    const sent = new Promise((resolve) => io.on('connection', (socket) => socket.on('message', resolve)));
    const proxy = use(await FaultProxy.to(port));
    const child = start('disposes', [proxy.url, 'full']);
    await Promise.all([says(child, 'connected'), sent]);
    proxy.blackhole();
    expect(await endOf(child)).toBeLessThan(1_000);
  });

  test('[LC-10] waiting for the next attempt', async () => {
    const proxy = use(await FaultProxy.to(1));
    proxy.refuse();
    const child = start('disposes', [proxy.url]);
    await says(child, 'reconnecting');
    expect(await endOf(child)).toBeLessThan(1_000);
  });
});

test('[LK-3, LC-10] 1,000 cycles of connect, drop, reconnect and disconnect leave nothing behind', async () => {
  const { io, url } = use(await startServer());
  io.on('connection', (socket) => socket.on('drop', () => socket.conn.close()));
  // The heap of a young process grows for a thousand cycles and a few, while the engine compiles; then it is flat.
  const child = start('cycles', [url, '1300', '1000'], ['--expose-gc']);
  const [left] = (await once(child, 'message')) as [
    { before: string[]; after: string[]; grownBy: number; connections: number; losses: object },
  ];
  expect(left.connections).toBe(4_600);
  expect(left.losses).toEqual({ 'transport-closed': 2_300 });
  expect(left.after).toEqual(left.before);
  // One link that is not let go of weighs 12 KB: a leak would be of megabytes.
  expect(left.grownBy).toBeLessThan(512 * 1_024);
  await expect.poll(() => io.engine.clientsCount).toBe(0);
  expect(io.sockets.sockets.size).toBe(0);
}, 120_000);
