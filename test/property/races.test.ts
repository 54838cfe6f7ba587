import { describe, expect, test } from 'vitest';
import { assign, fromCallback } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import type { Status } from '../../src/status.ts';
import { BrokenPromise, tell, type World } from '../../src/testing/index.ts';
import { fc } from '../support/properties.ts';
import { messageRaces, races, runRace } from './race.ts';

type Machine = typeof connectionMachine;

/** Few, so that `exhausted` is reached too. */
const options = { reconnect: { maxAttempts: 4, giveUpAfter: 300_000 } };

function property(machine: Machine, seen: Set<string> = new Set()) {
  return fc.asyncProperty(fc.scheduler(), races, async (scheduler, race) => {
    const statuses = await runRace(scheduler, race, { machine, options });
    for (const status of statuses) seen.add(placeOf(status));
  });
}

function placeOf(status: Status): string {
  return tell(status).split(',')[0] ?? '';
}

describe('whatever comes first', () => {
  test('[TS-1, LC-4, LC-12, LK-2, CR-2, CR-5, RE-8] every promise holds, and life comes back', async () => {
    const seen = new Set<string>();
    await fc.assert(property(connectionMachine, seen), { numRuns: 2_000 });
    expect([...seen].sort()).toEqual([
      'auth-failed',
      'authenticating.credential',
      'authenticating.handshake',
      'connected.live',
      'connected.restoring',
      'exhausted',
      'idle',
      'reconnecting.credential',
      'reconnecting.handshake',
      'reconnecting.offline',
      'reconnecting.waiting',
    ]);
  }, 120_000);
});

/** Few of each, so that what is held back races too. */
const narrow = { outbox: { window: 2, capacity: { items: 4 } } };

describe('whatever is answered first', () => {
  test.each([
    ['kept in memory', () => narrow],
    [
      'kept in a store that is late and fails',
      (world: World) => ({
        outbox: { ...narrow.outbox, store: world.store({ latency: 5, failures: 0.1 }) },
      }),
    ],
  ])(
    '[TS-1, OB-1, OB-2, OB-4, OB-5, OB-7, RM-1, SY-1, MS-4] every promise to messages %s holds',
    async (_, settings) => {
      let arrived = 0;
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), messageRaces, async (scheduler, race) => {
          let world: World | null = null;
          const seeing = (given: World) => {
            world = given;
            return settings(given);
          };
          await runRace(scheduler, race, { options: seeing });
          arrived += (world as World | null)?.backend.arrivals.length ?? 0;
        }),
        { numRuns: 600 },
      );
      expect(arrived).toBeGreaterThan(200);
    },
    120_000,
  );
});

// biome-ignore lint/suspicious/noExplicitAny: parts of a chart, edited by hand
type Config = any;

const provide = (implementations: Config): Machine => connectionMachine.provide(implementations);

/** Faults that show only when things come in an unlucky order, each planted alone. */
const faults: readonly { readonly name: string; readonly machine: Machine }[] = [
  {
    name: 'late words of an attempt that is over are believed',
    machine: provide({ guards: { isStale: () => false } }),
  },
  {
    name: 'a new attempt is not told apart from the one before it',
    machine: provide({ actions: { nextEpoch: assign({ dialVerdict: null, wait: null }) } }),
  },
  {
    name: 'a provider call goes on when its attempt is over',
    machine: provide({
      actors: {
        provider: fromCallback(({ input, sendBack }: { input: Config; sendBack: Config }) => {
          input.port.call(input.request, sendBack);
        }),
      },
    }),
  },
  {
    name: 'an attempt that timed out is not hung up, and its late answer opens a link',
    machine: provide({
      actions: {
        hangUp: ({ context }: Config) => {
          if (context.cause?.code !== 'handshake-timeout') context.ports.link.hangUp(context.epoch);
        },
      },
    }),
  },
  {
    name: 'an open link is counted as proven by the timer of the one before it',
    machine: provide({ delays: { stableAfter: 0 } }),
  },
];

describe('[TS-1] a planted race is found', () => {
  test.each(faults)(
    '$name',
    async ({ machine }) => {
      const details = await fc.check(property(machine), {
        numRuns: 2_000,
        endOnFailure: true,
        seed: 20_261_120,
      });
      expect(details.failed, 'the races let it through').toBe(true);
      expect(details.errorInstance).toBeInstanceOf(BrokenPromise);
      // What is needed to play it again: the seed, the path, and the order that the scheduler chose (TS-2).
      expect(fc.defaultReportMessage(details)).toMatch(/seed: 20261120, path: "\d.*schedulerFor/s);
    },
    60_000,
  );
});
