import { once } from 'node:events';
import type { Crowd } from './crowd.ts';
import { alternate, type Bench, median, row, start } from './harness.ts';
import type { Kind } from './rooms-memory-server.ts';

const connections = 2_000;
const wishes = 20;
const most = 4_096;

/** What a connection costs the server in memory, over what Socket.IO takes for one in as many rooms. */
export const roomsMemory: Bench = {
  name: 'rooms-memory',
  title: `heap of a server with ${connections.toLocaleString('en')} connections in ${wishes} rooms each, of 1,000 rooms in all`,
  async measure() {
    // Every sample has a process of its own, which warms itself up.
    const bytes = await alternate(
      { raw: () => bytesOf('raw'), rooms: () => bytesOf('rooms'), all: () => bytesOf('all') },
      { rounds: 5, warmups: 0 },
    );
    const extra = (kind: Kind) => median(bytes[kind]) - median(bytes.raw);
    return {
      rows: [
        row('socket.io, rooms joined by hand', 'bytes each', bytes.raw),
        row('rooms() with a greeting', 'bytes each', bytes.rooms),
        row('authenticate(), rooms(), exactlyOnce(), presence()', 'bytes each', bytes.all),
      ],
      targets: [
        {
          promise: `all of it ≤ raw + ${most.toLocaleString('en')} bytes each`,
          found: `raw + ${Math.round(extra('all')).toLocaleString('en')}, of which rooms() ${Math.round(extra('rooms')).toLocaleString('en')}`,
          isMet: extra('all') <= most,
        },
      ],
    };
  },
};

async function bytesOf(kind: Kind): Promise<number> {
  const server = await start<{ port: number }>('./rooms-memory-server', ['--expose-gc'], [kind]);
  const url = `http://127.0.0.1:${server.ready.port}`;
  const measured = async () => {
    server.child.send('measure');
    const [{ bytes, connections: there }] = (await once(server.child, 'message')) as [
      { bytes: number; connections: number },
    ];
    return { bytes, there };
  };
  const enter = async (count: number) => {
    const crowd = await start<'up'>('./crowd');
    crowd.child.send({ url, count, wishes, rooms: 1_000, greets: kind !== 'raw' } satisfies Crowd);
    await once(crowd.child, 'message');
    return crowd;
  };
  // What is made once, by the first connections, is not the price of one. They stay, so that all rooms do.
  const first = await enter(100);
  const before = await measured();
  const rest = await enter(connections);
  const after = await measured();
  await Promise.all([server.stop(), first.stop(), rest.stop()]);
  if (after.there - before.there !== connections) throw new Error(`${after.there} of them are connected`);
  return (after.bytes - before.bytes) / connections;
}
