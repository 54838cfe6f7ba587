import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root } from '../../tools/paths.ts';
import { startExample } from '../support/browser/example.ts';
import { collected } from '../support/collected.ts';

const patience = { timeout: 20_000 };

test('[LC-2, LC-10, OB-1, OB-2, OB-6] a program in a terminal keeps one connection, and ends with its input', async () => {
  const { site, arrived } = await startExample();
  const chat = startChat(site.url, 'alice');
  await chat.prints('* connected as alice');
  expect(site.handshakes).toBe(1);
  expect(site.sockets.map(({ data }) => data.user)).toEqual(['alice']);

  chat.type('hello');
  await chat.prints('  hello (acknowledged)');
  await chat.prints('alice: hello');
  chat.type('x'.repeat(201));
  await chat.prints(`  ${'x'.repeat(201)} (refused)`);

  site.away();
  await expect.poll(() => chat.lines.at(-1), patience).toMatch(/^\* reconnecting, attempt \d+: /);
  chat.type('one');
  chat.type('two');
  await chat.prints('  two (queued)');
  site.returns();
  await chat.prints('alice: two');
  await chat.prints('  two (acknowledged)');

  chat.end();
  expect(await chat.exit).toEqual([0, null]);
  expect(chat.lines.at(-1)).toBe('* not connected (disposed)');
  await site.settled(0);
  expect(chat.lines.filter((line) => line.startsWith('alice: '))).toEqual([
    'alice: hello',
    'alice: one',
    'alice: two',
  ]);
  expect(arrived).toEqual(['hello', 'x'.repeat(201), 'one', 'two']);
  expect(chat.errors()).toBe('');
});

test('[LC-10, OB-2, OB-5] what is piped into it goes out before it ends, in order, however much it is', async () => {
  const { site, arrived } = await startExample();
  const chat = startChat(site.url, 'alice');
  const sent = Array.from({ length: 2_000 }, (_, index) => `line ${index}`);
  for (const text of sent) chat.type(text);
  chat.end();
  expect(await chat.exit).toEqual([0, null]);
  expect(arrived).toEqual(sent);
  expect(chat.errors()).toBe('');
});

test('[LC-4, LC-10] Ctrl-C ends it while the server is away and messages wait', async () => {
  const { site } = await startExample();
  const chat = startChat(site.url, 'alice');
  await chat.prints('* connected as alice');
  site.away();
  await expect.poll(() => chat.lines.at(-1), patience).toMatch(/^\* reconnecting/);
  chat.type('never sent');
  await chat.prints('  never sent (queued)');
  chat.interrupt();
  expect(await chat.exit).toEqual([0, null]);
  expect(chat.errors()).toBe('');
});

test('[CR-3, LC-9, LC-10] a name that nobody may have ends it with an error code', async () => {
  const { site } = await startExample();
  const chat = startChat(site.url, 'no/body');
  expect(await chat.exit).toEqual([1, null]);
  expect(chat.lines.some((line) => line.startsWith('* sign-in failed: '))).toBe(true);
  expect(site.connections).toBe(0);
  expect(chat.errors()).toBe('');
});

/** The program as somebody starts it in a terminal. It does not outlive the test. */
function startChat(server: string, user: string) {
  // The waits between attempts are drawn by lot: here they are always short.
  const lot = 'data:text/javascript,Math.random = () => 0.1';
  const child = spawn(process.execPath, ['--import', lot, '--import', 'tsx', 'main.ts', user], {
    cwd: join(root, 'examples/node'),
    env: { ...process.env, CHAT_SERVER: server },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = collected(child.stdout);
  const errors = collected(child.stderr);
  const chat = {
    /** Code and signal, once all output is there. */
    exit: once(child, 'close'),
    get lines() {
      return output().split('\n').slice(0, -1);
    },
    errors,
    prints: (line: string) => expect.poll(() => chat.lines, patience).toContain(line),
    type: (line: string) => child.stdin.write(`${line}\n`),
    end: () => child.stdin.end(),
    interrupt: () => child.kill('SIGINT'),
  };
  return chat;
}
