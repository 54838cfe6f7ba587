import { expect, test } from 'vitest';
import { median } from '../../../bench/harness.ts';
import { cellsOf, type Round, rowsOf, share, targetOf } from '../../../bench/recover/figures.ts';

const rounds: Round[] = [
  { 'socket.io-client': [900, 1_000, 1_100], holdfast: [400, 500, 900] },
  { 'socket.io-client': [1_200, 1_200, 1_200], holdfast: [300, 300, 300] },
];

test('of a share the nearest rank counts: a value that was measured', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(share(hundred, 0.95)).toBe(95);
  expect(share([7, 5], 0.95)).toBe(7);
  expect(share([5], 0.01)).toBe(5);
});

test('a cell has every client of every round, and a ratio of the medians for each round', () => {
  const [others, own] = cellsOf('cut', rounds);
  expect(others).toMatchObject({ contender: 'socket.io-client', ratios: [1, 1], median: 1_150, p95: 1_200 });
  expect(own).toMatchObject({ contender: 'holdfast', ratios: [2, 4], median: 350, p95: 900 });
  expect(own?.times).toHaveLength(6);
});

test('who did not take part has no cell, rather than an empty one', () => {
  expect(cellsOf('cut', rounds).map(({ contender }) => contender)).toEqual(['socket.io-client', 'holdfast']);
});

test('a target is met by every lane that it names, or not at all', () => {
  const cells = [
    ...cellsOf('cut', rounds),
    ...cellsOf('slow', [{ 'socket.io-client': [300], holdfast: [200] }]),
  ];
  expect(targetOf(cells, ['cut'], 3)).toMatchObject({ found: '3.00', isMet: true });
  expect(targetOf(cells, ['cut'], 3.01)).toMatchObject({ isMet: false });
  expect(targetOf(cells, ['cut', 'slow'], 1.6)).toMatchObject({ found: '3.00; 1.50', isMet: false });
  expect(() => targetOf(cells, ['another'], 1)).toThrow('another');
});

test('the rows tell the ratio of all but of the one that they are compared with', () => {
  const [others, own] = cellsOf('cut', rounds).map(rowsOf);
  expect(others?.map(({ name }) => name)).toEqual([
    'cut: socket.io-client',
    'cut: socket.io-client, 95 % back',
  ]);
  expect(own?.at(-1)).toMatchObject({ median: median([2, 4]), least: 2, most: 4 });
});
