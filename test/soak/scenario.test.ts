import { expect, test } from 'vitest';
import { networkFaults, scenario, type World } from '../../soak/world/scenario.ts';

const world: World = { seed: 7, until: 20 * 60_000, groups: 50, nodes: 3, users: 4_000, pace: 1 };
const steps = [...scenario(world)];

test('the same seed gives the same faults at the same times, another one gives others', () => {
  expect([...scenario(world)]).toEqual(steps);
  expect([...scenario({ ...world, seed: 8 })]).not.toEqual(steps);
});

test('they come in order of time, and all are healed when the time is over', () => {
  const times = steps.map(({ at }) => at);
  expect(times).toEqual([...times].sort((one, other) => one - other));
  for (const step of steps) {
    const end = step.at + (step.kind === 'network' ? step.lasts : 0);
    expect(end).toBeLessThanOrEqual(world.until);
  }
});

test('no group is struck while it is struck already', () => {
  const healedAt = new Map<number, number>();
  for (const step of steps) {
    if (step.kind !== 'network') continue;
    expect(step.at).toBeGreaterThanOrEqual(healedAt.get(step.group) ?? 0);
    healedAt.set(step.group, step.at + step.lasts);
  }
});

test('the first node is spared, the others die and drain', () => {
  const falls = steps.flatMap((step) => (step.kind === 'node' ? `${step.fate} ${step.node}` : []));
  expect(new Set(falls)).toEqual(new Set(['kill 1', 'kill 2', 'drain 1', 'drain 2']));
});

test.each([world.until, 12_000])(
  'in %i ms everything happens to the network, and a node dies and another one drains',
  (until) => {
    const kinds = [...scenario({ ...world, until, groups: 8, users: 120 })].map((step) => {
      if (step.kind === 'kick') return step.kind;
      return step.kind === 'network' ? step.fault : step.fate;
    });
    expect(kinds).toEqual(expect.arrayContaining([...Object.keys(networkFaults), 'kill', 'drain']));
  },
);
