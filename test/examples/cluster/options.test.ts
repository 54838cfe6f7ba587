import { expect, test } from 'vitest';
import { readOptions } from '../../../examples/cluster/options.ts';
import { BadOption } from '../../../examples/shared/command-line.ts';

test('without options there are defaults, and a seed of its own', () => {
  const { seed, ...options } = readOptions([]);
  expect(seed).toBeGreaterThanOrEqual(0);
  expect(options).toEqual({
    seconds: 20,
    clients: 300,
    nodes: 3,
    killEvery: 4,
    rate: 100,
    admission: 300,
    cut: 0,
    recovery: false,
    killRedis: false,
    plant: 'none',
    json: false,
  });
});

test('what is given is taken', () => {
  const args =
    '--seconds 60 --clients 50 --nodes 5 --kill-every 10 --rate 20 --admission 50 --seed 7 --cut 5 --recovery --kill-redis --plant early --json';
  expect(readOptions(args.split(' '))).toEqual({
    seconds: 60,
    clients: 50,
    nodes: 5,
    killEvery: 10,
    rate: 20,
    admission: 50,
    seed: 7,
    cut: 5,
    recovery: true,
    killRedis: true,
    plant: 'early',
    json: true,
  });
});

test.each([
  ['--seconds 0', '--seconds takes a whole number from 1 to 86400, not "0".'],
  ['--seconds', "Option '--seconds <value>' argument missing"],
  ['--nodes 0', '--nodes takes a whole number from 1 to 20, not "0".'],
  ['--clients 1.5', '--clients takes a whole number from 2 to 10000, not "1.5".'],
  ['--kill-every often', '--kill-every takes a whole number from 1 to 3600, not "often".'],
  ['--nodes 1 --cut 5', '--cut needs a proxy, which a single node does not have.'],
  ['--plant weeds', '--plant takes one of none, early, no-id, slow-answer, not weeds.'],
  ['--second 60', "Unknown option '--second'"],
  ['60', "Unexpected argument '60'"],
])('%s is refused, and says what is allowed', (args, message) => {
  expect(() => readOptions(args.split(' '))).toThrow(BadOption);
  expect(() => readOptions(args.split(' '))).toThrow(message);
});
