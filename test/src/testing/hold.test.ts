import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { classifySocketIo, type Status } from '../../../src/index.ts';
import {
  assertConnectionHolds,
  BrokenPromise,
  createWorld,
  finalInvariants,
  type Invariant,
  invariants,
  plans,
  replay,
  run,
  stage,
} from '../../../src/testing/index.ts';
import { healedMessageInvariants, messageInvariants } from '../../../src/testing/message-invariants.ts';
import { fc } from '../../support/properties.ts';

test('[TS-1] settings, a classifier and a provider of your own are held to every promise', () =>
  assertConnectionHolds(
    {
      reconnect: { maxAttempts: 8, cap: 10_000, backoff: () => 'give-up' },
      credential: async ({ forceRefresh }) => (forceRefresh ? 'a fresh one' : 'an old one'),
      classify: (observed) => ({ ...classifySocketIo(observed), retry: 'never' }),
    },
    { runs: 60 },
  ));

const tooStrict: Invariant = {
  clauses: ['mine'],
  promise: 'nobody ever waits',
  check: ({ connection }) => (connection.getStatus().state === 'reconnecting' ? 'somebody waits' : undefined),
};

test('[TS-1, TS-2] a broken promise of your own is told with seed, path and the shortest story', async () => {
  const told = await assertConnectionHolds({}, { invariants: [tooStrict], seed: 1 }).catch((error) => error);
  expect(told).toBeInstanceOf(Error);
  const text = `${told.message}\n${told.cause?.message ?? ''}`;
  expect(text).toMatch(/seed: 1, path: "[\d:]+"/);
  expect(text).toContain('[mine] nobody ever waits: somebody waits');
  expect(text).toMatch(/→ reconnecting/);

  const path = /path: "([\d:]+)"/.exec(text)?.[1] ?? '';
  const again = assertConnectionHolds({}, { invariants: [tooStrict], seed: 1, path });
  await expect(again).rejects.toThrow(/Property failed after 1 tests/);
});

test('[TS-2] a broken promise leaves a trace behind, where one is asked for, and it plays again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-hold-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const traceTo = join(folder, 'broken.json');
  const told = await assertConnectionHolds({}, { invariants: [tooStrict], seed: 1, traceTo }).catch((e) => e);
  expect(told.message).toContain(`npx holdfast replay ${traceTo}`);
  const trace = JSON.parse(readFileSync(traceTo, 'utf8'));
  expect(replay(trace).at(-1)?.state).toBe('reconnecting');

  rmSync(traceTo);
  await assertConnectionHolds({}, { runs: 3, traceTo });
  expect(existsSync(traceTo)).toBe(false);
});

test('[TS-1] every invariant names clauses and a promise', () => {
  for (const { clauses, promise } of [
    ...invariants,
    ...finalInvariants,
    ...messageInvariants,
    ...healedMessageInvariants,
  ]) {
    expect(clauses.length).toBeGreaterThan(0);
    for (const clause of clauses) expect(clause).toMatch(/^[A-Z]{2}-\d+$/);
    expect(promise).not.toBe('');
  }
});

test('[TS-1] random runs reach the deep states: exhausted, a second identity, a refused refresh', async () => {
  const reached = new Map<string, number>();
  const count = (what: string) => reached.set(what, (reached.get(what) ?? 0) + 1);
  const options = { reconnect: { maxAttempts: 4, giveUpAfter: 120_000 } };

  await fc.assert(
    fc.asyncProperty(plans(), async ({ commands, ...world }) => {
      const statuses = await run(commands, { ...world, options });
      for (const mark of new Set(statuses.flatMap(marksOf))) count(mark);
      const connectedAs = statuses.flatMap((each) => (each.state === 'connected' ? each.identity : []));
      if (new Set(connectedAs).size > 1) count('connected as two');
    }),
    { numRuns: 450, seed: 5 },
  );
  for (const mark of [
    'idle',
    'idle superseded',
    'authenticating',
    'connected',
    'connected recovered',
    'reconnecting',
    'reconnecting offline',
    'auth-failed',
    'auth-failed unauthorized',
    'auth-failed forbidden',
    'exhausted',
    'connected as two',
  ]) {
    expect(reached.get(mark) ?? 0, mark).toBeGreaterThanOrEqual(5);
  }
}, 60_000);

function marksOf(status: Status): string[] {
  switch (status.state) {
    case 'idle':
      return [status.state, `idle ${status.reason}`];
    case 'connected':
      return status.recovered ? [status.state, 'connected recovered'] : [status.state];
    case 'reconnecting':
      return [status.state, `reconnecting ${status.phase}`];
    case 'auth-failed':
      return [status.state, `auth-failed ${status.cause.code}`];
    default:
      return [status.state];
  }
}

test('[ST-5, TS-2] what a random run traced plays again to the same statuses', async () => {
  await fc.assert(
    fc.asyncProperty(plans({ maxLength: 30 }), async ({ commands, ...world }) => {
      const play = stage({ ...world, options: { traceLength: 10_000 } });
      for (const command of commands) await play.step(command);
      const trace = JSON.parse(JSON.stringify(play.connection.trace()));
      const tell = (statuses: readonly Status[]) => JSON.parse(JSON.stringify(statuses.map(plain)));
      expect(tell(replay(trace))).toEqual(tell(play.statuses));
    }),
    { numRuns: 150, seed: 9 },
  );
});

function plain(status: Status): object {
  return 'cause' in status ? { ...status, cause: [status.cause.code, status.cause.message] } : status;
}

test('[TS-1] the world tells of a storm instead of spinning with it', async () => {
  const spinning = run(
    [
      { do: 'connect', as: 'alice' },
      { do: 'server', now: 'kicks' },
      { do: 'pass', ms: 5_000 },
    ],
    {
      options: { reconnect: { first: 0, base: 0, cap: 0, stableAfter: 0 } },
    },
  );
  await expect(spinning).rejects.toThrow(BrokenPromise);
  await expect(spinning).rejects.toThrow(/a storm: 151 attempts within a second/);
});

test('[TS-1] time sleeps, jumps and is set back', async () => {
  const { clock } = createWorld();
  const fired: string[] = [];
  clock.setTimeout(() => fired.push(`first at ${clock.now()}`), 1_000);
  clock.setTimeout(() => fired.push(`second at ${clock.now()}`), 2_000);
  clock.adjust(-500);
  await clock.advance(1_000);
  expect(fired).toEqual(['first at 500']);
  await clock.sleep(60_000);
  expect(fired).toEqual(['first at 500', 'second at 60500']);
  expect(clock.elapsed()).toBe(61_000);
  expect(clock.pending).toBe(0);
});
