import { once } from 'node:events';
import { atMost, type Bench, difference, row, start, type Target } from './harness.ts';
import type { Order, Weights } from './memory-client.ts';

const rounds = 5;
const most = 10_240;

/** What a connection costs in memory, over what socket.io-client takes with the same settings. */
export function memory(connections: number, name: string): Bench {
  return {
    name,
    title: `${connections.toLocaleString('en')} open connections in a process that holds nothing else: at rest, and while all of them together send and are sent a thousand messages a second`,
    async measure() {
      const raw: Weights[] = [];
      const held: Weights[] = [];
      for (let round = 0; round < rounds; round += 1) {
        // Side by side: what else the machine does takes time of theirs, and no memory.
        const [one, other] = await Promise.all([
          weigh({ kind: 'raw', connections }),
          weigh({ kind: 'holdfast', connections }),
        ]);
        raw.push(one);
        held.push(other);
      }
      const rows = [];
      const targets: Target[] = [];
      for (const state of ['idle', 'busy'] as const)
        for (const kind of ['heap', 'resident'] as const) {
          const [of, by] = [raw, held].map((weights) => weights.map((weight) => weight[state][kind]));
          if (of === undefined || by === undefined) continue;
          const words = kind === 'heap' ? `heap, ${state}` : `resident memory, ${state}`;
          const extra = row(`holdfast − raw, ${words}`, 'bytes each', difference(by, of));
          rows.push(
            row(`socket.io-client, ${words}`, 'bytes each', of),
            row(`holdfast, ${words}`, 'bytes each', by),
            extra,
          );
          if (kind === 'heap')
            targets.push(
              atMost(most, extra, {
                what: `heap for each of ${connections.toLocaleString('en')} open connections, ${state}`,
                by: 'bytes over raw',
              }),
            );
        }
      return { rows, targets };
    },
  };
}

/** Every sample has processes of its own, which warm themselves up. */
async function weigh({ kind, connections }: Omit<Order, 'url'>): Promise<Weights> {
  const server = await start<{ port: number }>('./server');
  const client = await start<'up'>('./memory-client', ['--expose-gc']);
  const order: Order = { kind, connections, url: `http://127.0.0.1:${server.ready.port}` };
  client.child.send(order);
  const [weights] = (await once(client.child, 'message')) as [Weights];
  await Promise.all([client.stop(), server.stop()]);
  return weights;
}
