import { expect, test } from 'vitest';
import { BadOption } from '../../examples/shared/command-line.ts';
import { readOptions } from '../../soak/options.ts';

test('without options there are defaults, and a seed of its own', () => {
  const { seed, ...options } = readOptions([]);
  expect(seed).toBeGreaterThanOrEqual(0);
  expect(options).toEqual({
    minutes: 2,
    clients: 2_000,
    nodes: 3,
    rate: 50,
    pace: 75,
    every: 5,
    plant: 'none',
  });
});

test('what is given is taken', () => {
  const args = '--minutes 0.5 --clients 60 --nodes 4 --rate 20 --seed 7 --pace 30 --every 1 --plant early';
  expect(readOptions(args.split(' '))).toEqual({
    minutes: 0.5,
    clients: 60,
    nodes: 4,
    rate: 20,
    seed: 7,
    pace: 30,
    every: 1,
    plant: 'early',
  });
});

test.each([
  ['--minutes 0', '--minutes takes a number from 0.1 to 10080, not "0".'],
  ['--minutes soon', '--minutes takes a number from 0.1 to 10080, not "soon".'],
  ['--minutes', "Option '--minutes <value>' argument missing"],
  ['--clients 1.5', '--clients takes a whole number from 2 to 20000, not "1.5".'],
  ['--nodes 1', '--nodes takes a whole number from 2 to 20, not "1".'],
  ['--plant weeds', '--plant takes one of none, early, no-id, slow-answer, not weeds.'],
  ['--minute 2', "Unknown option '--minute'"],
  ['2', "Unexpected argument '2'"],
])('%s is refused, and says what is allowed', (args, message) => {
  expect(() => readOptions(args.split(' '))).toThrow(BadOption);
  expect(() => readOptions(args.split(' '))).toThrow(message);
});
