import { once } from 'node:events';
import { startRedis } from '../examples/shared/processes/redis.ts';
import { provideRedis } from '../tools/redis.mjs';
import type { Crowd } from './crowd.ts';
import { alternate, atMost, type Bench, difference, row, start } from './harness.ts';
import type { Kind, Weight } from './server-memory-server.ts';

const rounds = 5;
const most = 4_096;
/** As many as one process looks after without being late. */
const clientsEach = 2_500;

interface Place {
  readonly name: string;
  readonly connections: number;
  /** Rooms of each connection, of 1,000 in all. */
  readonly wishes: number;
  readonly isOverRedis: boolean;
}

/** On one node: what everybody has who has a server. */
export const serverMemory: Bench = weighing({
  name: 'server-memory',
  connections: 2_000,
  wishes: 20,
  isOverRedis: false,
});

/** On one of several nodes. Ten thousand take minutes. */
export const serverMemoryRedis: Bench = {
  ...weighing({ name: 'server-memory-redis', connections: 10_000, wishes: 3, isOverRedis: true }),
  isByNameOnly: true,
};

/** What a connection costs a server in memory, over bare Socket.IO with the same adapter and the same rooms. */
function weighing(place: Place): Bench {
  const { name, connections, wishes, isOverRedis } = place;
  const many = connections.toLocaleString('en');
  return {
    name,
    title: `a server with ${many} connections in ${wishes} rooms each, of 1,000 in all${isOverRedis ? ', over a real Redis: adapter, history, ids and presence' : ', all kept in memory'}`,
    async measure() {
      const redis = isOverRedis ? await startRedis(provideRedis()) : null;
      const weigh = (kind: Kind) => () => weightOf(kind, place, redis?.url);
      // Every sample has a process of its own, which warms itself up.
      const found = await alternate(
        { raw: weigh('raw'), rooms: weigh('rooms'), all: weigh('all') },
        { rounds, warmups: 0 },
      );
      await redis?.close();
      const heap = (kind: Kind) => found[kind].map((weight) => weight.heap);
      const resident = (kind: Kind) => found[kind].map((weight) => weight.resident);
      const extra = row('all − raw', 'bytes each', difference(heap('all'), heap('raw')));
      return {
        rows: [
          row('Socket.IO, rooms joined by hand', 'bytes each', heap('raw')),
          row('rooms() with a history', 'bytes each', heap('rooms')),
          row(
            'all: admission(), authenticate(), rooms(), exactlyOnce(), presence()',
            'bytes each',
            heap('all'),
          ),
          row('rooms() − raw', 'bytes each', difference(heap('rooms'), heap('raw'))),
          extra,
          row('Socket.IO, resident', 'bytes each', resident('raw')),
          row('all, resident', 'bytes each', resident('all')),
        ],
        targets: [
          atMost(most, extra, {
            what: `heap of a server for each of ${many} connections in ${wishes} rooms${isOverRedis ? ', over Redis' : ''}`,
            by: 'bytes over raw',
          }),
        ],
      };
    },
  };
}

/** Bytes for each connection, in a server of its own, with clients in processes of their own. */
async function weightOf(kind: Kind, { connections, wishes }: Place, redisUrl?: string): Promise<Weight> {
  const server = await start<{ port: number }>(
    './server-memory-server',
    ['--expose-gc'],
    [kind, ...(redisUrl === undefined ? [] : [redisUrl])],
  );
  const url = `http://127.0.0.1:${server.ready.port}`;
  const weigh = async () => {
    server.child.send('weigh');
    const [weight] = (await once(server.child, 'message')) as [Weight];
    return weight;
  };
  const enter = async (count: number) => {
    const crowd = await start<'up'>('./crowd');
    crowd.child.send({ url, count, wishes, rooms: 1_000, greets: kind !== 'raw' } satisfies Crowd);
    await once(crowd.child, 'message');
    return crowd;
  };
  // What is made once, by the first connections, is not the price of one. They stay, so that all rooms do.
  const first = await enter(Math.ceil(1_000 / wishes));
  const before = await weigh();
  const processes = Math.ceil(connections / clientsEach);
  const rest = await Promise.all(Array.from({ length: processes }, () => enter(connections / processes)));
  const after = await weigh();
  await Promise.all([server, first, ...rest].map(({ stop }) => stop()));
  if (after.connections - before.connections !== connections)
    throw new Error(`${after.connections} are connected`);
  return {
    heap: (after.heap - before.heap) / connections,
    resident: (after.resident - before.resident) / connections,
    connections,
  };
}
