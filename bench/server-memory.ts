import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startRedis } from '../examples/cluster/processes/redis.ts';
import { provideRedis } from '../tools/redis.mjs';
import { alternate, type Bench, median, row, start } from './harness.ts';
import type { Crowd } from './server-memory-clients.ts';
import type { Weight } from './server-memory-server.ts';

const most = 4_096;
/** As many as one process looks after without being late. */
const clientsEach = 2_500;

/** What a connection costs a server in memory, over bare Socket.IO with the same adapter and the same rooms. */
export function serverMemory(connections: number, name: string): Bench {
  return {
    name,
    title: `heap of a server with ${connections.toLocaleString('en')} connections, three rooms each, over a real Redis`,
    isByNameOnly: true,
    async measure() {
      const redis = await startRedis(provideRedis());
      const resident: Record<string, number[]> = { raw: [], holdfast: [] };
      const weigh = (kind: 'raw' | 'holdfast') => async () => {
        const weight = await weightOf(kind, connections, redis.url);
        resident[kind]?.push(weight.resident);
        return weight.heap;
      };
      const heap = await alternate(
        { raw: weigh('raw'), holdfast: weigh('holdfast') },
        { rounds: 3, warmups: 0 },
      );
      await redis.close();
      const extra = median(heap.holdfast) - median(heap.raw);
      return {
        rows: [
          row('Socket.IO', 'bytes each', heap.raw),
          row('with holdfast/server', 'bytes each', heap.holdfast),
          row('Socket.IO, resident', 'bytes each', resident['raw'] ?? []),
          row('with holdfast/server, resident', 'bytes each', resident['holdfast'] ?? []),
        ],
        targets: [
          {
            promise: `≤ raw + ${most.toLocaleString('en')} bytes of heap each`,
            found: `raw + ${Math.round(extra).toLocaleString('en')}`,
            isMet: extra <= most,
          },
        ],
      };
    },
  };
}

/** Bytes for each connection, in a server of its own, with clients in processes of their own. */
async function weightOf(kind: 'raw' | 'holdfast', connections: number, redisUrl: string): Promise<Weight> {
  const server = await start<'up'>('./server-memory-server', ['--expose-gc']);
  server.child.send({ kind, redisUrl });
  const [{ port }] = (await once(server.child, 'message')) as [{ port: number }];
  const url = `http://127.0.0.1:${port}`;
  const before = await ask<Weight>(server.child, 'weigh');
  const processes = Math.ceil(connections / clientsEach);
  const crowds = await Promise.all(
    Array.from({ length: processes }, () => start<'up'>('./server-memory-clients')),
  );
  await Promise.all(
    crowds.map(({ child }, index) => {
      const first = Math.floor((connections * index) / processes);
      const count = Math.floor((connections * (index + 1)) / processes) - first;
      return ask(child, { kind, url, first, count });
    }),
  );
  const after = await ask<Weight>(server.child, 'weigh');
  for (const { stop } of crowds) await stop();
  await server.stop();
  return {
    heap: (after.heap - before.heap) / connections,
    resident: (after.resident - before.resident) / connections,
  };
}

async function ask<Answer>(child: ChildProcess, order: Crowd | 'weigh'): Promise<Answer> {
  child.send(order);
  const [answer] = (await once(child, 'message')) as [Answer];
  return answer;
}
