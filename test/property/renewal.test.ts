import { describe, expect, test } from 'vitest';
import { createConnection, type Signal } from '../../src/index.ts';
import { type Command, commands, createWorld, stage } from '../../src/testing/index.ts';
import { fc } from '../support/properties.ts';
import { type Race, runRace } from './race.ts';

/** As the world's provider says it, and its server enforces it; half a minute longer than the default lead time. */
const lifetime = 90_000;

/** What renewals meet: whatever ends a link, changes who it is, or makes provider and server unwell. */
const ofRenewals: ReadonlySet<Command['do']> = new Set([
  'connect',
  'disconnect',
  'retry',
  'credentialChanged',
  'signOut',
  'revokeTokens',
  'renewals',
  'provider',
  'drop',
  'network',
  'signal',
  'pass',
  'sleep',
  'adjustClock',
  'subscribe',
]);

function isOfRenewals(command: Command): boolean {
  // Most of what races is to be renewals: a server that lets nobody in has none.
  if (command.do === 'server') return command.now === 'accepts' || command.now === 'recovers';
  return ofRenewals.has(command.do);
}

const sequences = (maxLength: number) =>
  commands({ maxLength, only: isOfRenewals }).map((list): Command[] => [
    { do: 'connect', as: 'alice' },
    ...list,
  ]);

describe('in a world that is well', () => {
  const signals = fc.constantFrom<Signal>('online', 'offline', 'visible', 'hidden', 'frozen', 'resumed');
  const happening = fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 200_000 }).map((ms) => ({ pass: ms })) },
    { weight: 1, arbitrary: signals.map((signal) => ({ signal })) },
    { weight: 1, arbitrary: fc.constant({ changes: true }) },
    { weight: 1, arbitrary: fc.integer({ min: -1e9, max: 1e9 }).map((ms) => ({ adjust: ms })) },
  );

  test('[CR-9, CR-10, CR-8] a link outlives its credentials, and nobody sees anything, whatever the clock says', async () => {
    let renewals = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(happening, { maxLength: 30 }),
        fc.nat(0xffff),
        fc.integer({ min: 1_000, max: lifetime - 1_000 }),
        async (happenings, seed, leadTime) => {
          const world = createWorld({ seed, lifetime });
          const connection = createConnection({ ...world.options(), renew: { leadTime } });
          connection.connect('alice');
          await world.clock.advance(10_000);
          const status = connection.getStatus();
          expect(status).toMatchObject({ state: 'connected', phase: 'live' });
          const seen: unknown[] = [];
          connection.status$.subscribe((each) => seen.push(each));
          for (const each of happenings) {
            if ('pass' in each) await world.clock.advance(each.pass);
            else if ('signal' in each) world.signal(each.signal);
            else if ('adjust' in each) world.clock.adjust(each.adjust);
            else connection.credentialChanged();
          }
          expect([connection.getStatus() === status, seen.length, world.link.dials()]).toEqual([true, 1, 1]);
          expect(world.witness.violations).toEqual([]);
          renewals += connection.stats().renewals;
          await connection.dispose();
        },
      ),
      { numRuns: 150 },
    );
    expect(renewals).toBeGreaterThan(500);
  }, 60_000);
});

describe('whatever renewals meet', () => {
  test('[CR-9, CR-2, CR-6, LC-4, ID-1, CR-12] every promise holds, and the deep ends are reached', async () => {
    const reached = { renewed: 0, refused: 0, expired: 0, nobody: 0, pausing: 0, lapsing: 0 };
    await fc.assert(
      fc.asyncProperty(sequences(40), fc.nat(0xffff), fc.boolean(), async (list, seed, isRude) => {
        const play = stage({ seed, isRude, lifetime });
        const { connection } = play;
        connection.actor.subscribe(({ value }) => {
          const text = JSON.stringify(value);
          if (text.includes('"handing":"pausing"')) reached.pausing += 1;
          if (text.includes('lapsing')) reached.lapsing += 1;
        });
        for (const command of list) await play.step(command);
        const { renewals, losses } = connection.stats();
        await play.finish();
        if (renewals > 0) reached.renewed += 1;
        if (losses['expired'] !== undefined) reached.expired += 1;
        if (losses['unauthorized'] !== undefined || losses['forbidden'] !== undefined) reached.refused += 1;
        if (losses['credential-refused'] !== undefined) reached.nobody += 1;
      }),
      { numRuns: 600, seed: 8 },
    );
    for (const [end, times] of Object.entries(reached)) expect(times, end).toBeGreaterThanOrEqual(5);
  }, 120_000);

  test('[CR-9, CR-5, LK-2] every promise holds, whatever comes first', async () => {
    const still = (list: Command[]) => list.filter(({ do: what }) => what !== 'pass' && what !== 'sleep');
    const races: fc.Arbitrary<Race> = fc.record({
      commands: sequences(16).map(still),
      afterthoughts: commands({ maxLength: 4, only: isOfRenewals }).map(still),
      seed: fc.nat(0xffff),
      isRude: fc.boolean(),
    });
    let renewals = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), races, async (scheduler, race) => {
        const invariant = {
          clauses: ['CR-9'],
          promise: 'counts what it sees',
          check({ connection }: { connection: { stats(): { renewals: number } } }) {
            renewals = Math.max(renewals, connection.stats().renewals);
            return undefined;
          },
        };
        await runRace(scheduler, race, { lifetime, invariants: [invariant] });
      }),
      { numRuns: 600 },
    );
    expect(renewals).toBeGreaterThan(1);
  }, 120_000);
});
