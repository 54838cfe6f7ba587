import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Check, type Context, fault, ok } from '../../../../src/cli/doctor/check.ts';
import { examine } from '../../../../src/cli/doctor/examine.ts';
import type { Settings } from '../../../../src/cli/doctor/settings.ts';

const settings: Settings = {
  url: 'http://127.0.0.1',
  path: null,
  namespace: null,
  origin: null,
  credentials: false,
  token: null,
  tokenCommand: null,
  authField: 'token',
  event: null,
  ca: null,
  idle: false,
  timeout: 1_000,
};

const quiet = () => ({ signal: new AbortController().signal });

function check(id: string, parts: Partial<Check>): Check {
  return { id, asks: '', needs: [], gives: [], run: () => ok('fine'), ...parts };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('[DR-1] the examination', () => {
  test('goes on after a fault, without what builds on it, and names the root of what it leaves out', async () => {
    const ran: string[] = [];
    const note = (id: string) => {
      ran.push(id);
      return ok('');
    };
    const report = await settled(
      examine(
        [
          check('a', { gives: ['addresses'], run: () => fault('host-unknown', 'no') }),
          check('b', { needs: ['addresses'], gives: ['open'], run: () => note('b') }),
          check('c', { needs: ['open'], run: () => note('c') }),
          check('d', { run: () => note('d') }),
        ],
        settings,
        quiet(),
      ),
    );
    expect(ran).toEqual(['d']);
    expect(report.checks.map(({ text }) => text)).toEqual([
      'no',
      'not tried, because of a',
      'not tried, because of a',
      '',
    ]);
    expect(report).toMatchObject({ verdict: 'fault', faults: ['host-unknown'], exitCode: 1 });
  });

  test('ends, and cannot tell, when checks do not', async () => {
    const never = () => new Promise<never>(() => {});
    const report = await settled(
      examine(
        ['a', 'b', 'c', 'd'].map((id) => check(id, { run: never })),
        settings,
        quiet(),
      ),
    );
    expect(report).toMatchObject({ verdict: 'unknown', faults: [], exitCode: 3 });
    expect(report.checks.map(({ status }) => status)).toEqual(['unknown', 'unknown', 'unknown', 'unknown']);
    expect(report.ms).toBeLessThan(12 * settings.timeout + 500);
  });

  test('survives a check that throws, and says what', async () => {
    const report = await settled(
      examine(
        [check('a', { run: () => Promise.reject(new Error('oh no')) }), check('b', {})],
        settings,
        quiet(),
      ),
    );
    expect(report.checks.map(({ text }) => text)).toEqual(['the check itself failed: Error: oh no', 'fine']);
    expect(report.exitCode).toBe(3);
  });

  test('stops when it is told to, and closes what was opened', async () => {
    const stop = new AbortController();
    const closed = vi.fn();
    const report = examine(
      [
        check('a', {
          run(_, { atEnd }: Context) {
            atEnd(closed);
            return new Promise(() => {});
          },
        }),
        check('b', {}),
      ],
      settings,
      { signal: stop.signal },
    );
    stop.abort();
    expect(await settled(report)).toMatchObject({
      verdict: 'unknown',
      exitCode: 130,
      checks: [{ status: 'unknown', text: 'interrupted' }, { status: 'skipped' }],
    });
    expect(closed).toHaveBeenCalledOnce();
  });

  test('[CR-12] shows no token, whatever a check says', async () => {
    const report = await settled(
      examine(
        [check('a', { run: () => fault('kicked', 'it said hunter2secret', { cure: 'say hunter2secret' }) })],
        { ...settings, token: 'hunter2secret' },
        quiet(),
      ),
    );
    expect(JSON.stringify(report)).not.toContain('hunter2secret');
  });
});

async function settled<T>(work: Promise<T>): Promise<T> {
  for (let turn = 0; turn < 100; turn++) await vi.advanceTimersByTimeAsync(200);
  return work;
}
