import { createRandom } from '../../src/testing/random.ts';

/** What goes wrong next, and when: `at` and `lasts` in ms. */
export type Step =
  | {
      readonly at: number;
      readonly kind: 'network';
      readonly group: number;
      readonly fault: NetworkFault;
      readonly lasts: number;
    }
  | { readonly at: number; readonly kind: 'node'; readonly node: number; readonly fate: Fate }
  | { readonly at: number; readonly kind: 'kick'; readonly user: number; readonly code: KickCode };

/** It gets `kill -9`, or it drains; either way it is started again. */
export type Fate = 'kill' | 'drain';

export type KickCode = 'forbidden' | 'expired';

/** `momentary` faults end links and are over; the others go on until they are healed. */
export const networkFaults = {
  cut: 'momentary',
  reset: 'momentary',
  abandon: 'momentary',
  blackhole: 'lasting',
  'hears-nothing': 'lasting',
  'is-not-heard': 'lasting',
  slow: 'lasting',
  refuse: 'lasting',
} as const;
export type NetworkFault = keyof typeof networkFaults;

export interface World {
  readonly seed: number;
  /** ms. Nothing begins after it, and what lasts is healed by then. */
  readonly until: number;
  /** Groups of clients, each behind a proxy of its own. */
  readonly groups: number;
  /** The first of them, number 0, is spared: it shows what a long life does to a node. */
  readonly nodes: number;
  readonly users: number;
  /** How much goes wrong: the pauses below are those of 1. */
  readonly pace: number;
}

/** Everything that happens to network and nodes, in order of time. The same for the same world. */
export function* scenario(world: World): Generator<Step, void> {
  const sources = [networkSteps(world), nodeSteps(world), kickSteps(world)];
  const heads = sources.map((source) => source.next());
  for (;;) {
    let first = -1;
    for (const [index, head] of heads.entries()) {
      if (head.done !== true && (first < 0 || head.value.at < (heads[first]?.value?.at ?? 0))) first = index;
    }
    const head = heads[first];
    if (head === undefined || head.done === true) return;
    yield head.value;
    heads[first] = (sources[first] as Generator<Step, void>).next();
  }
}

/** ms between two faults of one group, in the mean. */
const networkPause = 90_000;
const shortest = 3_000;
const longest = 45_000;

function* networkSteps({ seed, until, groups, pace }: World): Generator<Step, void> {
  const random = createRandom(seed);
  const kinds = inTurns(Object.keys(networkFaults) as NetworkFault[], random);
  // In a short run more happens, so that everything does.
  const pause = Math.min(networkPause / pace, until / 4);
  /** When each group is itself again. */
  const healedAt = new Map<number, number>();
  for (let at = 0; ; ) {
    at += exponential(random, pause / groups);
    if (at >= until) return;
    const group = Math.floor(random() * groups);
    const length = Math.min(shortest + random() * (longest - shortest), until / 3);
    if ((healedAt.get(group) ?? 0) > at) continue;
    const fault = kinds.next().value;
    const lasts = networkFaults[fault] === 'momentary' ? 0 : Math.min(length, until - at);
    healedAt.set(group, at + lasts);
    yield { at, kind: 'network', group, fault, lasts };
  }
}

/** ms between the end of one node and that of the next. */
const nodePause = 40_000;
/** A node needs so long to come back, in ms: none ends later than this before the end. */
const nodeStart = 8_000;

function* nodeSteps({ seed, until, nodes, pace }: World): Generator<Step, void> {
  const random = createRandom(seed + 1);
  const pause = Math.min(nodePause / pace, until / 3);
  for (let at = pause / 2, count = 0; at < until - Math.min(nodeStart, until / 4); count += 1) {
    const fate = count % 2 === 0 ? 'kill' : 'drain';
    yield { at, kind: 'node', node: 1 + Math.floor(random() * (nodes - 1)), fate };
    at += pause * (0.75 + random() / 2);
  }
}

/** ms between two kicks of one user, in the mean. */
const kickPause = 5_000_000;

function* kickSteps({ seed, until, users, pace }: World): Generator<Step, void> {
  const random = createRandom(seed + 2);
  for (let at = 0; ; ) {
    at += exponential(random, kickPause / pace / users);
    if (at >= until) return;
    yield {
      at,
      kind: 'kick',
      user: Math.floor(random() * users),
      code: random() < 0.5 ? 'forbidden' : 'expired',
    };
  }
}

/** All of them in an order of chance, and again in another one. */
function* inTurns<T>(all: readonly T[], random: () => number): Generator<T, never> {
  for (;;) {
    const left = [...all];
    while (left.length > 0) yield* left.splice(Math.floor(random() * left.length), 1);
  }
}

function exponential(random: () => number, mean: number): number {
  return -Math.log(1 - random()) * mean;
}
