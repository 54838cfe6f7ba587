import { once } from 'node:events';
import type { Order } from './broadcast-server.ts';
import type { Crowd } from './crowd.ts';
import { alternate, atLeast, type Bench, type Row, ratiosOf, row, start, type Target } from './harness.ts';

const sizes = [
  { members: 1, messages: 10_000, atATime: 1 },
  { members: 10, messages: 5_000, atATime: 1 },
  { members: 100, messages: 1_000, atATime: 1 },
  { members: 1, messages: 20_000, atATime: 50 },
];
const warmups = 3;
const least = 0.8;

/** Whether a room that keeps what is said is as fast as one that does not: `broadcast` against `io.to(room).emit`. */
export const broadcast: Bench = {
  name: 'broadcast',
  title:
    'messages of 150 bytes to a room, each in a turn of its own, until every member has them; memoryHistory against nothing kept',
  async measure() {
    const rows: Row[] = [];
    const targets: Target[] = [];
    for (const { members, messages, atATime } of sizes) {
      const server = await start<{ port: number }>('./broadcast-server');
      const crowd = await start<'up'>('./crowd');
      const url = `http://127.0.0.1:${server.ready.port}`;
      crowd.child.send({ url, count: members, wishes: 1, rooms: 1, greets: false } satisfies Crowd);
      await once(crowd.child, 'message');
      const cpu = { raw: [] as number[], history: [] as number[] };
      const rateOf = (kind: Order['kind']) => async () => {
        const done = once(crowd.child, 'message');
        const said = once(server.child, 'message');
        const startedAt = performance.now();
        server.child.send({ kind, messages, atATime } satisfies Order);
        await done;
        const time = performance.now() - startedAt;
        const [{ cpu: each }] = (await said) as [{ cpu: number }];
        cpu[kind].push(each);
        return (messages / time) * 1_000;
      };
      const rates = await alternate(
        { raw: rateOf('raw'), history: rateOf('history') },
        { rounds: 15, warmups },
      );
      await Promise.all([server.stop(), crowd.stop()]);
      const all = `to ${members} ${members === 1 ? 'member' : 'members'}`;
      const to = atATime === 1 ? all : `${all}, ${atATime} at a time`;
      const ratio = row(`broadcast by raw, ${to}`, '', ratiosOf(rates.history, rates.raw));
      // Not promised: a flood into a room of one, where there is little else to do than to write.
      if (atATime === 1)
        targets.push(
          atLeast(least, ratio, {
            what: `\`broadcast\` into a room that keeps what is said in memory, ${to}`,
            by: 'of `io.to(room).emit`',
          }),
        );
      rows.push(
        row(`io.to(room).emit, ${to}`, 'messages/s', rates.raw),
        row(`broadcast, ${to}`, 'messages/s', rates.history),
        ratio,
        row(`io.to(room).emit, ${to}, processor time`, 'µs/message', cpu.raw.slice(warmups)),
        row(`broadcast, ${to}, processor time`, 'µs/message', cpu.history.slice(warmups)),
      );
    }
    return { rows, targets };
  },
};
