import { type Plant, plantIn } from '../examples/cluster/plants/names.ts';
import { BadOption, numbersIn, parse } from '../examples/shared/command-line.ts';

export interface Options {
  /** For how long everything goes wrong. A part of one will do. */
  readonly minutes: number;
  readonly clients: number;
  readonly nodes: number;
  /** Messages a second, of all clients together. */
  readonly rate: number;
  readonly seed: number;
  /** How much goes wrong, in percent of what two cores about bear with 2,000 clients. */
  readonly pace: number;
  /** Seconds from one line of figures to the next. */
  readonly every: number;
  /** A fault in the nodes, to see that it is found. */
  readonly plant: Plant;
}

/** @throws BadOption that says what is allowed. */
export function readOptions(args: readonly string[]): Options {
  const given = parse(args, known);
  const number = numbersIn(given);
  const plant = plantIn(given.plant);
  const clients = number('clients', 2_000, 2, 20_000);
  return {
    minutes: minutesIn(given.minutes),
    clients,
    nodes: number('nodes', 3, 2, 20),
    rate: number('rate', Math.max(1, Math.ceil(clients / 40)), 1, 10_000),
    seed: number('seed', Math.floor(Math.random() * 2 ** 31), 0, 2 ** 31),
    pace: number('pace', 75, 1, 1_000),
    every: number('every', 5, 1, 3_600),
    plant,
  };
}

export const usage = `npm run soak -- [options]
  --minutes N   for how long everything goes wrong (2); 0.5 is half of one
  --clients N   clients, two users each (2,000)
  --nodes N     servers; the first of them lives on, the others die or drain in turns (3)
  --rate N      messages a second, of all clients together (one in 40 seconds each)
  --seed N      the same faults again, for the same options; the timing is the machine's
  --pace N      how much goes wrong, in percent of what two cores about bear with 2,000 clients (75)
  --every N     seconds from one line of figures to the next (5)
  --plant NAME  a fault in the nodes, to see that it is found: early, no-id
  --help        this`;

const text = { type: 'string' } as const;
const known = {
  minutes: text,
  clients: text,
  nodes: text,
  rate: text,
  seed: text,
  pace: text,
  every: text,
  plant: text,
};

function minutesIn(given: string | undefined): number {
  if (given === undefined) return 2;
  const minutes = Number(given);
  if (given.trim() !== '' && minutes >= 0.1 && minutes <= 10_080) return minutes;
  throw new BadOption(`--minutes takes a number from 0.1 to 10080, not ${JSON.stringify(given)}.`);
}
