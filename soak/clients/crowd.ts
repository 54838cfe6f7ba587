/** A process full of clients. In its environment: `JWT_SECRET`, to issue their tokens with. */
import { filter, firstValueFrom } from 'rxjs';
import { userName } from '../../examples/cluster/rooms.ts';
import { sum } from '../../examples/shared/figures.ts';
import { obey } from '../../examples/shared/processes/orders.ts';
import { createRandom } from '../../src/testing/random.ts';
import type { News } from '../audit/news.ts';
import { type Measured, meter } from '../measure.ts';
import { acts, say } from './acts.ts';
import { Device } from './device.ts';

export type CrowdOrders = {
  /** Connects clients `first` and so on, as many as there are URLs, each by its own. Resolves when all are live. */
  start(crowd: {
    urls: readonly string[];
    first: number;
    rooms: number;
    starts: Readonly<Record<string, string>>;
    seed: number;
    pace: number;
  }): Promise<void>;
  /** From now on they do what people do, and send so many messages a second; until `rest`. */
  live(rate: number, pace: number): void;
  /** Nobody does anything any more. */
  rest(): void;
  /** The first user of each client is connected, or the second, whatever it was before. */
  settleAs(which: 0 | 1): void;
  progress(): Progress;
  measure(collects: boolean): Measured;
  counts(): Counts;
  /** Ends all clients, and tells what is left of them in this process. */
  end(): Promise<Remains>;
};

export interface Progress {
  readonly clients: number;
  readonly live: number;
  /** Messages of whoever is connected that have no end yet. */
  readonly unsettled: number;
}

/** What clients count of themselves, added up. */
export interface Counts {
  readonly losses: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly more: Readonly<Record<string, number>>;
}

export interface Remains {
  /** Timers, sockets and the like that keep the process alive. */
  readonly handles: readonly string[];
  /** Bytes of heap before the first client, and after the last. */
  readonly before: number;
  readonly after: number;
}

const { JWT_SECRET = '' } = process.env;
const measure = meter();
const before = measure(true).heap;
const acted: Record<string, number> = {};
const devices: Device[] = [];
let batch: News[] = [];
let random = () => 0;
let living: NodeJS.Timeout | undefined;
let flushing: NodeJS.Timeout | undefined;

const orders: CrowdOrders = {
  async start({ urls, first, rooms, starts, seed, pace }) {
    random = createRandom(seed + first);
    flushing = setInterval(flush, flushEvery);
    for (const [offset, url] of urls.entries()) {
      const index = first + offset;
      const device = new Device({
        users: [userName(2 * index), userName(2 * index + 1)],
        url,
        rooms,
        starts,
        secret: JWT_SECRET,
        random: createRandom(seed + index),
        pace,
        tell: (news) => void batch.push(news),
      });
      devices.push(device);
    }
    // A few at a time: the storm is still to come.
    for (let from = 0; from < devices.length; from += together)
      await Promise.all(devices.slice(from, from + together).map(connected));
  },
  live(rate, pace) {
    const plans = [
      ...acts.map(({ name, every, play }) => ({ name, perMs: (pace * devices.length) / every, play })),
      { name: 'say', perMs: rate / 1_000, play: say },
    ].map((each) => ({ ...each, done: 0 }));
    const startedAt = performance.now();
    living = setInterval(() => {
      // By the clock, not by the ticks: those come late when the machine is busy.
      const elapsed = performance.now() - startedAt;
      for (const act of plans) {
        for (; act.done < Math.floor(elapsed * act.perMs); act.done += 1) {
          const device = devices[Math.floor(random() * devices.length)];
          if (device === undefined) continue;
          acted[act.name] = (acted[act.name] ?? 0) + 1;
          act.play(device, random);
        }
      }
    }, tick);
  },
  rest() {
    clearInterval(living);
  },
  settleAs(which) {
    for (const device of devices) device.settleAs(device.users[which]);
  },
  progress() {
    flush();
    return {
      clients: devices.length,
      live: devices.filter(({ isLive }) => isLive).length,
      unsettled: devices.reduce((all, { unsettled }) => all + unsettled, 0),
    };
  },
  measure,
  counts() {
    const stats = devices.map((device) => device.stats);
    return {
      losses: sum(stats.map(({ losses }) => losses)),
      refusals: sum(stats.map(({ refusals }) => refusals)),
      more: {
        ...acted,
        ...sum(
          stats.map(({ attempts, connections, refreshes, renewals, duplicatesDropped, gaps }) => ({
            attempts,
            connections,
            refreshes,
            renewals,
            duplicatesDropped,
            gaps,
          })),
        ),
      },
    };
  },
  async end() {
    clearInterval(living);
    for (const device of devices) device.searchAll();
    await Promise.all(devices.map((device) => device.end()));
    clearInterval(flushing);
    flush();
    devices.length = 0;
    batch = [];
    // What closes takes a turn or two to be gone.
    await new Promise((resolve) => setTimeout(resolve, 500));
    return {
      handles: process.getActiveResourcesInfo().filter(isOfClients),
      before,
      after: measure(true).heap,
    };
  },
};
const tell = obey<CrowdOrders, readonly News[]>(orders);

/** Resolves when it is. Some give up meanwhile, and go on. */
async function connected(device: Device): Promise<void> {
  device.logIn(device.users[0]);
  await firstValueFrom(device.connection.status$.pipe(filter(({ state }) => state === 'connected')));
}

/** Clients that connect at the same time. */
const together = 20;

/** ms between two looks at what is to be done, and between two parcels of news. */
const tick = 50;
const flushEvery = 200;

function flush(): void {
  if (batch.length === 0) return;
  tell(batch);
  batch = [];
}

/** What is not of this process itself, which talks to the one that started it. */
function isOfClients(resource: string): boolean {
  return !/Pipe|TTY|Immediate/.test(resource);
}

for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    batch.push(['wrong', 'crash', `${event}: ${error instanceof Error ? error.stack : String(error)}`]);
  });
}
