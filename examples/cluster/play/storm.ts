import { setTimeout as pause } from 'node:timers/promises';
import { createRandom } from '../../../src/testing/random.ts';
import type { RedisServer } from '../../shared/processes/redis.ts';
import type { Options } from '../options.ts';
import { type Kill, victims } from './killer.ts';
import type { Stage } from './stage.ts';

/** Kills nodes under load, in turns, and starts them again. Resolves when the time is over and all nodes are back. */
export async function storm(
  { redis, proxy, seats, crowd, watch, outages }: Stage,
  { clients, nodes, seconds, killEvery, rate, seed, cut, killRedis }: Options,
  say: (line: string) => void,
): Promise<readonly Kill[]> {
  const kills: Kill[] = [];
  const leavers = Math.max(1, Math.round(clients / 100));
  // Long enough for every node to find out.
  const absence = Math.ceil(10 / killEvery);
  const random = createRandom(seed);
  const choice = victims(nodes, random);
  const startedAt = Date.now();
  const endsAt = startedAt + seconds * 1_000;
  let back: Promise<unknown> = Promise.resolve();

  await crowd.send(rate);
  say(`they send ${rate} messages a second; a node dies every ${killEvery} s`);
  const cutting = setInterval(() => proxy?.cut(() => random() * 100 < cut), 1_000);
  const redisFell = killRedis ? fell(redis, seconds * 500, say) : undefined;
  for (let due = startedAt + killEvery * 1_000; due < endsAt; due += killEvery * 1_000) {
    await pause(due - Date.now());
    // Who died last is back first.
    await back;
    await crowd.comeBack(leavers * absence);
    await crowd.leave(leavers);
    const dying = choice.next().value.flatMap((index) => seats[index] ?? []);
    const names = dying.map(({ name }) => name);
    const at = Date.now();
    const kill: Kill = { at, nodes: names, liveAt: at, wrongFor: 0 };
    kills.push(kill);
    watch.killed(kill);
    outages.killed(kill);
    await Promise.all(dying.map((seat) => seat.kill()));
    say(`kill -9 of ${names.join(' and ')}`);
    back = Promise.all(dying.map((seat) => seat.start()));
  }
  await pause(endsAt - Date.now());
  clearInterval(cutting);
  await Promise.all([back, redisFell]);
  await Promise.all([crowd.send(0), crowd.leave(0)]);
  say('all nodes are up; nobody sends or dies any more');
  return kills;
}

/** The one thing that there is only one of: away for a second, and back with what it had acknowledged. */
async function fell(redis: RedisServer, after: number, say: (line: string) => void): Promise<void> {
  await pause(after);
  await redis.kill();
  say('kill -9 of Redis');
  await pause(1_000);
  await redis.start();
  say('Redis is back');
}
