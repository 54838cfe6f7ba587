import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { collected } from '../support/collected.ts';
import { makeAuthority, makeCertificate } from '../support/doctor/certificates.ts';
import { holdfast } from '../support/doctor/run.ts';
import { httpServer, plainWebSocket, socketIo4, tcpServer } from '../support/doctor/servers.ts';
import { started } from '../support/doctor/started.ts';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'holdfast-doctor-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The command as a process of its own. */
function start(
  args: readonly string[],
  env: Record<string, string> = {},
): { child: ChildProcess; said: () => string } {
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  return { child, said: collected(child.stdout) };
}

test('[DR-1] one line a check, the cure beneath a fault, and the verdict last', async () => {
  const { port } = await started(plainWebSocket({ greets: true }));
  const { printed, exitCode } = await holdfast(['doctor', `http://127.0.0.1:${port}`]);
  expect(exitCode).toBe(1);
  expect(printed.replaceAll(String(port), 'PORT').replace(/\d+ ms/g, 'N ms')).toMatchInlineSnapshot(`
    "✓ url        http://127.0.0.1:PORT, path /socket.io/, namespace /
    – token      not asked: no token was given
    – dns        not needed: 127.0.0.1 is an address
    ✓ tcp        127.0.0.1:PORT takes connections (N ms)
    – tls        not needed: the URL is not one of https or wss
    ✗ http       a WebSocket opens and says "{"type":"welcome"}"  [plain-websocket]
                 This is a WebSocket server, but not one of Socket.IO.
                 → Talk to it with \`new WebSocket(url)\`, or run Socket.IO on the server. Socket.IO has a
                   protocol of its own inside of WebSocket: neither side understands the other.
    – engine, transports, cors, sticky, namespace, credential, ack, heartbeat, client: not tried, because of http

    Fault: plain-websocket."
  `);
});

test('[DR-1] --quiet is the verdict alone', async () => {
  const app = await started(httpServer((_, response) => response.writeHead(404).end()));
  expect((await holdfast(['doctor', app.url, '--quiet'])).printed).toMatch(
    /^Fault: path-not-found\.\n {2}HTTP 404\n {2}→ Check host and port;/,
  );
  const healthy = await started(socketIo4());
  expect((await holdfast(['doctor', healthy.url, '--quiet'])).printed).toBe(
    `Healthy: ${healthy.url} can be connected to.`,
  );
});

test('[DR-1] --json is one document of a documented shape', async () => {
  const { url } = await started(socketIo4({ options: { pingInterval: 90_000 } }));
  const { printed } = await holdfast(['doctor', url, '--json', '--namespace', '/nowhere']);
  const report = JSON.parse(printed);
  expect(report).toEqual({
    version: 1,
    url,
    verdict: 'fault',
    faults: ['namespace-invalid'],
    warnings: [],
    exitCode: 1,
    ms: expect.any(Number),
    checks: expect.any(Array),
  });
  expect(report.checks.find(({ check }: { check: string }) => check === 'namespace')).toEqual({
    check: 'namespace',
    status: 'fault',
    code: 'namespace-invalid',
    text: expect.stringContaining('/nowhere'),
    cause: expect.any(String),
    cure: expect.any(String),
    ms: expect.any(Number),
  });
  expect(report.checks.at(-1)).toEqual({
    check: 'client',
    status: 'skipped',
    text: 'not tried, because of namespace',
    ms: expect.any(Number),
  });
});

test.each([
  [['doctor'], /give the URL/],
  [['doctor', 'http://a', 'http://b'], /one URL at a time/],
  [['doctor', 'http://a', '--tmeout', '3'], /no option --tmeout; did you mean --timeout\?/],
  [['doctor', 'http://a', '--timeout', 'soon'], /--timeout is a number of seconds/],
  [['doctor', 'http://a', '--timeout', '0'], /--timeout is a number of seconds/],
  [['doctor', 'http://a', '--origin', 'app.example.com'], /--origin is scheme, host and port/],
  [['doctor', 'http://a', '--credentials'], /--origin, which is not given/],
  [['doctor', 'http://a', '--token', 'x', '--token-command', 'y'], /not both/],
  [['doctor', 'http://a', '--token', ' '], /--token is empty/],
  [['doctor', 'http://a', '--ca', '/nowhere/ca.pem'], /cannot be read \(ENOENT\)/],
  [['doctor', 'http://a', '--ca', main], /holds no certificate/],
  [['doctor', 'http://a', '--namespace', '/a,b'], /comma/],
  [['docter'], /no command docter; did you mean doctor\?/],
  [[], /which command\?/],
])('[DR-1] used wrongly, %j, it says how and ends with 2', async (args, complaint) => {
  const { exitCode, printed, complained } = await holdfast(args);
  expect(exitCode).toBe(2);
  expect(printed).toBe('');
  expect(complained).toMatch(complaint);
});

test('[DR-1] --help and --version', async () => {
  expect(await holdfast(['--help'])).toMatchObject({
    exitCode: 0,
    printed: expect.stringMatching(/doctor URL/),
  });
  expect(await holdfast(['doctor', '--help'])).toMatchObject({
    exitCode: 0,
    printed: expect.stringMatching(/--token-command/),
  });
  expect(await holdfast(['--version'])).toMatchObject({ exitCode: 0, printed: '0.0.0' });
});

test('[DR-1] at Ctrl-C it tells what it found so far, and ends at once with 130', async () => {
  let heard = () => {};
  const isAsked = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const { url } = await started(tcpServer((socket) => socket.once('data', heard)));
  const { child, said } = start(['doctor', url, '--timeout', '500']);
  await isAsked;
  child.kill('SIGINT');
  const [code] = await once(child, 'exit');
  expect(code).toBe(130);
  expect(said()).toMatch(/✓ tcp [\s\S]*\? http +interrupted[\s\S]*Could not tell \(interrupted\)/);
});

test('[DR-1] an authority that Node was told of is trusted, and no colour goes to a file', async () => {
  const authority = await makeAuthority();
  const file = join(folder, 'authority.pem');
  writeFileSync(file, authority.cert);
  const { url } = await started(socketIo4({ tls: await makeCertificate({ authority }) }));
  const { child, said } = start(['doctor', url], { NODE_EXTRA_CA_CERTS: file });
  const [code] = await once(child, 'exit');
  expect(said()).toMatch(/Healthy: https:/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the beginning of a colour
  expect(said()).not.toMatch(/\u001b/);
  expect(code).toBe(0);
});
