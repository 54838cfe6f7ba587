import { randomBytes } from 'node:crypto';
import { type RedisServer, startRedis } from '../../shared/processes/redis.ts';
import { createLedger, type Ledger } from '../ledger.ts';
import type { Options } from '../options.ts';
import { type Crowd, createCrowd } from '../processes/crowd.ts';
import type { NodeNews } from '../processes/node-words.ts';
import { createSeat, type Seat } from '../processes/nodes.ts';
import { type Balancer, startProxy } from '../proxy.ts';
import { roomName } from '../rooms.ts';
import { Outages } from './outages.ts';
import { PresenceWatch } from './presence-watch.ts';

/** Everything that takes part: Redis, the nodes, the proxy, the clients, and who watches them. */
export interface Stage {
  readonly redis: RedisServer;
  /** `null` before a single node. */
  readonly proxy: Balancer | null;
  readonly seats: readonly Seat[];
  readonly crowd: Crowd;
  readonly ledger: Ledger;
  readonly watch: PresenceWatch;
  readonly outages: Outages;
  /** What the nodes told, as far as they lived to tell it. */
  readonly told: { repeats: number; readonly failures: string[] };
  /** ms that it took until every client was live. */
  readonly allLive: number;
  close(): Promise<void>;
}

export async function setStage(
  { clients, nodes, admission, cut, recovery, seed, plant }: Options,
  redisPath: string,
  say: (line: string) => void,
): Promise<Stage> {
  const rooms = Array.from({ length: Math.max(4, Math.round(clients / 10)) }, (_, index) => roomName(index));
  const secret = randomBytes(32).toString('base64url');
  const redis = await startRedis(redisPath);
  say('Redis is up, and keeps what it acknowledges');

  const told = { repeats: 0, failures: [] as string[] };
  const onNews = (news: NodeNews) => {
    if (news.type === 'repeat') told.repeats += 1;
    if (news.type === 'failed') told.failures.push(news.what);
  };
  const env = {
    REDIS_URL: redis.url,
    JWT_SECRET: secret,
    ROOMS: String(rooms.length),
    ADMISSION: String(admission),
    RECOVERY: recovery ? 'yes' : '',
    PLANT: plant,
  };
  const names = Array.from({ length: nodes }, (_, index) => `node ${index + 1}`);
  const seats = await Promise.all(names.map((name) => createSeat(name, { env, onNews })));
  await Promise.all(seats.map((seat) => seat.start()));
  const ports = seats.map(({ port }) => port);
  // One node needs nobody before it.
  const proxy = nodes === 1 ? null : await startProxy(ports);
  const url = proxy?.url ?? `http://127.0.0.1:${ports[0]}`;
  say(proxy ? `${nodes} nodes are up, behind a proxy with sticky sessions` : 'one node is up');

  const watch = new PresenceWatch(seats);
  const outages = new Outages(cut > 0 ? 2_000 : undefined);
  const crowd = createCrowd({
    processes: Math.ceil(clients / clientsEach),
    secret,
    onNews(news) {
      watch.note(news);
      outages.note(news);
    },
  });
  const knockedAt = Date.now();
  await crowd.start({ url, clients, rooms: rooms.length, seed });
  const allLive = Date.now() - knockedAt;
  say(`${clients} clients are live in ${rooms.length} rooms`);

  const ledger = await createLedger(redis.url, rooms);
  return {
    redis,
    proxy,
    seats,
    crowd,
    ledger,
    watch,
    outages,
    told,
    allLive,
    async close() {
      await crowd.end();
      await Promise.all(seats.map((seat) => seat.kill()));
      await Promise.all([proxy?.close(), ledger.close()]);
      await redis.close();
    },
  };
}

/** As many as one process looks after without being late. */
const clientsEach = 2_500;
