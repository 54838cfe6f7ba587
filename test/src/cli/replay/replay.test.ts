import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { UsageError } from '../../../../src/cli/command.ts';
import { replay } from '../../../../src/cli/replay/command.ts';
import type { Trace, TraceEntry } from '../../../../src/trace.ts';
import { createHarness } from '../../../support/harness.ts';
import { fc } from '../../../support/properties.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A link that breaks, an attempt that fails, and one whose credential has to be refreshed. */
async function recorded(): Promise<Trace> {
  const h = createHarness({ reconnect: { first: 1_000, base: 2_000 } });
  await h.goLive();
  await h.pass(5_000);
  h.dial.lose();
  await h.pass(500);
  await h.grant();
  h.dial.fail();
  await h.pass(1_000);
  await h.grant();
  h.dial.refuse({ code: 'expired' });
  await h.settle();
  await h.grant();
  h.dial.open();
  h.connection.disconnect();
  return JSON.parse(JSON.stringify(h.connection.trace()));
}

async function replayed(content: unknown, ...options: string[]) {
  const file = join(folder, 'trace.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  const lines: string[] = [];
  const terminal = { print: (text: string) => lines.push(text), color: false, onInterrupt: () => () => {} };
  const code = await replay.run([file, ...options], terminal);
  return { code, said: lines.join('\n') };
}

function changed(trace: Trace, number: number, change: Partial<TraceEntry>): Trace {
  const entries = trace.entries.map((entry, index) =>
    index === number - 1 ? { ...entry, ...change } : entry,
  );
  return { ...trace, entries };
}

describe('a trace', () => {
  test('[ST-5, TS-2] is told step by step, and the code of today goes the same way', async () => {
    const { code, said } = await replayed(await recorded());
    expect(code).toBe(0);
    const story = said.split('\n').map((line) => line.trim().replace(/ {2,}/g, ' | '));
    expect(story).toEqual([
      '14 steps in 6.5 s:',
      '',
      '0.000 | idle',
      '0.000 | user.connect | authenticating.credential.dialing',
      '0.000 | credential.granted | authenticating.handshake',
      '0.000 | link.opened | connected.(live,unproven,healthy,unneeded)',
      '5.000 | after stableAfter | connected.(live,proven,healthy,unneeded)',
      '5.000 | link.lost transport-closed | reconnecting.waiting | transport-closed, attempt 1, due in 0.5 s',
      '5.500 | after wait | reconnecting.credential.dialing | attempt 1',
      '5.500 | credential.granted | reconnecting.handshake | attempt 1',
      expect.stringMatching(
        /^5\.500 \| link\.failed network \| reconnecting\.waiting \| network, attempt 2, due in/,
      ),
      expect.stringMatching(/^6\.500 \| after wait/),
      expect.stringContaining('credential.granted'),
      '6.500 | link.refused expired | reconnecting.credential.dialing | attempt 2',
      '6.500 | credential.granted | reconnecting.handshake | attempt 2',
      '6.500 | link.opened | connected.(live,unproven,healthy,unneeded)',
      '6.500 | user.disconnect | idle',
      '',
      'The code of today goes the same way: all 14 steps.',
    ]);
  });

  test('[TS-2] that leads elsewhere today says where first, and what it was', async () => {
    const { code, said } = await replayed(
      changed(await recorded(), 5, { to: 'exhausted', cause: 'server' as never }),
    );
    expect(code).toBe(1);
    expect(said).toContain('✗ recorded:');
    expect(said).toContain(
      'The code of today goes another way from entry 5 on: `link.lost transport-closed` led to exhausted (server) ' +
        'when it was recorded, and leads to reconnecting.waiting (transport-closed) today.',
    );
  });

  test('[TS-2] with an event that means something else today: what follows is counted', async () => {
    const trace = changed(await recorded(), 5, { event: { type: 'user.disconnect' } });
    const { code, said } = await replayed(trace, '--quiet');
    expect(code).toBe(1);
    expect(said).toMatch(/from entry 5 on: `user\.disconnect` led to .* \d+ more steps differ after it\.$/);
  });

  test('is one JSON document for a program', async () => {
    const same = JSON.parse((await replayed(await recorded(), '--json')).said);
    expect(same).toMatchObject({ isSame: true, stopped: null, differences: [] });
    expect(same.steps).toHaveLength(15);
    const other = JSON.parse((await replayed(changed(await recorded(), 5, { to: 'idle' }), '--json')).said);
    expect(other).toMatchObject({ isSame: false, differences: [{ number: 5, recorded: { path: 'idle' } }] });
  });

  test('that cannot be played to its end says where it stopped', async () => {
    const { code, said } = await replayed(
      changed(await recorded(), 5, { event: { type: 'link.lost', epoch: 1 } }),
      '--quiet',
    );
    expect(code).toBe(1);
    expect(said).toMatch(/^It cannot be played to its end, at entry 5: /);
  });

  test('with a state that is none today stops where it begins', async () => {
    const trace = await recorded();
    const { code, said } = await replayed(
      { ...trace, start: { ...trace.start, value: 'dreaming' } },
      '--quiet',
    );
    expect(code).toBe(1);
    expect(said).toMatch(/^It cannot be played to its end, where it begins: /);
  });

  test('cannot say anything to the terminal itself', async () => {
    const { said } = await replayed(
      changed(await recorded(), 5, { event: { type: 'user.\u001b[2Jretry' }, to: '\u0007' }),
    );
    expect(said).not.toMatch(/[^\P{Cc}\n]/u);
  });
});

describe('what is no trace', () => {
  test.each([
    ['text', 'hello', 'it is not JSON'],
    ['a list', [], 'it is no object'],
    ['another version', { version: 2 }, 'its version is 2, and this holdfast reads version 1'],
    ['no version', {}, 'its version is missing'],
    ['the log of an inspector', { version: 1, startedAt: 0, entries: [] }, 'Export it while the page'],
  ])('is refused with the reason: %s', async (_, content, why) => {
    const refused = replayed(content);
    await expect(refused).rejects.toThrow(UsageError);
    await expect(refused).rejects.toThrow(why);
  });

  test('a file that is not there', async () => {
    const terminal = { print() {}, color: false, onInterrupt: () => () => {} };
    await expect(replay.run([join(folder, 'nothing.json')], terminal)).rejects.toThrow(
      'cannot be read (ENOENT)',
    );
    await expect(replay.run([], terminal)).rejects.toThrow('give the file of the trace');
    await expect(replay.run(['a', 'b'], terminal)).rejects.toThrow('one trace at a time');
    await expect(replay.run(['a', '--inspekt'], terminal)).rejects.toThrow('did you mean --inspect?');
    await expect(replay.run(['a', '--port', '1'], terminal)).rejects.toThrow('--port is for --inspect');
    await expect(replay.run(['a', '--inspect', '--port', 'x'], terminal)).rejects.toThrow(
      '--port is a whole number',
    );
  });

  test('[LC-13] whatever a file holds, the answer is a verdict or a word about the file', async () => {
    const trace = await recorded();
    await fc.assert(
      fc.asyncProperty(places(trace), fc.jsonValue(), async (path, value) => {
        const content = planted(trace, path, value);
        await replayed(content, '--quiet').then(
          ({ code, said }) => {
            expect([0, 1]).toContain(code);
            expect(said).not.toBe('');
          },
          (error) => expect(error).toBeInstanceOf(UsageError),
        );
      }),
      { numRuns: 400 },
    );
  });
});

type Path = readonly string[];

/** Any place inside the trace. */
function places(trace: Trace): fc.Arbitrary<Path> {
  const found: Path[] = [];
  const walk = (value: unknown, path: Path) => {
    if (path.length > 0) found.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
  };
  walk(trace, []);
  return fc.constantFrom(...found);
}

function planted(within: unknown, [key = '', ...rest]: Path, value: unknown): unknown {
  const copy: Record<string, unknown> | unknown[] = Array.isArray(within)
    ? [...within]
    : { ...(within as object) };
  const slot = copy as Record<string, unknown>;
  slot[key] = rest.length === 0 ? value : planted(slot[key], rest, value);
  return copy;
}
