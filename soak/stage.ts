import { randomBytes } from 'node:crypto';
import { createLedger, type Ledger } from '../examples/cluster/ledger.ts';
import { roomName, userName } from '../examples/cluster/rooms.ts';
import { createPlace, type Place } from '../examples/shared/processes/places.ts';
import { type RedisServer, startRedis } from '../examples/shared/processes/redis.ts';
import { startWorker, type Worker } from '../examples/shared/processes/worker.ts';
import { Audit } from './audit/audit.ts';
import type { News } from './audit/news.ts';
import type { CrowdOrders } from './clients/crowd.ts';
import type { Options } from './options.ts';
import type { NetworkOrders } from './world/network.ts';
import type { NodeNews, NodeOrders } from './world/node.ts';

/** Everything that takes part, each in a process of its own, and the audit that hears of all of it. */
export interface Stage {
  readonly redis: RedisServer;
  readonly nodes: readonly Place<NodeOrders>[];
  readonly network: Worker<NetworkOrders, never>;
  readonly groups: number;
  readonly crowds: readonly Worker<CrowdOrders, readonly News[]>[];
  readonly ledger: Ledger;
  readonly audit: Audit;
  /** What nodes reported as failed, and how often. */
  readonly failures: ReadonlyMap<string, number>;
  close(): Promise<void>;
}

export async function setStage(
  { clients, nodes: count, seed, pace, plant }: Options,
  redisPath: string,
  say: (line: string) => void,
): Promise<Stage> {
  const roomCount = Math.max(12, Math.round(clients / 4));
  const rooms = Array.from({ length: roomCount }, (_, index) => roomName(index));
  const users = Array.from({ length: 2 * clients }, (_, index) => userName(index));
  const secret = randomBytes(32).toString('base64url');
  const audit = new Audit(users, roomCount);
  const failures = new Map<string, number>();

  const redis = await startRedis(redisPath);
  const ledger = await createLedger(redis.url, rooms, (room, message) => audit.effect(room, message));
  const env = {
    REDIS_URL: redis.url,
    JWT_SECRET: secret,
    ROOMS: String(roomCount),
    ADMISSION: String(admission),
    PLANT: plant,
  };
  const onNews = (news: NodeNews) => {
    if (news.type === 'failed') failures.set(news.what, (failures.get(news.what) ?? 0) + 1);
    if (news.type === 'leak') audit.breaches.note('leak', news.what);
  };
  const nodeOptions = { script: new URL('world/node.ts', import.meta.url), env, nodeFlags, onNews };
  const names = Array.from({ length: count }, (_, index) => `node ${index + 1}`);
  const nodes = await Promise.all(names.map((name) => createPlace<NodeOrders, NodeNews>(name, nodeOptions)));
  await Promise.all(nodes.map((node) => node.start()));

  const network = startWorker<NetworkOrders, never>(new URL('world/network.ts', import.meta.url));
  const groups = Math.min(clients, Math.max(leastGroups, Math.ceil(clients / groupSize)));
  const urls = await network.ask(
    'open',
    groups,
    nodes.map(({ port }) => port),
    seed,
  );
  say(`${count} nodes are up, and ${groups} ways to them`);

  const processes = Math.ceil(clients / clientsEach);
  const crowds = Array.from({ length: processes }, () => {
    const crowd = startWorker<CrowdOrders, readonly News[]>(new URL('clients/crowd.ts', import.meta.url), {
      env: { JWT_SECRET: secret },
      nodeFlags,
    });
    crowd.listen((parcel) => {
      for (const news of parcel) audit.note(news);
    });
    return crowd;
  });
  await Promise.all(
    crowds.map((crowd, index) => {
      const first = Math.floor((clients * index) / processes);
      const last = Math.floor((clients * (index + 1)) / processes);
      const theirs = Array.from(
        { length: last - first },
        (_, offset) => urls[(first + offset) % groups] ?? '',
      );
      return crowd.ask('start', {
        urls: theirs,
        first,
        rooms: roomCount,
        starts: ledger.starts,
        seed,
        pace: pace / 100,
      });
    }),
  );
  // How busy all were until here is not of the run.
  await Promise.all(crowds.map((crowd) => crowd.ask('measure', true)));
  await Promise.all(nodes.map((node) => node.ask('measure', true)));
  say(`${clients} clients are live in ${roomCount} rooms, two users each, in ${processes} processes`);

  return {
    redis,
    nodes,
    network,
    groups,
    crowds,
    ledger,
    audit,
    failures,
    async close() {
      await Promise.all([...crowds, network].map((worker) => worker.kill()));
      await Promise.all(nodes.map((node) => node.kill()));
      await ledger.close();
      await redis.close();
    },
  };
}

const nodeFlags = ['--expose-gc'];
/** Handshakes a second that a node takes. */
const admission = 40;
/** Clients behind one proxy. */
const groupSize = 40;
const leastGroups = 8;
/** As many as one process looks after without being late. */
const clientsEach = 1_000;
