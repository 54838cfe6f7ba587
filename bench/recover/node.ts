import { FaultProxy } from '../../examples/shared/fault-proxy.ts';
import type { Cleanup } from './cleanup.ts';
import { type Contender, contenders } from './contenders.ts';
import { faults } from './faults.ts';
import { type Lane, type NodeFault, nodeLanes } from './lanes.ts';
import { CrowdProcess, ServerProcess } from './processes.ts';
import type { Entrant, Heat } from './run-lane.ts';

type NodeLane = Lane & { readonly fault: NodeFault };

/** Clients in Node, of each contender a group for each lane, which connect. */
export async function prepareInNode(cleanup: Cleanup): Promise<Heat[]> {
  const places = await Promise.all(contenders.map((contender) => placesOf(contender, cleanup)));
  const heats = nodeLanes.flatMap((lane) => Array.from({ length: lane.abreast }, () => lane));
  return Promise.all(
    heats.map(async (lane) => ({
      lane,
      entrants: await Promise.all(places.map(({ enter }) => enter(lane))),
    })),
  );
}

/** One server and one process of clients for all lanes, and another where it is killed, or stopped. */
async function placesOf(contender: Contender, cleanup: Cleanup) {
  const server = async () => cleanup.keep(await ServerProcess.start(contender, null), (made) => made.stop());
  const crowd = async () => cleanup.keep(await CrowdProcess.start(contender), (made) => made.stop());
  const [shared, mortal, many, sleepers] = [await server(), await server(), await crowd(), await crowd()];
  return {
    async enter({ fault, clients }: NodeLane): Promise<Entrant> {
      const target = fault === 'restart' ? mortal : shared;
      const own = fault === 'stop' ? sleepers : many;
      const proxy = cleanup.keep(await FaultProxy.to(target.port), (made) => made.close());
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
