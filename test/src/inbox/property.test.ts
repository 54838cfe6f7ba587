import { describe, expect, test } from 'vitest';
import { type Behaviour, behaviours, MissedWorld } from '../../support/missed-world.ts';
import { fc } from '../../support/properties.ts';

type Step = (world: MissedWorld) => void | Promise<void>;

const streams = fc.constantFrom('a', 'b', 'c');

/** Named, so that a counterexample can be read. */
function step(name: string, run: Step): Step {
  return Object.assign(run, { [fc.toStringMethod]: () => name });
}

const publish = fc
  .tuple(streams, fc.constantFrom('arrives', 'arrives', 'arrives', 'arrives twice', 'is late', 'is dropped'))
  .map(([stream, how]) =>
    step(`one of ${stream} ${how}`, (world) => world.publish(stream, how as 'arrives')),
  );
const edit = fc
  .tuple(streams, fc.nat(20))
  .map(([stream, index]) => step(`edit ${stream}[${index}]`, (world) => world.edit(stream, index)));
const pass = fc
  .constantFrom(0, 100, 600, 1_000, 5_000)
  .map((ms) => step(`${ms} ms pass`, (world) => world.pass(ms)));
const lose = fc.constant(step('lose', (world) => world.lose()));
const open = fc.boolean().map((recovered) => step(`open ${recovered}`, (world) => world.open(recovered)));
const user = fc.constantFrom(
  step('connect alice', (world) => world.connect('alice')),
  step('connect bob', (world) => world.connect('bob')),
  step('disconnect', (world) => world.disconnect()),
  step('retry', (world) => world.retry()),
);

function steps(allowed: readonly Behaviour[]) {
  const behave = fc.constantFrom(...allowed).map((behaviour) =>
    step(`sync ${behaviour}`, (world) => {
      world.behaviour = behaviour;
    }),
  );
  return fc.array(
    fc.oneof(
      { weight: 8, arbitrary: publish },
      { weight: 2, arbitrary: edit },
      { weight: 4, arbitrary: pass },
      { weight: 2, arbitrary: lose },
      { weight: 4, arbitrary: open },
      { weight: 2, arbitrary: behave },
      { weight: 1, arbitrary: user },
    ),
    { maxLength: 60, size: 'max' },
  );
}

async function run(plan: readonly Step[]): Promise<MissedWorld> {
  const world = new MissedWorld();
  for (const each of plan) {
    await each(world);
    await world.pass(0);
  }
  world.connect(world.identity);
  await world.heal();
  expect(world.isLive).toBe(true);
  expect(world.reader.faults).toEqual([]);
  return world;
}

test('the world gives a long answer the turns that it needs', async () => {
  const many = Array.from({ length: 100 }, () =>
    step('one is missed', (world) => world.publish('a', 'arrives')),
  );
  const iterable = step('sync async iterable', (world) => {
    world.behaviour = 'async iterable';
  });
  const [lost, opened] = [step('lose', (w) => w.lose()), step('open', (w) => w.open(false))];
  const arrives = step('one arrives', (world) => world.publish('a', 'arrives'));
  const later = step('5 s pass', (world) => world.pass(5_000));
  const world = await run([iterable, arrives, lost, ...many, later, opened, later]);
  expect(world.reader.missesOf(world.log())).toEqual([]);
  expect(world.reader.gaps).toEqual([]);
});

describe('whatever the line and the server do', () => {
  test('[MS-3, MS-4, SY-1, SY-2, ID-1] with an honest sync each message comes once, in order, and none is missing', async () => {
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(steps(behaviours.good), async (plan) => {
        const world = await run(plan);
        asked += world.requests.length;
        expect(world.reader.missesOf(world.log())).toEqual([]);
        expect(world.reader.gaps).toEqual([]);
      }),
      { numRuns: 500 },
    );
    expect(asked).toBeGreaterThan(1_000);
  }, 60_000);

  test('[MS-3, MS-4, SY-1, SY-2, SY-3, ID-1, LC-13] with a bad one no hole is untold, and what fails is brought later', async () => {
    const reasons = new Set<string>();
    await fc.assert(
      fc.asyncProperty(steps([...behaviours.good, ...behaviours.bad]), async (plan) => {
        const world = await run(plan);
        for (const { reason } of world.reader.gaps) reasons.add(reason);
        expect(world.reader.missesOf(world.log())).toEqual([]);
        // What waited while the app was asked to load everything may have holes that nobody fills any more.
        const isReloaded = world.reader.gaps.some(({ reload }) => reload);
        if (!isReloaded) expect(world.reader.holes()).toEqual([]);
      }),
      { numRuns: 1_000 },
    );
    expect([...reasons].sort()).toEqual(['cursor-unknown', 'failed', 'sequence']);
  }, 60_000);
});
