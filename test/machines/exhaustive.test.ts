import { beforeAll, describe, expect, test } from 'vitest';
import { assign } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import type { ConnectionContext } from '../../machines/context.ts';
import type { ConnectionEvent } from '../../machines/events.ts';
import { pathOf, type Snapshot } from './chart-events.ts';
import { type Step, type WalkOptions, walk } from './chart-walk.ts';
import { rows } from './transition-table.ts';
import { meaningOf, words } from './transition-words.ts';

/** One restart in a row instead of five: the chart asks only whether they are used up, and the walk is shorter by that. */
const chart = connectionMachine.provide({
  guards: { mayRestart: ({ context }) => context.restarts < 1 },
});

const but =
  (left: RegExp): WalkOptions['isTried'] =>
  ({ row }) =>
    !left.test(row);

/** One walk with everything would take half a minute, and what is said and what runs out meet in few places. */
const walks = {
  'what is said': { isTried: but(/slowly|in time|line|visible|hidden|frozen|resumed/) },
  'what is said to somebody offline': {
    isTried: ({ row }, state) =>
      pathOf(state) === 'reconnecting.offline' || /^(connect|offline|unavailable)$/.test(row),
  },
  'what runs out': {
    isTried: but(/older|refused one|: (credential|forbidden|superseded|server),/),
  },
  'what the world does to a link': {
    isTried: ({ row }) =>
      /^(connect|granted|opened|no: network, backoff|online|offline|visible|resumed|suspended|alive|a ghost|no sign .*|no last .*|held .*|the wait .*)$/.test(
        row,
      ),
  },
  'without a provider': {
    hasProvider: false,
    resumeOnSignal: false,
    isTried: but(
      /older|refused one|nobody|unavailable|credential in|slowly|offline|hidden|frozen|resumed|suspended/,
    ),
  },
} satisfies Record<string, WalkOptions>;

describe('the whole chart, held against a table written by hand', () => {
  const all: Findings[] = [];
  beforeAll(() => {
    for (const options of Object.values(walks))
      all.push(holdAgainstTable(walk({ machine: chart, ...options })));
  }, 60_000);

  test.each(Object.entries(Object.keys(walks)))('[LC-11] no step differs from the table: %s %s', (index) => {
    expect(all[Number(index)]?.wrong).toEqual([]);
  });

  test('[LC-11] every cell of the table is reached', () => {
    const reached = new Set(all.flatMap(({ cells }) => [...cells]));
    const written = rows.flatMap(({ event, cells }) =>
      Object.keys(cells).flatMap((path) => (cells[path] === '-' ? [] : [`${event} in ${path}`])),
    );
    expect(written.length).toBeGreaterThan(600);
    expect(written.filter((cell) => !reached.has(cell))).toEqual([]);
  });

  test('[LC-11] every meaning of every word of the table is reached', () => {
    const reached = [...new Set(all.flatMap(({ meanings }) => [...meanings]))].sort();
    expect(reached).toEqual(
      [
        ...['later: exhausted', 'later: offline', 'later: waiting'],
        ...['give up: exhausted', 'give up: offline'],
        ...['repair: again', 'repair: failed'],
        ...['restart: again', 'restart: .', 'mends: now', 'mends: .'],
        ...['at once: now', 'at once: exhausted', 'at once: offline', 'at once: waiting'],
        ...['said: again', 'said: failed', 'said: idle', 'said: exhausted', 'said: offline', 'said: waiting'],
        ...['end: exhausted', 'end: failed', 'end: idle', 'end: offline', 'end: waiting'],
        ...['back: start', 'back: .', 'resume: start', 'resume: .'],
        ...['return: now', 'return: offline'],
        ...['ghost: now', 'ghost: exhausted', 'ghost: offline', 'ghost: waiting', 'ghost: .'],
        ...['due: exhausted', 'due: now', 'due: waiting'],
      ].sort(),
    );
  });

  test('[LC-2, LC-8] whoever starts from rest begins at attempt 1, with nothing remembered', () => {
    const memories = new Set(all.flatMap(({ starts }) => [...starts]));
    expect([...memories]).toEqual([
      '{"attempt":1,"delays":0,"hasHurried":false,"restarts":0,"refreshOwed":false,"cause":null,"wait":null,"floor":null,"spent":0}',
    ]);
  });
});

describe('[LC-11] the table finds', () => {
  const few = but(
    /older|long|slowly|sign|another|forbidden|superseded|never|server|frozen|hidden|resumed|nobody|: credential, b/,
  );
  const find = (machine: typeof connectionMachine) => holdAgainstTable(walk({ machine, isTried: few })).wrong;

  test('nothing in the machine as it is', () => {
    expect(find(chart)).toEqual([]);
  });

  test.each([
    ['a link hurries again and again', { guards: { mayRetryAtOnce: hurriesAlways } }],
    ['trying goes on for ever', { guards: { effortIsSpent: () => false } }],
    [
      'a new attempt keeps the number of the old one',
      { actions: { nextEpoch: assign({ dialVerdict: null }) } },
    ],
    ['something is remembered of what is ignored', { actions: { forgive: assign({ refreshOwed: true }) } }],
  ] as [string, never][])('that %s', (_, implementations) => {
    expect(find(chart.provide(implementations))).not.toEqual([]);
  });
});

function hurriesAlways({ context, event }: { context: ConnectionContext; event: ConnectionEvent }): boolean {
  const isLeft = context.world.online && context.attempt < context.policy.maxAttempts;
  return isLeft && 'verdict' in event && event.verdict.retry === 'now';
}

interface Findings {
  /** Steps that the table does not have, or has otherwise. */
  readonly wrong: string[];
  readonly cells: Set<string>;
  readonly meanings: Set<string>;
  readonly starts: Set<string>;
}

function holdAgainstTable(steps: readonly Step[]): Findings {
  const findings: Findings = { wrong: [], cells: new Set(), meanings: new Set(), starts: new Set() };
  for (const step of steps) {
    const path = pathOf(step.from);
    const row = rows.find(({ event }) => event === step.asked.row);
    const word = row?.cells[path] ?? '-';
    const meaning = words[word]?.(step) ?? word;
    const wanted = meaningOf(meaning, step);
    const got = whatCameOf(step, wanted);
    findings.cells.add(`${step.asked.row} in ${path}`);
    if (word !== meaning) findings.meanings.add(`${word}: ${meaning}`);
    if (step.from.hasTag('resting') && !step.to.hasTag('resting'))
      findings.starts.add(memoryOfStart(step.to));
    if (got !== wanted && findings.wrong.length < 10) {
      findings.wrong.push(
        `[${row?.clauses}] ${step.asked.row} in ${path}: ${got}, not ${wanted}\n${tell(step.from)}`,
      );
    }
  }
  return findings;
}

function whatCameOf({ from, to }: Step, wanted: string): string {
  const path = pathOf(to);
  if (to.context.epoch !== from.context.epoch) return `${path}, a new attempt`;
  return wanted.endsWith(', the same') && memoryOf(from) === memoryOf(to) ? `${path}, the same` : path;
}

/** What is remembered, but for the world and the trying time, which every state keeps account of. */
function memoryOf({ context }: Snapshot): string {
  return JSON.stringify({ ...context, ports: null, world: null, effort: null });
}

function memoryOfStart({ context }: Snapshot): string {
  const { attempt, delays, hasHurried, restarts, refreshOwed, cause, wait, floor, effort } = context;
  const { spent } = effort;
  return JSON.stringify({ attempt, delays, hasHurried, restarts, refreshOwed, cause, wait, floor, spent });
}

function tell({ context }: Snapshot): string {
  const { ports: _, policy: __, deadlines: ___, ...rest } = context;
  return JSON.stringify(rest);
}
