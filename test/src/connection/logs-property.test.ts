import { expect, test } from 'vitest';
import { LogWorld } from '../../support/log-world.ts';
import { fc } from '../../support/properties.ts';

const rooms = ['a', 'b', 'c'] as const;

/** What one client should have heard of a room: everything from its joins to its leaves. */
class Expectation {
  #next = 0;
  /** Said while the client was known to be a member: it must come, or a reload be told. */
  due: string[] = [];
  readonly said = new Set<string>();

  text(room: string): string {
    this.#next += 1;
    const text = `${room}${this.#next}`;
    this.said.add(text);
    return text;
  }
}

interface Run {
  readonly world: LogWorld;
  readonly expectation: Expectation;
  /** Rooms that the client has been in without a break since the server let it in. */
  readonly members: Set<string>;
  hasLostLogs: boolean;
}

type Step = (run: Run) => void | Promise<void>;

function step(name: string, run: Step): Step {
  return Object.assign(run, { [fc.toStringMethod]: () => name });
}

const room = fc.constantFrom(...rooms);
const say = fc.tuple(room, fc.integer({ min: 1, max: 4 })).map(([name, count]) =>
  step(`say ${count} in ${name}`, ({ world, expectation, members }) => {
    for (let index = 0; index < count; index += 1) {
      const text = expectation.text(name);
      if (members.has(name)) expectation.due.push(text);
      world.say(name, text);
    }
  }),
);
const sayToOthers = room.map((name) =>
  step(`say past in ${name}`, ({ world, expectation }) => void world.say(name, expectation.text(name), true)),
);
const join = room.map((name) => step(`join ${name}`, ({ world }) => void world.join(name)));
const leave = room.map((name) =>
  step(`leave ${name}`, ({ world, members, expectation }) => {
    members.delete(name);
    expectation.due = expectation.due.filter((text) => !text.startsWith(name) || world.texts.includes(text));
    world.connection.leave(name);
  }),
);
const lose = fc.constant(step('lose', ({ world }) => world.lose()));
const network = fc.constantFrom('up', 'down').map((state) =>
  step(`network ${state}`, ({ world }) => {
    world.network = state as 'up';
  }),
);
const haunt = fc.constant(
  step('haunt', ({ world }) => {
    world.haunt();
    world.signal('visible');
  }),
);
const slowness = fc.constantFrom(0, 5, 50, 3_000).map((ms) =>
  step(`the server takes ${ms} ms`, ({ world }) => {
    world.slowness = ms;
  }),
);
const page = fc.constantFrom(1, 3, 100).map((size) =>
  step(`pages of ${size}`, ({ world }) => {
    world.page = size;
  }),
);
const mute = fc
  .constantFrom('holdfast:hello', 'holdfast:join')
  .map((event) => step(`no ${event}`, ({ world }) => void world.mute.add(event)));
const rename = room.map((name) => step(`rename ${name}`, ({ world }) => world.rename(name)));
const pass = fc
  .constantFrom(1, 5, 11, 25, 100, 2_000, 15_000)
  .map((ms) => step(`${ms} ms pass`, ({ world }) => world.clock.advance(ms)));
const forget = fc.tuple(room, fc.constantFrom('trim', 'wipe')).map(([name, what]) =>
  step(`${what} ${name}`, (run) => {
    run.hasLostLogs = true;
    run.world[what as 'trim'](name);
  }),
);

function plans(...more: fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof(
      { weight: 8, arbitrary: say },
      { weight: 2, arbitrary: sayToOthers },
      { weight: 2, arbitrary: join },
      { weight: 1, arbitrary: leave },
      { weight: 3, arbitrary: lose },
      { weight: 2, arbitrary: network },
      { weight: 1, arbitrary: haunt },
      { weight: 1, arbitrary: slowness },
      { weight: 1, arbitrary: page },
      { weight: 1, arbitrary: mute },
      { weight: 1, arbitrary: rename },
      { weight: 8, arbitrary: pass },
      ...more.map((arbitrary) => ({ weight: 1, arbitrary })),
    ),
    { maxLength: 60, size: 'max' },
  );
}

function hasFailed({ gaps }: LogWorld): boolean {
  return gaps.some(({ reason }) => reason === 'failed');
}

async function play(plan: readonly Step[]): Promise<Run> {
  const run: Run = {
    world: new LogWorld(),
    expectation: new Expectation(),
    members: new Set(),
    hasLostLogs: false,
  };
  const { world, members } = run;
  world.connection.rooms$.subscribe((states) => {
    for (const [name, { state }] of states) if (state === 'joined') members.add(name);
  });
  world.join('a');
  world.connection.connect('alice');
  for (const each of plan) {
    await each(run);
    await world.clock.advance(0);
  }
  await world.settle();
  expect(world.connection.getStatus()).toMatchObject({ state: 'connected', phase: 'live' });
  expect(new Set(world.texts).size, 'a message came twice').toBe(world.texts.length);
  // A server that does not answer is told of, and what it did not give comes with the next link, late.
  for (const name of hasFailed(world) ? [] : rooms) {
    const numbers = world.heard.filter((said) => said.room === name).map(({ text }) => Number(text.slice(1)));
    expect(numbers, 'out of order').toEqual([...numbers].sort((one, other) => one - other));
  }
  await world.connection.dispose();
  return run;
}

test('[SV-8, RM-4, SY-1, MS-4] every message of a room comes once, in order, whatever line and server do', async () => {
  let due = 0;
  await fc.assert(
    fc.asyncProperty(plans(), async (plan) => {
      const { world, expectation } = await play(plan);
      due += expectation.due.length;
      expect(expectation.due.filter((text) => !world.texts.includes(text))).toEqual([]);
      if (!hasFailed(world)) expect(world.gaps).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
  expect(due).toBeGreaterThan(2_000);
}, 120_000);

test('[SV-8, SY-3] with logs that are lost, what does not come was told to be missing', async () => {
  let reloads = 0;
  await fc.assert(
    fc.asyncProperty(plans(forget, forget), async (plan) => {
      const { world, expectation } = await play(plan);
      const isMissing = expectation.due.some((text) => !world.texts.includes(text));
      reloads += world.gaps.length;
      if (isMissing) expect(world.gaps).not.toEqual([]);
    }),
    { numRuns: 1_000 },
  );
  expect(reloads).toBeGreaterThan(100);
}, 120_000);

/** What no server of ours says: anything, or the truth with something else in it. */
const lies = fc.oneof(
  fc.anything(),
  fc.tuple(fc.nat(8), fc.anything()).map(([at, junk]) => new Lie(at, junk)),
);

class Lie {
  readonly at: number;
  readonly junk: unknown;

  constructor(at: number, junk: unknown) {
    this.at = at;
    this.junk = junk;
  }

  /** Puts the junk in the place of the value that is the `at`-th one met. */
  in(truth: unknown): unknown {
    let met = 0;
    return JSON.parse(JSON.stringify(truth), (_, value) => {
      met += 1;
      return met === this.at ? this.junk : value;
    });
  }
}

test('[SV-8, RM-4, LC-13] whatever the server says, nothing throws, and an honest one is believed again after it', async () => {
  await fc.assert(
    fc.asyncProperty(plans(), fc.array(lies, { minLength: 1, maxLength: 5 }), async (plan, told) => {
      const world = new LogWorld();
      const run = { world, expectation: new Expectation(), members: new Set<string>(), hasLostLogs: false };
      let next = 0;
      world.lie = (truth) => {
        const lie = told[next++ % told.length];
        return lie instanceof Lie ? lie.in(truth) : lie;
      };
      world.join('a');
      world.connection.connect('alice');
      for (const each of plan) {
        await each(run);
        await world.clock.advance(0);
      }
      world.lie = (truth) => truth;
      for (const name of rooms) world.connection.leave(name);
      await world.settle();
      const membership = world.join('a');
      await world.clock.advance(1_000);
      expect(membership.state).toEqual({ state: 'joined' });
      const text = run.expectation.text('a');
      world.say('a', text);
      await world.clock.advance(1_000);
      expect(world.texts.at(-1)).toBe(text);
      await world.connection.dispose();
    }),
    { numRuns: 500 },
  );
}, 120_000);
