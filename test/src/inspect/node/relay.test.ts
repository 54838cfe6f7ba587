import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Relay } from '../../../../src/inspect/node/relay.ts';
import { begin } from '../../../support/reports.ts';

function pageFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-relay-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>the page');
  writeFileSync(join(folder, 'assets/main.js'), 'the code');
  writeFileSync(join(folder, 'assets/notes.txt'), 'not for pages');
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function startRelay(port = 0) {
  const relay = new Relay({
    folder: pageFolder(),
    port,
    trace: (id) => (id === '1' ? { version: 1 } : undefined),
  });
  const url = new URL(await relay.listen());
  onTestFinished(() => relay.close());
  return { relay, url, port: Number(url.port) };
}

/** Without a browser's care: any header, any path, as it stands. */
function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: IncomingMessage['headers']; body: string }>(
    (resolve, reject) => {
      request(
        { port, host: '127.0.0.1', path, method, headers: { host: `127.0.0.1:${port}`, ...headers } },
        (response) => {
          let body = '';
          response.on('data', (chunk) => {
            body += chunk;
          });
          response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
        },
      )
        .on('error', reject)
        .end();
    },
  );
}

/** Reads server-sent events until as many came. */
function events(port: number, count: number, headers: Record<string, string> = {}): Promise<string[]> {
  return new Promise((resolve, reject) => {
    get(
      { port, host: '127.0.0.1', path: '/events', headers: { host: `127.0.0.1:${port}`, ...headers } },
      (response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
          const found = text.split('\n\n').filter((each) => /^(id|event):/.test(each));
          if (found.length < count) return;
          response.destroy();
          resolve(found);
        });
        response.on('error', () => {});
      },
    ).on('error', reject);
  });
}

describe('the page of the local inspector', () => {
  test('[IN-2] is served with what belongs to it, and nothing else', async () => {
    const { port } = await startRelay();
    expect(await ask(port, '/')).toMatchObject({ status: 200, body: '<!doctype html>the page' });
    expect(await ask(port, '/assets/main.js')).toMatchObject({ status: 200, body: 'the code' });
    for (const path of [
      '/assets/notes.txt',
      '/nothing.js',
      '/../relay.ts',
      '/..%2f..%2fpackage.json',
      '//etc/passwd',
      '/assets/',
    ]) {
      expect((await ask(port, path)).status, path).toBe(404);
    }
    expect((await ask(port, '/', {}, 'POST')).status).toBe(405);
  });

  test.each(['http://[', 'http://evil.example/', '*', '/%', '/events%00', `/${'a'.repeat(9_000)}`])(
    '[IN-2] survives being asked for %s',
    async (path) => {
      const { port } = await startRelay();
      expect((await ask(port, path)).status).toBeGreaterThanOrEqual(400);
      expect((await ask(port, '/')).status).toBe(200);
    },
  );

  test('[IN-2] forbids everything to load that is not its own', async () => {
    const { port } = await startRelay();
    const { headers } = await ask(port, '/');
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });

  test.each([
    ['a name that somebody lets point to this machine', { host: 'evil.example:80' }],
    ['another port of this machine', { host: '127.0.0.1:1' }],
    ['a foreign page', { origin: 'https://evil.example' }],
    ['a page of this machine on another port', { origin: 'http://127.0.0.1:3000' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a frame or picture of a foreign page', { 'sec-fetch-site': 'cross-site' }],
    ['a page of the same site', { 'sec-fetch-site': 'same-site' }],
  ])('[IN-2] is refused to %s, and so are the events and traces', async (_, headers) => {
    const { port } = await startRelay();
    for (const path of ['/', '/events', '/trace?connection=1']) {
      expect((await ask(port, path, headers as Record<string, string>)).status, path).toBe(403);
    }
  });

  test('[IN-2] is to be had on the loopback interface alone', async () => {
    const { port } = await startRelay();
    const outer = Object.values(networkInterfaces())
      .flatMap((found) => found ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4');
    for (const { address } of outer) {
      const outcome = await new Promise<string>((resolve) => {
        connect(port, address)
          .once('connect', () => resolve('connected'))
          .once('error', () => resolve('refused'));
      });
      expect(outcome, address).toBe('refused');
    }
    expect((await ask(port, '/')).status).toBe(200);
  });

  test('[IN-2] takes the next port when the one that was wished is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    onTestFinished(() => void other.close());
    const taken = (other.address() as AddressInfo).port;
    const { port } = await startRelay(taken);
    expect(port).not.toBe(taken);
    expect((await ask(port, '/')).status).toBe(200);
  });
});

describe('a page that watches', () => {
  test('[IN-2] is told what happened before it came, and what happens', async () => {
    const { relay, port } = await startRelay();
    relay.tell(begin('early'));
    const told = events(port, 2);
    await ask(port, '/');
    relay.tell(begin('late'));
    expect((await told).map((each) => JSON.parse(each.split('\ndata: ')[1] ?? '').connection)).toEqual([
      'early',
      'late',
    ]);
  });

  test('[IN-2] goes on where it was when it was cut off, and begins anew in another run', async () => {
    const { relay, port } = await startRelay();
    relay.tell(begin('1'));
    relay.tell(begin('2'));
    const [first] = await events(port, 2);
    const id = /^id: (.+)$/m.exec(first ?? '')?.[1] ?? '';
    const [next] = await events(port, 1, { 'last-event-id': id });
    expect(next).toContain('"connection":"2"');
    const anew = await events(port, 3, { 'last-event-id': 'another-run 7' });
    expect(anew[0]).toContain('event: another-run');
    expect(anew[1]).toContain('"connection":"1"');
  });

  test('[IN-2] gets the trace of a connection, or is told that there is none', async () => {
    const { port } = await startRelay();
    expect(await ask(port, '/trace?connection=1')).toMatchObject({ status: 200, body: '{"version":1}' });
    expect((await ask(port, '/trace?connection=2')).status).toBe(404);
    expect((await ask(port, '/trace')).status).toBe(404);
  });

  test('[IN-2] and does not read is let go of, so that it fills no memory', async () => {
    const { relay, port } = await startRelay();
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const gone = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => {});
    socket.write(`GET /events HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
    await new Promise((resolve) => socket.once('readable', resolve));
    socket.pause();
    const large = { ...begin('x'.repeat(100_000)) };
    for (let sent = 0; sent < 400; sent += 1) relay.tell(large);
    socket.resume();
    await gone;
    expect((await ask(port, '/')).status).toBe(200);
  });
});
