import { expect, test } from 'vitest';
import { victims } from '../../../examples/cluster/play/killer.ts';
import { createRandom } from '../../../src/testing/random.ts';

function first(count: number, nodes: number, seed = 1): readonly (readonly number[])[] {
  const choice = victims(nodes, createRandom(seed));
  return Array.from({ length: count }, () => choice.next().value);
}

test('[SV-7] every node dies, in turns, and now and then two at once', () => {
  const kills = first(12, 3);
  expect(kills.map(([node]) => node)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]);
  expect(kills.map(({ length }) => length)).toEqual([1, 1, 1, 2, 1, 1, 1, 2, 1, 1, 1, 2]);
});

test('[SV-7] of several never do all die: of two one at a time, of three two different ones', () => {
  expect(first(40, 2).every(({ length }) => length === 1)).toBe(true);
  for (let seed = 0; seed < 50; seed += 1)
    for (const kill of first(8, 3, seed)) expect(new Set(kill).size).toBe(kill.length);
});

test('[SV-7] a single node dies each time', () => {
  expect(first(5, 1)).toEqual([[0], [0], [0], [0], [0]]);
});

test('[SV-7] the same seed chooses the same', () => {
  expect(first(20, 5, 3)).toEqual(first(20, 5, 3));
});
