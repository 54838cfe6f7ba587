/** One process of a property run: plays its share of the interleavings, tells its progress, and the first failure. */
import fc from 'fast-check';
import { type OptionsInWorld, type Plan, plans, run } from '../src/testing/index.ts';

/** Settings that differ in what decides: patience, waits, whether there is a credential at all, what keeps messages. */
const settings: Readonly<Record<string, OptionsInWorld>> = {
  'the defaults': {},
  'few attempts': { reconnect: { maxAttempts: 3 } },
  'short patience': { reconnect: { giveUpAfter: 45_000, resumeOnSignal: false } },
  'no waits': { reconnect: { first: 0, base: 1, factor: 1, cap: 1, stableAfter: 1_000, maxAttempts: 20 } },
  'own backoff': { reconnect: { backoff: ({ attempt }) => (attempt > 6 ? 'give-up' : 500) } },
  'own classifier': { classify: () => ({ junk: true }) as never },
  'no credential': { credential: false },
  'a small outbox': { outbox: { capacity: { items: 3 }, window: 1, maxResends: 1, ttl: 20_000 } },
  'short acknowledgements': { outbox: { ackTimeout: 800, window: 2 } },
  'renewals that are frequent': { renew: { leadTime: 2_000 }, handshakeTimeout: 5_000 },
  'a late store': (world) => ({ outbox: { store: world.store({ latency: 300 }) } }),
  'a store that fails': (world) => ({ outbox: { store: world.store({ failures: 0.3 }), window: 3 } }),
  'a late store that fails': (world) => ({
    outbox: { store: world.store({ latency: 2_000, failures: 0.3 }), capacity: { items: 4 } },
  }),
};

export interface ShardRequest {
  readonly runs: number;
  readonly seed: number;
  readonly path?: string;
}

export type ShardReport =
  | { readonly kind: 'progress'; readonly runs: number; readonly commands: number }
  | { readonly kind: 'done'; readonly failure: string | null };

const configured: fc.Arbitrary<readonly [Plan, string]> = fc.tuple(
  plans(),
  fc.constantFrom(...(Object.keys(settings) as [string, ...string[]])),
);

// Thousands of errors are made, and nobody looks at where.
Error.stackTraceLimit = 0;

async function play({ runs, seed, path }: ShardRequest): Promise<void> {
  let since = { runs: 0, commands: 0 };
  const flush = () => {
    tell({ kind: 'progress', ...since });
    since = { runs: 0, commands: 0 };
  };
  const details = await fc.check(
    fc.asyncProperty(configured, async ([{ commands, ...world }, name]) => {
      await run(commands, { ...world, options: settings[name] ?? {} });
      since = { runs: since.runs + 1, commands: since.commands + commands.length };
      if (since.runs === 100) flush();
    }),
    { numRuns: runs, seed, ...(path !== undefined && { path }) },
  );
  flush();
  tell({ kind: 'done', failure: details.failed ? report(details) : null });
}

/** Seed, path and the shortest sequence by fast-check; what broke and the story by the run (TS-2). */
function report(details: fc.RunDetails<[readonly [Plan, string]]>): string {
  const error = details.errorInstance;
  return `${fc.defaultReportMessage(details)}\n${error instanceof Error ? error.message : String(error)}`;
}

function tell(report: ShardReport): void {
  process.send?.(report);
}

process.once('message', async (request) => {
  await play(request as ShardRequest);
  process.disconnect();
});
