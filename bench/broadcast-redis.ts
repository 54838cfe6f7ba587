import { once } from 'node:events';
import { startRedis } from '../examples/shared/processes/redis.ts';
import { provideRedis } from '../tools/redis.mjs';
import type { Order } from './broadcast-redis-server.ts';
import type { Crowd } from './crowd.ts';
import { type Bench, type Row, row, start } from './harness.ts';

const members = 10;
const orders: readonly Order[] = [
  { messages: 1_000, inFlight: 1 },
  { messages: 5_000, inFlight: 100 },
];

/** What it takes to keep a message in Redis, and to hear of it there, which memory does without. */
export const broadcastRedis: Bench = {
  name: 'broadcast-redis',
  title: `messages of 150 bytes to a room of ${members}, until every member has them; redisHistory over a Redis on this machine, which writes each to disk`,
  async measure() {
    const redis = await startRedis(provideRedis());
    const server = await start<{ port: number }>('./broadcast-redis-server', [], [redis.url]);
    const crowd = await start<'up'>('./crowd');
    const url = `http://127.0.0.1:${server.ready.port}`;
    crowd.child.send({ url, count: members, wishes: 1, rooms: 1, greets: true } satisfies Crowd);
    await once(crowd.child, 'message');
    const rows: Row[] = [];
    for (const order of orders) {
      const rates: number[] = [];
      for (let round = -1; round < 7; round += 1) {
        const startedAt = performance.now();
        server.child.send(order);
        await once(crowd.child, 'message');
        if (round >= 0) rates.push((order.messages / (performance.now() - startedAt)) * 1_000);
      }
      rows.push(
        row(
          `\`broadcast\` to ${members} with redisHistory, ${order.inFlight} in flight`,
          'messages/s',
          rates,
        ),
      );
    }
    await Promise.all([server.stop(), crowd.stop()]);
    await redis.close();
    return { rows, targets: [] };
  },
};
