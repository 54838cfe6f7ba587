import { once } from 'node:events';
import { alternate, type Bench, median, row, start } from './harness.ts';

const connections = 1_000;
const most = 12_288;

/** What a connection costs in memory, over what socket.io-client takes with the same settings. */
export const memory: Bench = {
  name: 'memory',
  title: `heap of ${connections.toLocaleString('en')} open connections, in a process that holds nothing else`,
  async measure() {
    const server = await start<{ port: number }>('./server');
    const heapOf = (kind: string) => async () => {
      const client = await start<'up'>('./memory-client', ['--expose-gc']);
      client.child.send({ kind, connections, url: `http://127.0.0.1:${server.ready.port}` });
      const [bytes] = (await once(client.child, 'message')) as [number];
      await client.stop();
      return bytes;
    };
    // Every sample has a process of its own, which warms itself up.
    const bytes = await alternate(
      { raw: heapOf('raw'), holdfast: heapOf('holdfast') },
      { rounds: 5, warmups: 0 },
    );
    await server.stop();

    const extra = median(bytes.holdfast) - median(bytes.raw);
    return {
      rows: [row('socket.io-client', 'bytes each', bytes.raw), row('holdfast', 'bytes each', bytes.holdfast)],
      targets: [
        {
          promise: `≤ raw + ${most.toLocaleString('en')} bytes each`,
          found: `raw + ${Math.round(extra).toLocaleString('en')}`,
          isMet: extra <= most,
        },
      ],
    };
  },
};
