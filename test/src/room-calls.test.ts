import { describe, expect, test } from 'vitest';
import type { Call, Dialect } from '../../src/dialect/dialect.ts';
import { HoldfastError, LinkCallError, plain } from '../../src/index.ts';
import { type RoomAnswer, RoomCalls, unansweredFailure } from '../../src/room-calls.ts';
import { createVirtualClock, settlePromises } from '../../src/testing/index.ts';

const [a, b] = [{ name: 'a' }, { name: 'b' }];

function throwing(): never {
  throw new Error('broken');
}

/** Calls on a link whose server answers nothing by itself. */
function stand(
  dialect: Partial<Dialect> = {},
  { answered }: { answered?: (room: string, calls: { end(): void }) => void } = {},
) {
  const clock = createVirtualClock();
  const told: string[] = [];
  const problems: { message: string; hint: string }[] = [];
  const calls = new RoomCalls<{ name: string }>(
    {
      dialect: { ...plain(), ...dialect },
      problems: { report: (problem) => problems.push(problem) },
      desk: { redact: (said) => said },
      clock,
      ackTimeout: 1_000,
    },
    { call: () => new Promise(() => {}) },
    {
      answered(room: { name: string }, answer: RoomAnswer) {
        told.push(`${room.name} ${answer.event}`);
        answered?.(room.name, calls);
      },
      settled: () => told.push('settled'),
    },
  );
  const begin = (act: (batch: ReturnType<typeof calls.open>) => void) => {
    const batch = calls.open();
    act(batch);
    batch.seal();
    return settlePromises();
  };
  const messages = () => problems.map(({ message }) => message);
  return { calls, clock, told, problems, messages, begin };
}

describe('the calls for rooms', () => {
  test('[LC-13] that were made together settle together, once, also if one of them fails at once', async () => {
    const fates: Record<string, () => Promise<unknown>> = { a: throwing, b: async () => ({}) };
    const s = stand({ join: (room) => fates[room]!() });
    await s.begin((batch) => {
      batch.ask('join', a);
      batch.ask('join', b);
    });
    expect(s.told).toEqual(['a unanswered', 'b joined', 'settled']);
    expect(s.clock.pending).toBe(0);
  });

  test('[LC-13] say nothing after the end of the link, also if the last answer brought it about', async () => {
    const s = stand({ join: async () => ({}) }, { answered: (_, calls) => calls.end() });
    await s.begin((batch) => {
      batch.ask('join', a);
      batch.ask('join', b);
    });
    await s.clock.advance(10_000);
    expect(s.told).toEqual(['a joined']);
  });

  test('[RM-1] that come after the end of the link are told that it is not open', async () => {
    let late: Call | undefined;
    const s = stand({
      join: (_, call) => {
        late = call;
        return new Promise(() => {});
      },
    });
    await s.begin((batch) => batch.ask('join', a));
    s.calls.end();
    const thrown = await late!('again').catch((each) => each);
    expect(thrown).toBeInstanceOf(LinkCallError);
    expect(thrown).toMatchObject({ reason: 'not-open' });
  });

  test('[LC-13] that fail after their deadline are no news any more', async () => {
    const rejects: ((thrown: unknown) => void)[] = [];
    const s = stand({ join: () => new Promise((_, reject) => rejects.push(reject)) });
    await s.begin((batch) => batch.ask('join', a));
    await s.clock.advance(1_000);
    rejects[0]!(new Error('late'));
    await settlePromises();
    expect(s.told).toEqual(['a unanswered', 'settled']);
    expect(s.problems).toEqual([]);
  });

  test('[LC-13] of which the second answer cannot be read: the first counts, and nothing escapes', async () => {
    const answers = Object.defineProperty([{}, {}], 1, { get: throwing });
    const s = stand({});
    await s.begin((batch) => batch.joinAll([a, b], async () => answers));
    expect(s.told).toEqual(['a joined', 'b unanswered', 'settled']);
    expect(s.messages()).toEqual(['`dialect.joinAll` threw: Error: broken']);
  });

  test('[LC-13] whose answers have a length that throws are unanswered, and nothing escapes', async () => {
    const answers = new Proxy([{}], {
      get: (all, key) => (key === 'length' ? throwing() : Reflect.get(all, key)),
    });
    const s = stand({});
    await s.begin((batch) => batch.joinAll([a, b], async () => answers));
    expect(s.told).toEqual(['a unanswered', 'b unanswered', 'settled']);
    expect(s.messages()).toEqual(['`dialect.joinAll` threw: Error: broken']);
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a number', 5],
    ['an object', {}],
  ])('[ER-1, LC-13] a function that gives %s is told what to give instead', async (_, given) => {
    const s = stand({ join: () => given as never });
    await s.begin((batch) => batch.ask('join', a));
    expect(s.problems).toEqual([
      expect.objectContaining({
        message: '`dialect.join` did not give a promise of the answer',
        hint: 'Return a promise of the answer from it.',
      }),
    ]);
    expect(s.problems[0]).toBeInstanceOf(HoldfastError);
  });

  test.each<[unknown, string]>([
    ['yes', 'an array of answers'],
    [[{}], 'as many answers as there are rooms'],
  ])(
    '[ER-1, LC-13] one that takes many rooms and gives %j is told what to give instead',
    async (given, expected) => {
      const s = stand({});
      await s.begin((batch) => batch.joinAll([a, b], (async () => given) as never));
      expect(s.problems).toEqual([
        expect.objectContaining({
          message: `\`dialect.joinAll\` did not give ${expected}`,
          hint: `Return ${expected} from it.`,
        }),
      ]);
    },
  );

  test('[ER-1, LC-13] one that reads answers and gives junk is told what to give, and refuses no room', async () => {
    const s = stand({ join: async () => ({}), readAnswer: () => ({ ok: 'no', error: 'no' }) as never });
    await s.begin((batch) => batch.ask('join', a));
    expect(s.told).toEqual(['a unanswered', 'settled']);
    expect(s.messages()).toEqual([
      '`dialect.readAnswer` did not give { ok: true, value } or { ok: false, error, retryable }',
    ]);
  });
});

test.each<[string[], string]>([
  [['a'], 'the room "a"'],
  [['a', 'b'], 'the rooms "a", "b"'],
  [['a', 'b', 'c'], 'the rooms "a", "b", "c"'],
  [['a', 'b', 'c', 'd'], 'the rooms "a", "b", "c" and 1 more'],
])('[RM-1, ER-2] %j left unanswered are told as %s', (names, shown) => {
  const { code, message } = unansweredFailure(names);
  expect(code).toBe('rooms-unanswered');
  expect(message).toContain(`about ${shown}; asked again`);
});
