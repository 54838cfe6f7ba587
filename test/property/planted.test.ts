import { describe, expect, test } from 'vitest';
import { assign, createMachine } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import { BrokenPromise, plans, type plans as plansOf, run } from '../../src/testing/index.ts';
import { fc } from '../support/properties.ts';

type Machine = typeof connectionMachine;

/** Changes the chart as a careless edit would. */
function edit(change: (config: Config) => void, implementations = {}): Machine {
  const config = structuredCloneOf(connectionMachine.config) as Config;
  change(config);
  return createMachine(
    config as never,
    {
      ...connectionMachine.implementations,
      ...implementations,
    } as never,
  ) as unknown as Machine;
}

// biome-ignore lint/suspicious/noExplicitAny: a chart's config, edited by hand
type Config = any;

function structuredCloneOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCloneOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, structuredCloneOf(inner)]));
}

const provide = (implementations: Config): Machine => connectionMachine.provide(implementations);

/** The states of the region that asks whether the link lives. */
const health = (config: Config): Config => config.states.connected.states.health.states;

/** The states of the region that renews credentials. */
const renewal = (config: Config): Config => config.states.connected.states.renewal.states;

/** Faults that teams make by hand, each planted alone. The clause is what must be reported as broken. */
const faults: readonly { readonly name: string; readonly machine: Machine }[] = [
  {
    name: 'the backoff is reset by the mere opening of a link',
    machine: provide({
      actions: { accept: assign({ attempt: 0, delays: 0, floor: null, wait: null, recovered: false }) },
    }),
  },
  {
    name: 'a refused token is presented again from the cache',
    machine: provide({ guards: { broughtRefused: () => false, broughtRefusedAgain: () => false } }),
  },
  {
    name: 'late words of an attempt that is over are believed',
    machine: provide({ guards: { isStale: () => false } }),
  },
  {
    name: 'connect() for the same identity starts over',
    machine: edit((config) => {
      config.states.authenticating.on['user.connect'] = {
        target: '#authenticating',
        reenter: true,
        actions: ['dial', 'nextEpoch', 'dial'],
      };
    }),
  },
  {
    name: 'the link of the former identity is kept for the next one',
    machine: provide({ actions: { openLink: () => {}, closeLink: () => {} } }),
  },
  {
    name: 'a refreshed credential reconnects a healthy link',
    machine: edit((config) => {
      config.states.connected.on['user.credential-changed'] = { target: '#reconnecting.credential' };
    }),
  },
  {
    name: 'a timer is left in exhausted',
    machine: edit((config) => {
      config.states.exhausted.after = { 60000: { target: '#authenticating' } };
    }),
  },
  {
    name: 'auth-failed tries again by itself',
    machine: edit((config) => {
      config.states['auth-failed'].after = { 30000: { target: '#authenticating' } };
    }),
  },
  {
    name: 'disconnect leaves the link open',
    machine: provide({ actions: { hangUp: () => {} } }),
  },
  {
    name: 'nobody waits for an answer with a deadline',
    machine: edit((config) => {
      for (const parent of ['authenticating', 'reconnecting']) {
        delete config.states[parent].states.handshake.after;
      }
    }),
  },
  {
    name: 'a provider that hangs is waited for for ever',
    machine: edit((config) => {
      for (const parent of ['authenticating', 'reconnecting']) {
        delete config.states[parent].states.credential.after;
      }
    }),
  },
  {
    name: 'an outage begins again as a first connection',
    machine: edit((config) => {
      config.states.reconnecting.states.waiting.after.wait = { target: '#authenticating' };
    }),
  },
  {
    name: 'the network comes back and nobody notices',
    machine: edit((config) => {
      config.states.reconnecting.states.offline.on['world.online'] = { actions: 'noteWorld' };
    }),
  },
  {
    name: 'a signal wakes a client that was told to disconnect',
    machine: edit((config) => {
      config.states.idle.on['world.online'] = { target: '#authenticating', actions: ['openLink'] };
    }),
  },
  {
    name: 'a signal is believed, and the link given up without a question',
    machine: edit((config) => {
      health(config).healthy.on['world.visible'] = {
        target: '#reconnecting.scheduling',
        actions: 'noteWorld',
      };
    }),
  },
  {
    name: 'a link that does not answer is asked for ever',
    machine: edit((config) => {
      delete health(config).probing.states.asking.after;
    }),
  },
  {
    name: 'a wake-up asks nothing',
    machine: edit((config) => {
      delete health(config).healthy.on['world.resumed'];
      delete health(config).healthy.on['world.visible'];
    }),
  },
  {
    name: 'the answer to a probe is not heard',
    machine: edit((config) => {
      delete health(config).probing.on['probe.answered'];
    }),
  },
  {
    name: 'a page that was put away does not come back',
    machine: edit((config) => {
      config.states.reconnecting.states.suspended.on['world.resumed'] = { actions: 'noteWorld' };
      config.states.reconnecting.states.suspended.on['world.visible'] = { actions: 'noteWorld' };
    }),
  },
  {
    name: 'a page that is put away goes on trying',
    machine: edit((config) => {
      config.states.reconnecting.states.suspended.after = { 2000: 'credential' };
    }),
  },
  {
    name: 'nothing is renewed',
    machine: provide({ guards: { runsOut: () => false } }),
  },
  {
    name: 'a credential is handed over again before the server has said anything',
    machine: edit((config) => {
      renewal(config).handing.states.asking.after = { lastWord: { target: 'asking', reenter: true } };
    }),
  },
  {
    name: 'a renewal is a connection anew',
    machine: edit((config) => {
      renewal(config).deciding.entry = 'enter';
    }),
  },
  {
    name: 'a renewal that the server refused is taken for done',
    machine: edit((config) => {
      renewal(config).handing.states.asking.on['renewal.refused'] = { target: '#deciding' };
    }),
  },
  {
    name: 'a renewal starts the link over',
    machine: edit((config) => {
      renewal(config).scheduled.after.renewalWait = '#reconnecting.credential';
    }),
  },
  {
    name: 'attempts are counted past the limit',
    machine: provide({ guards: { attemptsAreUsedUp: () => false } }),
  },
  {
    name: 'a server that refuses the credential is asked again and again',
    machine: provide({ guards: { isCredentialRefusedAgain: () => false } }),
  },
];

const limits = { reconnect: { maxAttempts: 4, giveUpAfter: 300_000 } };

/** The budget of one CI run is far larger; a fault that survives this many is a hole in the properties. */
const budget = 2_000;

async function firstFailure(machine: Machine | undefined, runs: number): Promise<fc.RunDetails<[PlanOf]>> {
  return fc.check(
    fc.asyncProperty(plans(), async ({ commands, ...world }) => {
      await run(commands, { ...world, ...(machine && { machine }), options: limits });
    }),
    { numRuns: runs, endOnFailure: true, seed: 20_261_120 },
  );
}

type PlanOf = ReturnType<typeof plansOf> extends fc.Arbitrary<infer P> ? P : never;

describe('[TS-1] a planted fault is found', () => {
  test.each(faults)(
    '$name',
    async ({ machine }) => {
      const details = await firstFailure(machine, budget);
      expect(details.failed, 'the properties let it through').toBe(true);
      expect(details.errorInstance).toBeInstanceOf(BrokenPromise);
    },
    60_000,
  );

  test('and the machine without a fault is not accused', async () => {
    const details = await firstFailure(undefined, 300);
    expect(details.failed).toBe(false);
  }, 60_000);

  test('[LC-7] nor is it when somebody sets the clock back while connected', async () => {
    const statuses = await run([
      { do: 'connect', as: 'alice' },
      { do: 'pass', ms: 10 },
      { do: 'adjustClock', ms: -5_000 },
      { do: 'pass', ms: 6_000 },
      { do: 'drop', because: 'cut' },
    ]);
    expect(statuses.find(({ state }) => state === 'reconnecting')).toMatchObject({ attempt: 1 });
  });
});
