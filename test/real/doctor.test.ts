import { EventEmitter } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ServerOptions } from 'socket.io';
import { afterAll, describe, expect, test } from 'vitest';
import type { Context, Facts } from '../../src/cli/doctor/check.ts';
import { tcp } from '../../src/cli/doctor/checks/tcp.ts';
import type { FaultCode } from '../../src/cli/doctor/faults.ts';
import type { Settings } from '../../src/cli/doctor/settings.ts';
import { duplicates } from '../../src/server/duplicates.ts';
import { makeAuthority, makeCertificate } from '../support/doctor/certificates.ts';
import { examined } from '../support/doctor/run.ts';
import {
  bareEngine,
  deadPort,
  droppingPort,
  httpServer,
  type Patient,
  plainWebSocket,
  socketIo2,
  socketIo4,
  tcpServer,
} from '../support/doctor/servers.ts';
import { started } from '../support/doctor/started.ts';

const authority = await makeAuthority();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-doctor-'));
const ca = join(folder, 'ca.pem');
writeFileSync(ca, authority.cert);
afterAll(() => rmSync(folder, { recursive: true }));

/** What is broken, and the one thing to be said about it. */
interface Case {
  readonly code: FaultCode;
  readonly patient: () => Promise<Patient>;
  /** Instead of the patient's own. */
  readonly url?: (patient: Patient) => string;
  readonly args?: readonly string[];
  /** Must be in the cure. */
  readonly cure?: string | RegExp;
}

const short = ['--timeout', '1.5'];

const broken: Record<string, Case> = {
  'an URL without a scheme': {
    code: 'url-no-scheme',
    patient: () => socketIo4(),
    url: ({ port }) => `localhost:${port}`,
    cure: 'http://localhost:',
  },
  'an URL without a host': { code: 'url-invalid', patient: () => socketIo4(), url: () => 'https://' },
  'an URL of another kind': {
    code: 'url-scheme',
    patient: () => socketIo4(),
    url: ({ port }) => `ftp://127.0.0.1:${port}`,
  },
  'an URL with a password': {
    code: 'url-credentials',
    patient: () => socketIo4(),
    url: ({ port }) => `http://alice:secret-word@127.0.0.1:${port}`,
  },
  'the address of a native WebSocket client': {
    code: 'url-websocket-path',
    patient: () => socketIo4(),
    url: ({ port }) => `ws://127.0.0.1:${port}/ws`,
  },
  'a host that does not exist': {
    code: 'host-unknown',
    patient: () => socketIo4(),
    url: () => 'http://nowhere.invalid:3000',
  },
  'a port where nothing listens': { code: 'port-closed', patient: deadPort },
  'a port that drops what knocks': { code: 'tcp-silent', patient: droppingPort, args: short },
  'a server on the other loopback address': {
    code: 'wrong-loopback',
    patient: () => socketIo4({ host: '::1' }),
    url: ({ port }) => `http://127.0.0.1:${port}`,
    cure: '[::1]:',
  },
  'https:// to a port without TLS': {
    code: 'tls-not-spoken',
    patient: () => socketIo4(),
    url: ({ port }) => `https://127.0.0.1:${port}`,
  },
  'http:// to a port with TLS': {
    code: 'tls-expected',
    patient: async () => socketIo4({ tls: await makeCertificate() }),
    url: ({ port }) => `http://127.0.0.1:${port}`,
    cure: 'https://127.0.0.1:',
  },
  'a certificate that signs itself': {
    code: 'tls-self-signed',
    patient: async () => socketIo4({ tls: await makeCertificate() }),
  },
  'a certificate of an authority nobody knows': {
    code: 'tls-untrusted',
    patient: async () => socketIo4({ tls: await makeCertificate({ authority }) }),
  },
  'a certificate that has run out': {
    code: 'tls-expired',
    patient: async () => socketIo4({ tls: await makeCertificate({ authority, from: -20, to: -1 }) }),
    args: ['--ca', ca],
  },
  'a certificate that is not valid yet': {
    code: 'tls-not-yet-valid',
    patient: async () => socketIo4({ tls: await makeCertificate({ authority, from: 2, to: 20 }) }),
    args: ['--ca', ca],
  },
  'a certificate for another host': {
    code: 'tls-wrong-host',
    patient: async () => socketIo4({ tls: await makeCertificate({ authority, host: 'other.example.com' }) }),
    args: ['--ca', ca],
  },
  'a port that takes TLS connections and says nothing': {
    code: 'tls-silent',
    patient: () => tcpServer(() => {}),
    url: ({ port }) => `https://127.0.0.1:${port}`,
    args: short,
  },
  'TLS of a version that nobody speaks any more': {
    code: 'tls-failed',
    patient: async () => {
      const pair = await makeCertificate({ authority });
      return socketIo4({
        tls: { ...pair, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' },
      });
    },
    args: ['--ca', ca],
  },
  'a black hole': { code: 'silent', patient: () => tcpServer(() => {}), args: short },
  'a server that closes at once': { code: 'closed', patient: () => tcpServer((socket) => socket.end()) },
  'a server that resets': {
    code: 'closed',
    patient: () => tcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())),
  },
  'a server of another protocol': {
    code: 'not-http',
    patient: () => tcpServer((socket) => socket.end('-ERR unknown command\r\n')),
  },
  'a redirect to another address': {
    code: 'redirect',
    patient: () =>
      httpServer((request, response) =>
        response.writeHead(301, { Location: `https://example.com${request.url}` }).end(),
      ),
    cure: 'https://example.com',
  },
  'redirects in a circle': {
    code: 'redirect-loop',
    patient: () =>
      httpServer((request, response) => response.writeHead(302, { Location: request.url ?? '/' }).end()),
  },
  'redirects without an end': {
    code: 'redirect-loop',
    patient: () => {
      let count = 0;
      return httpServer((_, response) => response.writeHead(302, { Location: `/${count++}` }).end());
    },
  },
  'a single-page app': {
    code: 'html-answer',
    patient: () =>
      httpServer((_, response) =>
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>App</title>'),
      ),
  },
  'a page without an end': {
    code: 'html-answer',
    patient: () =>
      httpServer((_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html' });
        const more = () => {
          while (response.write('<p>more</p>'.repeat(500)));
          response.once('drain', more);
        };
        more();
      }),
  },
  'a server that drips its answer': {
    code: 'not-socket-io',
    patient: () =>
      httpServer((_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/plain' });
        const dripping = setInterval(() => response.write('.'), 20);
        response.on('close', () => clearInterval(dripping));
      }),
    args: short,
  },
  'a path on which Socket.IO is not': {
    code: 'wrong-path',
    patient: () => socketIo4(),
    args: ['--path', '/realtime'],
    cure: 'Leave out the option `path`',
  },
  'a mount point taken for a namespace': {
    code: 'wrong-path',
    patient: () => socketIo4({ options: { path: '/realtime' } }),
    url: ({ url }) => `${url}/realtime`,
    cure: 'path: "/realtime"',
  },
  'a web page where Socket.IO is on a usual path': {
    code: 'wrong-path',
    patient: () =>
      socketIo4({
        options: { path: '/api/socket.io' },
        rest: (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html></html>'),
      }),
    cure: '--path /api/socket.io',
  },
  'a server without Socket.IO': {
    code: 'path-not-found',
    patient: () => httpServer((_, response) => response.writeHead(404).end()),
  },
  'an API that answers everything': {
    code: 'not-socket-io',
    patient: () => httpServer((_, response) => response.writeHead(200).end('{"hello":"world"}')),
  },
  'a proxy that wants a login': {
    code: 'http-unauthorized',
    patient: () => httpServer((_, response) => response.writeHead(401).end()),
  },
  'a limit of requests': {
    code: 'http-busy',
    patient: () => httpServer((_, response) => response.writeHead(429, { 'Retry-After': '5' }).end()),
  },
  'a server that fails': {
    code: 'http-error',
    patient: () => httpServer((_, response) => response.writeHead(500).end('oh no')),
  },
  'a WebSocket server that is not Socket.IO': {
    code: 'plain-websocket',
    patient: () => plainWebSocket(),
    args: short,
  },
  'one that speaks first': { code: 'plain-websocket', patient: () => plainWebSocket({ greets: true }) },
  'one beside an app': {
    code: 'plain-websocket',
    patient: () => plainWebSocket({ greets: true, beside: (_, response) => response.writeHead(404).end() }),
  },
  'Engine.IO without Socket.IO': {
    code: 'bare-engine',
    patient: () => bareEngine('/engine.io'),
    args: ['--path', '/engine.io', ...short],
  },
  'Engine.IO with another protocol over it': {
    code: 'packet-invalid',
    patient: () => bareEngine('/socket.io', 'hello'),
  },
  'Engine.IO where it is by default': { code: 'wrong-path', patient: () => bareEngine('/engine.io') },
  'Socket.IO 2': { code: 'engine-version-3', patient: () => socketIo2() },
  'Socket.IO 2 with WebSocket alone': {
    code: 'engine-version-3',
    patient: () => socketIo2({ transports: ['websocket'] }),
  },
  'a handshake that is none': {
    code: 'handshake-invalid',
    patient: () => httpServer((_, response) => response.end('0{"sid":"a","upgrades":[]}')),
  },
  'a server of another language and version': {
    code: 'engine-version',
    patient: () =>
      httpServer((_, response) =>
        response
          .writeHead(400)
          .end('"The client is using an unsupported version of the Socket.IO or Engine.IO protocols"'),
      ),
  },
  'a proxy that loses the query': {
    code: 'engine-refused',
    patient: () =>
      httpServer((_, response) => response.writeHead(400).end('{"code":3,"message":"Bad request"}')),
  },
  'a server with a parser of its own': {
    code: 'connect-closed',
    patient: () => socketIo4({ options: { parser: binaryParser } }),
    args: short,
  },
  'an allowRequest that says no': {
    code: 'request-refused',
    patient: () => socketIo4({ options: { allowRequest: (_, done) => done('not today', false) } }),
  },
  'a namespace that is not there': {
    code: 'namespace-invalid',
    patient: () => socketIo4(),
    url: ({ url }) => `${url}/chat`,
  },
  'a namespace with a slash too many': {
    code: 'namespace-invalid',
    patient: () => socketIo4({ with: (io) => io.of('/chat') }),
    url: ({ url }) => `${url}/chat/`,
    cure: 'Write /chat without the slash',
  },
  'a middleware that never calls next': {
    code: 'connect-silent',
    patient: () => socketIo4({ with: (io) => io.use(() => {}) }),
    args: short,
  },
  'a middleware that hangs up': {
    code: 'connect-closed',
    patient: () => socketIo4({ with: (io) => io.use((socket) => socket.conn.close()) }),
  },
  'a server that wants a token': { code: 'credential-missing', patient: () => guarded() },
  'a server that does not take this token': {
    code: 'credential-refused',
    patient: () => guarded(),
    args: ['--token', 'the-wrong-token'],
  },
  'a token in the wrong field': {
    code: 'credential-refused',
    patient: () => guarded(),
    args: ['--token', 'the-right-token', '--auth-field', 'jwt'],
  },
  'a command without a token': {
    code: 'token-command-failed',
    patient: () => guarded(),
    args: ['--token-command', 'echo the-right-token; exit 3'],
  },
  'a server that asks to come back later': {
    code: 'busy',
    patient: () =>
      socketIo4({
        with: (io) =>
          io.use((_, next) =>
            next(Object.assign(new Error('later'), { data: { code: 'busy', retryAfter: 1000 } })),
          ),
      }),
  },
  'a middleware that refuses for reasons of its own': {
    code: 'connect-refused',
    patient: () => socketIo4({ with: (io) => io.use((_, next) => next(new Error('wrong tenant'))) }),
  },
  'a server that accepts and disconnects': {
    code: 'kicked',
    patient: () => socketIo4({ with: (io) => io.on('connection', (socket) => socket.disconnect(true)) }),
  },
  'a server that accepts and leaves the socket alone': {
    code: 'kicked',
    patient: () => socketIo4({ with: (io) => io.on('connection', (socket) => socket.disconnect()) }),
  },
  'an event that nobody acknowledges': {
    code: 'event-unanswered',
    patient: () => socketIo4(),
    args: ['--event', 'hello', ...short],
  },
  'a page that may not read the answers': {
    code: 'cors-missing',
    patient: () => socketIo4(),
    args: ['--origin', 'https://app.example.com'],
    cure: 'origin: "https://app.example.com"',
  },
  'a page on another origin than the one allowed': {
    code: 'cors-origin',
    patient: () => socketIo4({ options: { cors: { origin: 'https://app.example.com' } } }),
    args: ['--origin', 'https://www.example.com'],
  },
  'a page with cookies, which are not allowed': {
    code: 'cors-credentials',
    patient: () => socketIo4({ options: { cors: { origin: 'https://app.example.com' } } }),
    args: ['--origin', 'https://app.example.com', '--credentials'],
  },
  'a page with cookies, where every origin is allowed': {
    code: 'cors-credentials',
    patient: () => socketIo4({ options: { cors: { origin: '*' } } }),
    args: ['--origin', 'https://app.example.com', '--credentials'],
  },
  'a server that checks the origin by itself': {
    code: 'origin-refused',
    patient: () =>
      socketIo4({
        options: { allowRequest: (request, done) => done(null, request.headers.origin === undefined) },
      }),
    args: ['--origin', 'https://app.example.com'],
  },
  'a server that promises pings and sends none': {
    code: 'ping-missing',
    patient: () => socketIo4({ options: { pingInterval: 300 }, with: stopPings }),
    args: ['--idle', ...short],
  },
};

function guarded(): Promise<Patient> {
  return socketIo4({
    with: (io) =>
      io.use(({ handshake }, next) =>
        next(handshake.auth['token'] === 'the-right-token' ? undefined : new Error('unauthorized')),
      ),
  });
}

function onceAUser(policy: 'oldest' | 'newest', options: Partial<ServerOptions> = {}): Promise<Patient> {
  return socketIo4({
    options,
    with: (io) => duplicates(io, { policy, user: ({ handshake }) => handshake.auth['token'] }),
  });
}

/** As a process that is too busy: the ping is due, and does not leave. */
function stopPings(io: import('socket.io').Server): void {
  io.engine.on('connection', (socket: { sendPacket(type: string, ...rest: unknown[]): void }) => {
    const send = socket.sendPacket.bind(socket);
    socket.sendPacket = (type, ...rest) => {
      if (type !== 'ping') send(type, ...rest);
    };
  });
}

/** As socket.io-msgpack-parser does: every packet is binary, and text is none. */
const binaryParser = {
  Encoder: class {
    encode(packet: unknown): Buffer[] {
      return [Buffer.from(JSON.stringify(packet))];
    }
  },
  Decoder: class extends EventEmitter {
    add(data: unknown): void {
      if (!Buffer.isBuffer(data)) throw new Error('not a packet');
      this.emit('decoded', JSON.parse(String(data)));
    }
    destroy(): void {}
  },
};

describe('[DR-1] the doctor names the fault, and no other:', () => {
  test.each(Object.entries(broken))('%s', async (_, { code, patient, url, args = [], cure }) => {
    const server = await started(patient());
    const report = await examined(url?.(server) ?? server.url, ...args);
    expect(report.faults, JSON.stringify(report, null, 1)).toEqual([code]);
    expect(report).toMatchObject({ verdict: 'fault', exitCode: 1 });
    const found = report.checks.find((checked) => checked.status === 'fault');
    expect(found?.cure).toEqual(expect.stringMatching(/\w/));
    if (cure !== undefined) expect(found?.cure).toMatch(cure);
  });
});

describe('[DR-1] the doctor finds nothing wrong with', () => {
  const healthy: Record<string, Omit<Case, 'code'>> = {
    'Socket.IO 4': { patient: () => socketIo4() },
    'Socket.IO 4 that takes old clients': { patient: () => socketIo4({ options: { allowEIO3: true } }) },
    'one by its name': { patient: () => socketIo4(), url: ({ port }) => `http://localhost:${port}` },
    'one on IPv6': { patient: () => socketIo4({ host: '::1' }) },
    'a path of its own': {
      patient: () => socketIo4({ options: { path: '/realtime' } }),
      args: ['--path', '/realtime/'],
    },
    'a path without a slash': {
      patient: () => socketIo4({ options: { path: '/realtime', addTrailingSlash: false } }),
      args: ['--path', 'realtime'],
    },
    'a namespace': {
      patient: () => socketIo4({ with: (io) => io.of('/chat') }),
      url: ({ url }) => `${url}/chat`,
    },
    'a namespace by option': {
      patient: () => socketIo4({ with: (io) => io.of('/chat') }),
      args: ['--namespace', 'chat'],
    },
    'WebSocket alone': { patient: () => socketIo4({ options: { transports: ['websocket'] } }) },
    'a URL with a query that the server reads': {
      patient: () =>
        socketIo4({
          options: {
            allowRequest: (request, done) => done(null, /[?&]tenant=acme(&|$)/.test(request.url ?? '')),
          },
        }),
      url: ({ url }) => `${url}/?tenant=acme`,
    },
    'polling alone': { patient: () => socketIo4({ options: { transports: ['polling'] } }) },
    'a token': { patient: () => guarded(), args: ['--token', 'the-right-token'] },
    'a token that a command prints': {
      patient: () => guarded(),
      args: ['--token-command', 'echo the-right-token'],
    },
    'a token over polling': {
      patient: () =>
        socketIo4({
          options: { transports: ['polling'] },
          with: (io) =>
            io.use(({ handshake }, next) =>
              next(handshake.auth['jwt'] === 'good' ? undefined : new Error('token')),
            ),
        }),
      args: ['--token', 'good', '--auth-field', 'jwt'],
    },
    'a user who may be connected once, the older one staying': {
      patient: () => onceAUser('oldest'),
      args: ['--token', 'alice'],
    },
    'a user who may be connected once, the newer one staying': {
      patient: () => onceAUser('newest'),
      args: ['--token', 'alice'],
    },
    'the same over polling': {
      patient: () => onceAUser('oldest', { transports: ['polling'] }),
      args: ['--token', 'alice'],
    },
    'an event that is acknowledged': {
      patient: () =>
        socketIo4({ with: (io) => io.on('connection', (socket) => socket.on('hello', (ack) => ack('hi'))) }),
      args: ['--event', 'hello'],
    },
    'a server that talks at once': {
      patient: () =>
        socketIo4({
          with: (io) =>
            io.on('connection', (socket) => socket.emit('welcome', { text: 'hi' }, Buffer.from([1]))),
        }),
    },
    'a page that is allowed': {
      patient: () =>
        socketIo4({ options: { cors: { origin: 'https://app.example.com', credentials: true } } }),
      args: ['--origin', 'https://app.example.com', '--credentials'],
    },
    'a page on any origin': {
      patient: () => socketIo4({ options: { cors: { origin: '*' } } }),
      args: ['--origin', 'https://app.example.com'],
    },
    'a page of another origin on WebSocket alone': {
      patient: () => socketIo4({ options: { transports: ['websocket'] } }),
      args: ['--origin', 'https://app.example.com'],
    },
    'TLS by an authority that is trusted': {
      patient: async () => socketIo4({ tls: await makeCertificate({ authority }) }),
      args: ['--ca', ca],
    },
    'a quiet connection': {
      patient: () => socketIo4({ options: { pingInterval: 300 } }),
      args: ['--idle'],
    },
  };

  test.each(Object.entries(healthy))('%s', async (_, { patient, url, args = [] }) => {
    const server = await started(patient());
    const report = await examined(url?.(server) ?? server.url, ...args);
    expect(report, JSON.stringify(report, null, 1)).toMatchObject({
      verdict: 'healthy',
      faults: [],
      warnings: [],
      exitCode: 0,
    });
    expect(report.checks.filter(({ status }) => status === 'unknown')).toEqual([]);
  });
});

describe('[DR-1] the doctor warns, without a fault, of', () => {
  const doubtful: Record<string, Case> = {
    'pings as seldom as proxies lose patience': {
      code: 'ping-interval-long',
      patient: () => socketIo4({ options: { pingInterval: 60_000 } }),
    },
    'the scheme of a native WebSocket': {
      code: 'url-websocket',
      patient: () => socketIo4(),
      url: ({ port }) => `ws://127.0.0.1:${port}`,
    },
    'the mount point in the URL': {
      code: 'url-mount',
      patient: () => socketIo4(),
      url: ({ url }) => `${url}/socket.io/`,
    },
  };

  test.each(Object.entries(doubtful))('%s', async (_, { code, patient, url, args = [] }) => {
    const server = await started(patient());
    const report = await examined(url?.(server) ?? server.url, ...args);
    expect(report, JSON.stringify(report, null, 1)).toMatchObject({
      verdict: 'healthy',
      faults: [],
      warnings: [code],
      exitCode: 0,
    });
  });
});

test('[DR-1] it warns of an address that refuses, and goes on with one that does not', async () => {
  const { port, url } = await started(socketIo4());
  const target = {
    shown: url,
    origin: url,
    hostname: 'localhost',
    port,
    secure: false,
    path: '/',
    asked: '/',
    query: {},
    namespace: '/',
    urlPath: '/',
  };
  const settings = { timeout: 2_000 } as Settings;
  const context = { settings, signal: new AbortController().signal } as Context;
  const finding = await tcp.run({ target, addresses: ['::1', '127.0.0.1'] } as unknown as Facts, context);
  expect(finding).toMatchObject({
    status: 'warning',
    code: 'address-refused',
    text: expect.stringMatching(/127\.0\.0\.1:\d+ takes connections .*\[::1\]:\d+ does not \(ECONNREFUSED\)/),
    gives: { open: { address: '127.0.0.1' } },
  });
});
