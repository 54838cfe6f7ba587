import { createClient } from 'redis';
import { afterAll, beforeAll, describe } from 'vitest';
import { memoryHistory, redisHistory } from '../../../src/server/index.ts';
import { bounds, historyConformance } from '../../support/history-conformance.ts';
import { useRedis } from '../../support/redis.ts';

const redis = await useRedis();
const clients = [1, 2].map(() => createClient({ url: redis.url }));
beforeAll(async () => void (await Promise.all(clients.map((client) => client.connect()))));
afterAll(() => {
  for (const client of clients) client.destroy();
});
const [here, there] = clients as [(typeof clients)[0], (typeof clients)[0]];
const inMemory = memoryHistory(bounds);

describe('memoryHistory', () => historyConformance(inMemory, inMemory));
describe('redisHistory', () => historyConformance(redisHistory(here, bounds), redisHistory(there, bounds)));
