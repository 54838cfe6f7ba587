import { expect, test } from 'vitest';
import { contenders } from '../../../bench/recover/contenders.ts';
import { around, browserLanes, nodeLanes } from '../../../bench/recover/lanes.ts';
import { entrantsOf } from '../../../bench/recover/run-lane.ts';

const lanes = [...nodeLanes, ...browserLanes];

test('outages lie evenly around what they are called by', () => {
  const outages = around(10_000, 5);
  expect(outages).toEqual([8_000, 9_000, 10_000, 11_000, 12_000]);
  expect(around(3_000, 1)).toEqual([3_000]);
});

test('every lane has five rounds or more, and a name of its own', () => {
  for (const { outages, abreast } of lanes) expect(outages.length * abreast).toBeGreaterThanOrEqual(5);
  expect(new Set(lanes.map(({ name }) => name)).size).toBe(lanes.length);
});

test('everybody takes part, but who has no heartbeat cannot wake to a dead link', () => {
  for (const lane of lanes) {
    const left = contenders.filter((contender) => !entrantsOf(lane).includes(contender));
    expect(left.map(({ name }) => name)).toEqual(lane.fault === 'wake' ? ['partysocket'] : []);
  }
});
