import { setTimeout as pause } from 'node:timers/promises';
import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import { type Contender, contenders } from './contenders.ts';
import { faults } from './faults.ts';
import type { Round } from './figures.ts';
import { type Lane, laneStep, type NodeFault, nodeLanes } from './lanes.ts';
import { CrowdProcess, ServerProcess } from './processes.ts';
import { type Entrant, runGroup } from './run-lane.ts';

export type NodeLane = Lane & { readonly fault: NodeFault };

/** Lanes for clients in Node, all at the same time. */
export async function measureInNode(
  lanes: readonly NodeLane[] = nodeLanes,
): Promise<ReadonlyMap<Lane, readonly Round[]>> {
  const closers: (() => Promise<void>)[] = [];
  const keep = <T>(made: T, close: (made: T) => Promise<void>): T => {
    closers.push(() => close(made));
    return made;
  };
  try {
    const places = await Promise.all(contenders.map((contender) => placesOf(contender, keep)));
    const measured = lanes.map(async (lane, place) => {
      await pause(place * laneStep);
      const groups = await Promise.all(
        Array.from({ length: lane.abreast }, async () => {
          const entrants = await Promise.all(places.map((place) => place.entrant(lane)));
          return runGroup(lane, entrants);
        }),
      );
      return [lane, groups.flat()] as const;
    });
    return new Map(await Promise.all(measured));
  } finally {
    // A proxy whose other ends are gone closes at once.
    for (const close of closers) await close();
  }
}

/** One server and one process of clients for all lanes, and another where it is killed, or stopped. */
async function placesOf(contender: Contender, keep: Keep) {
  const server = async () => keep(await ServerProcess.start(contender, null), (made) => made.stop());
  const crowd = async () => keep(await CrowdProcess.start(contender), (made) => made.stop());
  const [shared, mortal, many, sleepers] = [await server(), await server(), await crowd(), await crowd()];
  return {
    async entrant({ fault, clients }: NodeLane): Promise<Entrant> {
      const target = fault === 'restart' ? mortal : shared;
      const own = fault === 'stop' ? sleepers : many;
      const proxy = keep(await FaultProxy.to(target.port), (made) => made.close());
      // A proxy before a dead server would take connections, and a dead server takes none.
      const url = fault === 'restart' ? `http://127.0.0.1:${target.port}` : proxy.url;
      return {
        contender: contender.name,
        returns: own.add(url, clients),
        harm: (outage) => faults[fault]({ proxy, server: target, crowd: own }, outage),
      };
    },
  };
}

type Keep = <T>(made: T, close: (made: T) => Promise<void>) => T;
