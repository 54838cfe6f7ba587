import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { use } from '../../../test/support/trial.ts';
import { type LoopbackOptions, nodeDevTools } from '../src/node.ts';

async function relay(options: Partial<LoopbackOptions> = {}) {
  const { address, close } = use(await nodeDevTools({ port: 0, ...options }));
  return { address: String(address), port: Number(address?.split(':')[1]), close };
}

/** The status that the handshake is answered with. */
async function knock(address: string, headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`ws://${address}`, { headers });
  socket.on('error', () => {});
  const opened = once(socket, 'upgrade').then(() => 101);
  const refused = once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number);
  const status = await Promise.race([opened, refused]);
  socket.terminate();
  return status;
}

test.each([
  'https://evil.example',
  'https://stately.ai',
  'null',
  'file://',
  'https://localhost.evil.example',
  'https://127.0.0.1.evil.example:8080',
  'http://localhost@evil.example',
  'http://evil.example/http://localhost',
  'chrome-extension://localhost',
  'http://localhost://evil.example',
  'localhost',
  '',
])('[IN-1] a page of "%s" is refused', async (origin) => {
  const { address } = await relay();
  expect(await knock(address, { origin })).toBe(403);
});

test.each(['http://localhost', 'http://localhost:5173', 'https://127.0.0.1:3000', 'http://[::1]:80'])(
  '[IN-2] a page of %s may connect: this machine serves it',
  async (origin) => {
    const { address } = await relay();
    expect(await knock(address, { origin })).toBe(101);
  },
);

test('[IN-2] a page may connect whose origin was given, and that one only', async () => {
  const { address } = await relay({ origins: ['https://stately.ai'] });
  expect(await knock(address, { origin: 'https://stately.ai' })).toBe(101);
  expect(await knock(address, { origin: 'https://stately.ai.evil.example' })).toBe(403);
});

test.each(['evil.example', 'evil.example:8888', 'localhost.evil.example'])(
  '[IN-1] who asks for the host "%s" is refused: a name that was made to lead here',
  async (host) => {
    const { address } = await relay();
    expect(await knock(address, { host, origin: 'http://localhost' })).toBe(403);
  },
);

test('[IN-2] by name it may be reached as well', async () => {
  const { address, port } = await relay();
  expect(await knock(address, { host: `localhost:${port}` })).toBe(101);
});

test('[IN-1] it listens on 127.0.0.1 and nowhere else', async () => {
  const { port } = await relay();
  const elsewhere = connect(port, '127.0.0.2');
  await expect(once(elsewhere, 'connect')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
  const here = connect(port, '127.0.0.1');
  await once(here, 'connect');
  here.destroy();
});

test('[IN-1] a port that is taken is an error of whoever asked for it', async () => {
  const { port } = await relay();
  await expect(nodeDevTools({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

test('[IN-1] closing waits for nobody: neither a page, nor one that has asked for nothing yet', async () => {
  const { address, port, close } = await relay();
  const page = new WebSocket(`ws://${address}`);
  await once(page, 'open');
  const silent = connect(port, '127.0.0.1');
  await once(silent, 'connect');
  const gone = [once(page, 'close'), once(silent, 'close')];
  await close();
  await Promise.all(gone);
});

test('[IN-1] what is no WebSocket is told so', async () => {
  const { address } = await relay();
  const { status } = await fetch(`http://${address}/`);
  expect(status).toBe(426);
});

test('[IN-1] it keeps no process alive, not even one that is watched', { timeout: 30_000 }, async () => {
  const entry = fileURLToPath(new URL('../src/node.ts', import.meta.url));
  const script = `
    import { nodeDevTools } from ${JSON.stringify(entry)};
    console.log((await nodeDevTools({ port: 0 })).address);
    process.stdin.resume();
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [said] = await once(child.stdout, 'data');
  const page = new WebSocket(`ws://${String(said).trim()}`);
  page.on('error', () => {});
  await once(page, 'open');
  const exit = once(child, 'exit');
  child.stdin.end();
  expect(await exit).toEqual([0, null]);
});
