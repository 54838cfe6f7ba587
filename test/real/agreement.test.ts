import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Command } from '../../src/testing/index.ts';
import { agree } from '../support/agreement.ts';
import { fc } from '../support/properties.ts';
import { realPlans } from '../support/real-plans.ts';
import { RealPlace } from '../support/real-world.ts';

// The seed and the path of a failure are in its message; `HOLDFAST_SEED` and `AGREEMENT_RUNS` go further than CI does.
const runs = Number(process.env['AGREEMENT_RUNS'] ?? 200);

const connect = { do: 'connect', as: 'alice' } as const;

/** What they did not agree on once, and what each must show. */
const settled: readonly {
  name: string;
  clauses: readonly string[];
  commands: readonly Command[];
  shows: string;
}[] = [
  {
    name: 'a session that was never lost is not given back',
    clauses: ['LK-1'],
    commands: [{ do: 'server', now: 'recovers' }, connect],
    shows: 'status: connected.live, alice',
  },
  {
    name: 'a session that the network broke is given back, with what was said since',
    clauses: ['LK-1', 'MS-1'],
    commands: [
      { do: 'server', now: 'recovers' },
      connect,
      { do: 'drop', because: 'cut' },
      { do: 'say', event: 'message', payload: 7 },
      { do: 'pass', ms: 2_000 },
    ],
    shows: `alice's link: received ["message",7,true] 2`,
  },
  {
    name: 'a session that the server ended is not given back',
    clauses: ['LK-1', 'RE-7'],
    commands: [
      { do: 'server', now: 'recovers' },
      connect,
      { do: 'drop', because: 'expired' },
      { do: 'pass', ms: 2_000 },
    ],
    shows: 'status: connected.live, alice',
  },
  {
    name: 'a goodbye that is sent again says nothing about the link that it comes over',
    clauses: ['RE-7'],
    commands: [
      { do: 'server', now: 'recovers' },
      connect,
      { do: 'drop', because: 'cut' },
      { do: 'say', event: 'holdfast:bye', payload: { code: 'superseded' } },
      { do: 'pass', ms: 2_000 },
      { do: 'drop', because: 'cut' },
    ],
    shows: 'status: reconnecting.waiting, alice, attempt 3, transport-closed',
  },
  {
    name: 'a server kicks nobody that it has not accepted',
    clauses: ['RE-7'],
    commands: [{ do: 'server', now: 'hangs' }, connect, { do: 'drop', because: 'kick' }],
    shows: 'status: authenticating.handshake, alice',
  },
  {
    name: 'nonsense before the handshake is nonsense, not a closed link',
    clauses: ['LK-5'],
    commands: [
      { do: 'provider', now: 'settlesTooLate' },
      connect,
      { do: 'drop', because: 'garbage' },
      { do: 'pass', ms: 10_000 },
    ],
    shows: 'status: reconnecting.waiting, alice, attempt 2, parse-error',
  },
  {
    name: 'a link that breaks before the handshake was closed, not unreachable',
    clauses: ['LK-5'],
    commands: [
      { do: 'provider', now: 'settlesLate' },
      connect,
      { do: 'drop', because: 'cut' },
      { do: 'pass', ms: 300 },
    ],
    shows: 'status: reconnecting.waiting, alice, attempt 2, closed-during-handshake',
  },
];

let place: RealPlace;
beforeAll(async () => {
  place = await RealPlace.open();
});
afterAll(() => place.close());

describe('[TS-3] the simulation and a real server agree', () => {
  test.each(['in step', 'in real time'] as const)(
    'on what random runs show, %s',
    async (pace) => {
      const seen = new Set<string>();
      const property = fc.asyncProperty(realPlans(pace, 30), async (plan) => {
        for (const { words } of await agree(plan, place, pace)) seen.add(words);
      });
      await fc.assert(property, { numRuns: runs });
      const places = [...seen].flatMap((words) => /^status: ([a-z.-]+)/.exec(words)?.[1] ?? []);
      expect(new Set(places)).toEqual(new Set(everywhere));
    },
    runs * 1_000,
  );

  for (const { name, clauses, commands, shows } of settled) {
    test(`[${clauses.join(', ')}] ${name}`, async () => {
      const entries = await agree({ steps: commands.map((command) => ({ command })), seed: 0 }, place);
      const words = entries.map((entry) => entry.words);
      expect(words).toContain(shows);
      // The last status is that of dispose.
      if (shows.startsWith('status')) {
        expect(words.filter((each) => each.startsWith('status')).at(-2)).toBe(shows);
      }
    });
  }
});

const everywhere = [
  'idle',
  'authenticating.credential',
  'authenticating.handshake',
  'connected.live',
  'reconnecting.waiting',
  'reconnecting.offline',
  'reconnecting.credential',
  'reconnecting.handshake',
  'auth-failed',
  'exhausted',
];
