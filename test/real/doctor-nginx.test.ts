import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { FaultCode } from '../../src/cli/doctor/faults.ts';
import { root } from '../../tools/paths.ts';
import { makeCertificate } from '../support/doctor/certificates.ts';
import { type Nginx, startNginx, upgrades } from '../support/doctor/nginx.ts';
import { examined, holdfast } from '../support/doctor/run.ts';
import { deadPort, socketIo4, tcpServer } from '../support/doctor/servers.ts';

const [readme, page] = ['README.md', 'docs/doctor.md'].map((path) => readFileSync(join(root, path), 'utf8'));

const server = await socketIo4();
const twin = await socketIo4();
const seldom = await socketIo4({ options: { pingInterval: 1_500 } });
const allowing = await socketIo4({ options: { cors: { origin: 'https://app.example.com' } } });
const hanging = await tcpServer(() => {});
const dead = await deadPort();
afterAll(() => Promise.all([server, twin, seldom, allowing, hanging].map((one) => one.close())));

const to = ({ port }: { port: number }) => `proxy_pass http://127.0.0.1:${port};`;
const good = `location /socket.io/ { ${to(server)} ${upgrades} }`;

/** Of two nodes that know nothing of each other. */
const upstream = (how: string) =>
  `upstream nodes { ${how} server 127.0.0.1:${server.port}; server 127.0.0.1:${twin.port}; }`;

interface Case {
  readonly code: FaultCode;
  /** Inside of nginx's `server`. */
  readonly inside: string;
  readonly beside?: string;
  readonly args?: readonly string[];
  readonly cure?: string | RegExp;
}

let nginx: Nginx | undefined;
afterEach(async () => {
  await nginx?.close();
  nginx = undefined;
});

describe('[DR-1] behind nginx the doctor names the fault, and no other:', () => {
  const broken: Record<string, Case> = {
    'the headers of an upgrade are not passed on': {
      code: 'upgrade-dropped',
      inside: `location /socket.io/ { ${to(server)} }`,
      cure: /proxy_http_version 1\.1; proxy_set_header Upgrade \$http_upgrade/,
    },
    'they are passed on with HTTP 1.0': {
      code: 'upgrade-dropped',
      inside: `location /socket.io/ { ${to(server)} proxy_http_version 1.0; proxy_set_header Upgrade $http_upgrade; }`,
    },
    'WebSocket is refused': {
      code: 'websocket-blocked',
      inside: `location /socket.io/ { if ($http_upgrade) { return 403; } ${to(server)} ${upgrades} }`,
    },
    'the path is taken away on the way': {
      code: 'path-not-found',
      inside: `location /socket.io/ { proxy_pass http://127.0.0.1:${server.port}/; ${upgrades} }`,
      cure: 'proxy_pass',
    },
    'the fallback of a single-page app comes first': {
      code: 'html-answer',
      inside: 'location / { try_files $uri /index.html; }',
      cure: 'try_files',
    },
    'nothing is behind it': {
      code: 'proxy-no-upstream',
      inside: `location /socket.io/ { ${to(dead)} ${upgrades} }`,
    },
    'what is behind it hangs': {
      code: 'proxy-timeout',
      inside: `location /socket.io/ { ${to(hanging)} ${upgrades} proxy_read_timeout 1s; }`,
    },
    'two nodes without sticky sessions, in turns': {
      code: 'not-sticky',
      beside: upstream(''),
      inside: `location /socket.io/ { proxy_pass http://nodes; ${upgrades} }`,
      cure: 'ip_hash',
    },
    'two nodes without sticky sessions, at random': {
      code: 'not-sticky',
      beside: upstream('random;'),
      inside: `location /socket.io/ { proxy_pass http://nodes; ${upgrades} }`,
    },
    'everything is sent to https': {
      code: 'redirect',
      inside: 'return 301 https://$host$request_uri;',
      cure: /https:\/\/127\.0\.0\.1/,
    },
    'a login is wanted': {
      code: 'http-unauthorized',
      inside: `auth_basic "members"; auth_basic_user_file FOLDER/members; ${good}`,
    },
    'an allow list stands before it': {
      code: 'http-forbidden',
      inside: `location /socket.io/ { deny all; ${to(server)} }`,
    },
    'a limit of requests lets the first one pass': {
      code: 'http-busy',
      beside: 'limit_req_zone $binary_remote_addr zone=few:1m rate=1r/m;',
      inside: `location /socket.io/ { limit_req zone=few; ${to(server)} ${upgrades} }`,
    },
    'a limit of requests lets some pass': {
      code: 'http-busy',
      beside: 'limit_req_zone $binary_remote_addr zone=few:1m rate=1r/m;',
      inside: `location /socket.io/ { limit_req zone=few burst=5 nodelay; ${to(server)} ${upgrades} }`,
    },
    'POST does not pass': {
      code: 'post-refused',
      inside: `location /socket.io/ { limit_except GET { deny all; } ${to(server)} ${upgrades} }`,
    },
    'CORS is set twice': {
      code: 'cors-twice',
      inside: `location /socket.io/ { ${to(allowing)} ${upgrades} add_header Access-Control-Allow-Origin "https://app.example.com"; }`,
      args: ['--origin', 'https://app.example.com'],
    },
    'a quiet connection is cut before the first ping': {
      code: 'idle-cut',
      inside: `location /socket.io/ { ${to(seldom)} ${upgrades} proxy_read_timeout 1s; }`,
      args: ['--idle'],
      cure: 'proxy_read_timeout',
    },
  };

  test.each(Object.entries(broken))('%s', async (_, { code, inside, beside = '', args = [], cure }) => {
    nginx = await startNginx(inside, {
      beside,
      files: { 'html/index.html': '<!doctype html><title>App</title>', members: 'alice:{PLAIN}secret\n' },
    });
    const report = await examined(nginx.url, ...args);
    expect(report.faults, JSON.stringify(report, null, 1)).toEqual([code]);
    const found = report.checks.find(({ status }) => status === 'fault');
    if (cure !== undefined) expect(found?.cure).toMatch(cure);
  });

  test('plain HTTP to its TLS port', async () => {
    const { cert, key } = await makeCertificate();
    nginx = await startNginx(`ssl_certificate FOLDER/cert.pem; ssl_certificate_key FOLDER/key.pem; ${good}`, {
      listen: 'ssl',
      files: { 'cert.pem': cert, 'key.pem': key },
    });
    expect(await examined(nginx.url)).toMatchObject({ faults: ['tls-expected'], exitCode: 1 });
  });
});

test('[DR-1] README and docs show what the doctor really says', async () => {
  nginx = await startNginx(`location /socket.io/ { ${to(server)} }`);
  const { printed } = await holdfast(['doctor', nginx.url]);
  const timeless = (text: string) => text.replace(/\d+ ms/g, 'N ms');
  const shownIn = (text = '') =>
    timeless(/\$ npx holdfast doctor http:\/\/127\.0\.0\.1:8080\n([\s\S]*?)\n```/.exec(text)?.[1] ?? '');
  const said = timeless(printed.replaceAll(String(nginx.port), '8080'));
  expect(shownIn(page)).toBe(said);
  // README leaves out what is well.
  const parts = shownIn(readme)
    .split('…\n')
    .filter((part) => part !== '');
  expect(parts).toHaveLength(2);
  for (const part of parts) expect(said).toContain(part);
});

describe('[DR-1] behind nginx the doctor warns, without a fault, of', () => {
  const doubtful: Record<string, Case> = {
    'polling that is refused': {
      code: 'polling-blocked',
      inside: `location /socket.io/ { if ($arg_transport = polling) { return 403; } ${to(server)} ${upgrades} }`,
    },
    'questions before a request that are turned away': {
      code: 'cors-preflight',
      inside: `location /socket.io/ { if ($request_method = OPTIONS) { return 405; } ${to(allowing)} ${upgrades} }`,
      args: ['--origin', 'https://app.example.com'],
    },
    'sessions that only a cookie holds together': {
      code: 'sticky-by-cookie',
      beside: `split_clients $request_id $anyone { 50% a; * b; }
               map $cookie_node $node { a a; b b; default $anyone; }
               upstream a { server 127.0.0.1:${server.port}; } upstream b { server 127.0.0.1:${twin.port}; }`,
      inside: `location /socket.io/ { proxy_pass http://$node; ${upgrades} add_header Set-Cookie "node=$node"; }`,
    },
  };

  test.each(Object.entries(doubtful))('%s', async (_, { code, inside, beside = '', args = [] }) => {
    nginx = await startNginx(inside, { beside });
    const report = await examined(nginx.url, ...args);
    expect(report, JSON.stringify(report, null, 1)).toMatchObject({
      verdict: 'healthy',
      faults: [],
      warnings: [code],
      exitCode: 0,
    });
  });
});

describe('[DR-1] behind nginx the doctor finds nothing wrong with', () => {
  const healthy: Record<string, Omit<Case, 'code'>> = {
    'what its manual has': { inside: good },
    'two nodes, each client on one of them': {
      beside: upstream('ip_hash;'),
      inside: `location /socket.io/ { proxy_pass http://nodes; ${upgrades} }`,
    },
    'an app beside Socket.IO': { inside: `${good} location / { try_files $uri /index.html; }` },
    'a page that the server allows': {
      inside: `location /socket.io/ { ${to(allowing)} ${upgrades} }`,
      args: ['--origin', 'https://app.example.com'],
    },
    'a quiet connection that lasts': {
      inside: `location /socket.io/ { ${to(seldom)} ${upgrades} }`,
      args: ['--idle'],
    },
  };

  test.each(Object.entries(healthy))('%s', async (_, { inside, beside = '', args = [] }) => {
    nginx = await startNginx(inside, { beside, files: { 'html/index.html': '<!doctype html>' } });
    const report = await examined(nginx.url, ...args);
    expect(report, JSON.stringify(report, null, 1)).toMatchObject({
      verdict: 'healthy',
      faults: [],
      warnings: [],
      exitCode: 0,
    });
  });
});
