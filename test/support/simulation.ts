import { createVirtualClock } from '../../src/testing/clock.ts';
import { createWorld, type World } from '../../src/testing/index.ts';

export interface Simulation {
  readonly world: World;
  /** Lets what is on the wire arrive. */
  arrive(): Promise<void>;
  /** Connections that the server sees. */
  connections(): number;
}

/** A simulated world that tells what is under way on its network. */
export function simulate(seed: number, onConnection: () => void): Simulation {
  let onTheWire = 0;
  // The world has a clock of its own; what it defers is put there once it exists.
  let clock: Pick<ReturnType<typeof createVirtualClock>, 'setTimeout'> = createVirtualClock();
  const world = createWorld({
    seed,
    defer(label, ms, act) {
      const isOnTheWire = !waits.has(label);
      if (isOnTheWire) onTheWire += 1;
      clock.setTimeout(() => {
        if (isOnTheWire) onTheWire -= 1;
        const before = connections();
        act();
        if (label === 'the transport opens' && connections() > before) onConnection();
      }, ms);
    },
  });
  clock = world.clock;
  const connections = () => world.link.live().filter(({ isThrough }) => isThrough).length;

  return {
    world,
    connections,
    async arrive() {
      await world.clock.advance(0);
      while (onTheWire > 0) await world.clock.advance(1);
    },
  };
}

/** What is deferred and is not the network. */
const waits = new Set([
  'the server comes back to it',
  'the provider comes back to it',
  'no answer',
  'the ping goes unanswered',
]);
