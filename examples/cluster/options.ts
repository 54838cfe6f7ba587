import { BadOption, numbersIn, parse } from '../shared/command-line.ts';
import { type Plant, plantIn } from './plants/names.ts';

export interface Options {
  /** For how long nodes are killed under load. */
  readonly seconds: number;
  readonly clients: number;
  readonly nodes: number;
  /** Seconds from one kill to the next. */
  readonly killEvery: number;
  /** Messages a second, of all clients together. */
  readonly rate: number;
  /** Handshakes a second that one node takes: the surplus gets slots. */
  readonly admission: number;
  readonly seed: number;
  /** How much of all links is reset each second, in percent. */
  readonly cut: number;
  /** Whether nodes have Socket.IO's connection state recovery as well. */
  readonly recovery: boolean;
  /** Whether Redis is killed as well, in the middle, and started again. */
  readonly killRedis: boolean;
  /** A fault in the nodes, to see that it is found. */
  readonly plant: Plant;
  readonly json: boolean;
}

/** @throws BadOption that says what is allowed. */
export function readOptions(args: readonly string[]): Options {
  const given = parse(args, known);
  const number = numbersIn(given);
  const { json = false, recovery = false, 'kill-redis': killRedis = false } = given;
  const plant = plantIn(given.plant);
  const nodes = number('nodes', 3, 1, 20);
  const cut = number('cut', 0, 0, 100);
  if (cut > 0 && nodes === 1) throw new BadOption('--cut needs a proxy, which a single node does not have.');
  return {
    seconds: number('seconds', 20, 1, 86_400),
    clients: number('clients', 300, 2, 10_000),
    nodes,
    killEvery: number('kill-every', 4, 1, 3_600),
    rate: number('rate', 100, 1, 10_000),
    admission: number('admission', 300, 1, 100_000),
    seed: number('seed', Math.floor(Math.random() * 2 ** 31), 0, 2 ** 31),
    cut,
    recovery,
    killRedis,
    plant,
    json,
  };
}

export const usage = `npm run cluster -- [options]
  --seconds N     for how long nodes are killed under load (20)
  --clients N     clients, a fresh user each (300)
  --nodes N       servers behind the proxy (3); a single one has none before it
  --kill-every N  seconds from one kill -9 to the next (4)
  --rate N        messages a second, of all clients together (100)
  --admission N   handshakes a second that a node takes; who is more is given a slot (300)
  --seed N        the same choice of rooms, authors and victims again; the timing is the machine's
  --cut N         percent of all links that are reset each second (0)
  --recovery      nodes with Socket.IO's connection state recovery as well
  --kill-redis    once, in the middle, Redis gets kill -9 too, and is started again
  --plant NAME    a fault in the nodes, to see that it is found: early, no-id
  --json          the figures as JSON; what happens is told on stderr
  --help          this`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean' } as const;
const known = {
  seconds: text,
  clients: text,
  nodes: text,
  'kill-every': text,
  rate: text,
  admission: text,
  seed: text,
  plant: text,
  cut: text,
  recovery: flag,
  'kill-redis': flag,
  json: flag,
};
