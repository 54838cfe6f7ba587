import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server as EngineServer } from 'engine.io';
import { describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { createRandom } from '../../src/testing/random.ts';
import { examined, holdfast } from '../support/doctor/run.ts';
import { httpServer, type Patient, socketIo4, tcpServer } from '../support/doctor/servers.ts';
import { started } from '../support/doctor/started.ts';

const token = 'tok_Zx81&<secret>"quoted"/plus+slash=';

describe('[DR-1, CR-12] the token never appears', () => {
  const spellings = [
    token,
    encodeURIComponent(token),
    JSON.stringify(token).slice(1, -1),
    Buffer.from(token).toString('base64'),
    'Zx81',
  ];

  const echoing: Record<string, () => Promise<Patient>> = {
    'in the message of a refusal': () =>
      socketIo4({
        with: (io) =>
          io.use(({ handshake }, next) => next(new Error(`bad token ${handshake.auth['token']} for you`))),
      }),
    'in its data': () =>
      socketIo4({
        with: (io) =>
          io.use(({ handshake }, next) =>
            next(Object.assign(new Error('no'), { data: { code: handshake.auth['token'] } })),
          ),
      }),
    'in base64': () =>
      socketIo4({
        with: (io) =>
          io.use(({ handshake }, next) =>
            next(new Error(`bad token ${Buffer.from(handshake.auth['token']).toString('base64')}`)),
          ),
      }),
    'in the reason of a close': () =>
      socketIo4({ with: (io) => io.use((socket) => closeWith(socket.conn, socket.handshake.auth['token'])) }),
    'in a redirect': () =>
      httpServer((_, response) =>
        response
          .writeHead(302, { Location: `https://example.com/?token=${encodeURIComponent(token)}` })
          .end(),
      ),
    'in a page': () =>
      httpServer((_, response) => response.end(`your token is ${token}, or ${encodeURIComponent(token)}`)),
    'in what is not HTTP': () => tcpServer((socket) => socket.end(`ERR ${token}\r\n`)),
    'in the words of a WebSocket': () => speaksWebSocket(() => JSON.stringify({ token })),
    'in a packet that is none': () => speaksWebSocket((said) => (said === '' ? open() : `4x${token}`)),
  };

  test.each(Object.entries(echoing))('%s', async (_, patient) => {
    const { url } = await started(patient());
    for (const look of [[], ['--json'], ['--quiet']]) {
      for (const source of [
        ['--token', token],
        ['--token-command', `printf '%s' '${token}'`],
      ]) {
        const { printed, complained, exitCode } = await holdfast([
          'doctor',
          url,
          '--timeout',
          '0.5',
          ...look,
          ...source,
        ]);
        expect(exitCode).toBe(1);
        for (const spelling of spellings) expect(printed + complained).not.toContain(spelling);
      }
    }
  });

  test('when it is short, or an everyday word, and the server repeats it', async () => {
    const { url } = await started(
      socketIo4({
        with: (io) => io.use(({ handshake }, next) => next(new Error(`bad ${handshake.auth['token']}`))),
      }),
    );
    for (const short of ['q7', 'guest']) {
      const { checks } = await examined(url, '--token', short);
      const told = checks.find(({ status }) => status === 'fault')?.text;
      expect(told).toMatch(/bad \[redacted\]/);
      expect(told).not.toContain(short);
    }
  });

  test('nor what a command prints when it fails, nor its name and password in the URL', async () => {
    const { port } = await started(socketIo4());
    const failing = await holdfast([
      'doctor',
      `http://127.0.0.1:${port}`,
      '--token-command',
      'echo hunter2secret; exit 4',
    ]);
    expect(failing.printed).toMatch(/ended with exit code 4/);
    const named = await holdfast(['doctor', `http://alice:hunter2secret@127.0.0.1:${port}`, '--json']);
    const asked = await holdfast(['doctor', `localhost:${port}/?token=hunter2secret`]);
    const queried = await holdfast(['doctor', `http://127.0.0.1:${port}/?token=hunter2secret`, '--json']);
    for (const { printed } of [failing, named, asked, queried])
      expect(printed).not.toMatch(/hunter2secret|alice/);
  });

  test('nor in a complaint about the command line', async () => {
    for (const args of [
      ['doctor', 'http://127.0.0.1:1', `--tokn=${token}`],
      ['doctor', 'http://127.0.0.1:1', '--token', token, '--token-command', 'x'],
      ['doctor', 'http://127.0.0.1:1', token, '--json'],
      [`http://alice:${token}@127.0.0.1`],
    ]) {
      const { exitCode, printed, complained } = await holdfast(args);
      expect(exitCode).toBe(2);
      expect(printed + complained).not.toContain('Zx81');
    }
  });
});

describe('[DR-1] whatever a server sends', () => {
  test('no escape sequence of a server reaches the terminal', async () => {
    const { url } = await started(
      socketIo4({ with: (io) => io.use((_, next) => next(new Error('\u001b[2Jcleared\u202egnorw\u0007'))) }),
    );
    const { printed } = await holdfast(['doctor', url]);
    expect(printed).toContain('cleared');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(printed).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f\u202e]/);
  });

  test('a question that many answers keep from an end does not keep the doctor', async () => {
    const { url } = await started(
      speaksWebSocket((said, send) => {
        if (said !== '') for (let count = 0; count < 5_000; count++) send(`42["flood",${count}]`);
        return said === '' ? open() : '40{"sid":"x"}';
      }),
    );
    const report = await examined(url, '--timeout', '0.5');
    expect(report.exitCode).toBe(1);
    expect(report.ms).toBeLessThan(12 * 500 + 1_000);
  });

  const seeds = Array.from({ length: 40 }, (_, at) => at + 1);

  test.each(seeds)('it ends in time with a verdict (seed %i)', async (seed) => {
    const random = createRandom(seed);
    const { url } = await started(seed % 2 === 0 ? babblesOverTcp(random) : babblesEngine(random));
    const report = await examined(url, '--timeout', '0.2', '--origin', 'https://app.example.com', '--idle');
    expect(['healthy', 'fault', 'unknown']).toContain(report.verdict);
    expect(report.ms).toBeLessThan(12 * 200 + 1_500);
    for (const { text } of report.checks) expect(text).not.toMatch(/the check itself failed/);
  });
});

/** Truncated, garbled or random answers, now and then a good one. */
function babblesOverTcp(random: () => number): Promise<Patient> {
  const pieces = [
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
    'Content-Length: 99999\r\n',
    'Content-Length: -1\r\n',
    'Transfer-Encoding: chunked\r\n\r\n',
    'Location: http://[::1\r\n',
    'HTTP/1.1 302 Found\r\nLocation: //\r\n\r\n',
    'ffffffff\r\n',
    '\r\n',
    open(),
    '0{"sid":1}',
    '\u0016\u0003\u0001',
    `${'x'.repeat(70_000)}`,
    'HTTP/9.9 999 What\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
  ];
  return tcpServer((socket: Socket) => {
    socket.on('data', () => {
      const count = Math.floor(random() * 5);
      for (let at = 0; at < count; at++) {
        if (random() < 0.2) socket.write(randomBytes(Math.floor(random() * 300)));
        else socket.write(pieces[Math.floor(random() * pieces.length)] ?? '');
      }
      if (random() < 0.5) socket.end();
      else if (random() < 0.2) socket.resetAndDestroy();
    });
  });
}

/** A real Engine.IO server, over which comes what Socket.IO never says. */
async function babblesEngine(random: () => number): Promise<Patient> {
  const http = createServer();
  const engine = new EngineServer({ pingInterval: 100 });
  engine.attach(http, { path: '/socket.io' });
  const said = [
    '0',
    '0{}',
    '0{"sid":"a"}',
    '4',
    '4{"message":"Invalid namespace"}',
    '1',
    '5',
    '51-',
    '3',
    '9',
    '',
    '0/x,',
    '2["a"]',
    '40',
  ];
  engine.on('connection', (socket: EngineSocket) => {
    const speak = () => {
      const words = said[Math.floor(random() * said.length)] ?? '';
      if (random() < 0.1) socket.send(randomBytes(20));
      else socket.send(words);
      if (random() < 0.15) socket.close();
    };
    if (random() < 0.3) speak();
    socket.on('message', speak);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      engine.close();
      http.closeAllConnections();
      const closed = once(http, 'close');
      http.close();
      await closed;
    },
  };
}

interface EngineSocket {
  send(data: string | Buffer): void;
  close(): void;
  on(event: 'message', listener: () => void): void;
}

/** Answers each message, and the opening (''), over a WebSocket of its own making. */
async function speaksWebSocket(
  answer: (said: string, send: (text: string) => void) => string,
): Promise<Patient> {
  const http = createServer((_, response) => response.writeHead(404).end());
  const server = new WebSocketServer({ server: http });
  server.on('connection', (ws) => {
    ws.on('error', () => {});
    const send = (text: string) => ws.send(text);
    send(answer('', send));
    ws.on('message', (data) => send(answer(String(data), send)));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async close() {
      for (const ws of server.clients) ws.terminate();
      http.closeAllConnections();
      const closed = once(http, 'close');
      http.close();
      await closed;
    },
  };
}

function open(): string {
  return `0${JSON.stringify({ sid: 'odd', upgrades: [], pingInterval: 25_000, pingTimeout: 20_000, maxPayload: 1e6 })}`;
}

/** Closes the WebSocket under a connection with a reason of its own. */
function closeWith(conn: unknown, reason: string): void {
  const { transport } = conn as { transport: { socket: { close(code: number, reason: string): void } } };
  transport.socket.close(4000, reason);
}
