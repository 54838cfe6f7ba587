import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { faults } from '../../examples/demo/shared/faults.ts';
import { type Demo, startDemo } from '../support/demo.ts';

/** Every way in which another page, or a name that leads here, would ask. */
const strangers = [
  ['another origin', { origin: 'https://evil.example' }],
  ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ['no origin', {}],
  ['a sandboxed page', { origin: 'null' }],
  ['another host', { origin: 'http://evil.example', host: 'evil.example' }],
  ['another host on our port', { origin: 'http://evil.example:PORT', host: 'evil.example:PORT' }],
  ['a host that only its origin fits', { origin: 'http://127.0.0.1:PORT', host: 'evil.example:PORT' }],
] as const;

describe('what the demo answers, and to whom', () => {
  let demo: Demo;
  beforeAll(async () => {
    demo = await startDemo();
  });
  afterAll(() => demo.interrupt());

  test.each(strangers)('a fault that %s asks for is not committed', async (_, headers) => {
    for (const path of [...faults.map((name) => `/faults/${name}`), '/faults/seen', '/token', '/history']) {
      expect(await post(path, headers), path).toMatchObject({ status: 403 });
    }
    // The server that was to be killed lives.
    expect(await post('/faults/seen', own)).toMatchObject({
      status: 200,
      body: expect.not.stringContaining('died'),
    });
  });

  test('our own page may, by either name of this machine', async () => {
    expect(await post('/faults/cut', own)).toEqual({ status: 200, body: '{"done":true}' });
    const local = { origin: 'http://localhost:PORT', host: 'localhost:PORT' };
    expect(await post('/faults/cut', local)).toEqual({ status: 200, body: '{"done":true}' });
  });

  test('a WebSocket of another page is not let through', async () => {
    const upgrade = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'x'.repeat(22).concat('=='),
    };
    const path = '/socket.io/?EIO=4&transport=websocket';
    await expect(get(path, { ...upgrade, origin: 'https://evil.example' })).rejects.toThrow();
    expect(await get(path, { ...upgrade, ...own })).toBe(101);
  });

  test('a plain request of Socket.IO goes the same way as a WebSocket', async () => {
    expect(await get('/socket.io/?EIO=4&transport=polling', {})).toBe(200);
  });

  test('nonsense is answered as such', async () => {
    expect(await post('/faults/seen', own, 'nonsense')).toMatchObject({ status: 400 });
    expect(await post('/faults/nonsense', own)).toMatchObject({ status: 404 });
    expect(await post('/token', own, '{"user":"mallory"}')).toMatchObject({ status: 401 });
    expect(await post('/history', own, '{"after":{"lobby":0}}')).toMatchObject({ status: 401 });
    expect(await get('/faults/kill', own)).toBe(405);
  });

  const own = { origin: 'http://127.0.0.1:PORT' };

  function post(path: string, headers: Record<string, string>, body = '{}') {
    return ask('POST', path, headers, body);
  }

  async function get(path: string, headers: Record<string, string>) {
    return (await ask('GET', path, headers, '')).status;
  }

  function ask(method: string, path: string, headers: Record<string, string>, body: string) {
    return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const here = Object.entries(headers).map(([key, value]) => [
        key,
        value.replace('PORT', `${demo.port}`),
      ]);
      const sent = request(
        { method, path, port: demo.port, host: '127.0.0.1', headers: Object.fromEntries(here) },
        async (response) => {
          let said = '';
          for await (const chunk of response) said += chunk;
          resolve({ status: response.statusCode, body: said });
        },
      );
      sent.on('upgrade', ({ statusCode }, socket) => {
        socket.destroy();
        resolve({ status: statusCode, body: '' });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
});

describe('npm start', () => {
  test('says where it is, in one line, and takes the next port when that one is taken', async () => {
    const first = await startDemo('--port', '0');
    expect(first.output).not.toContain('taken');
    const second = await startDemo('--port', String(first.port));
    try {
      expect(second.port).toBeGreaterThan(first.port);
      expect(second.output).toContain(`Port ${first.port} is taken, so this is the next free one.\n`);
      for (const { url, output } of [first, second]) {
        expect(output.split('\n').filter((line) => line.includes(url))).toHaveLength(1);
        const page = await fetch(url);
        expect(page.status).toBe(200);
        expect(await page.text()).toContain('<title>holdfast demo</title>');
      }
    } finally {
      await Promise.all([first.interrupt(), second.interrupt()]);
    }
  });

  test.each([
    ['Ctrl-C', 1],
    ['a second Ctrl-C, in a hurry', 2],
  ])('leaves no process behind after %s', async (_, times) => {
    const demo = await startDemo();
    // npm, its shell, the page's server, the chat server.
    await expect.poll(async () => (await demo.processes()).length, { timeout: 10_000 }).toBeGreaterThan(2);
    const { output } = demo;
    await Promise.all(Array.from({ length: times }, () => demo.interrupt()));
    expect(await demo.processes()).toEqual([]);
    // Neither a stack nor a complaint.
    expect(demo.output).toBe(output);
  });
});
