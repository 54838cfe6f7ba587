import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Row, start, type Target } from './harness.ts';
import { comeBack } from './herd/comeback.ts';
import { figuresOf, type Shares } from './herd/figures.ts';
import { admitting, limited } from './herd/gates.ts';
import { type KeptReal, keptRealPath, type RealHerd } from './herd/kept-real.ts';
import { waitOut } from './herd/outage.ts';
import type { Order } from './herd/real-clients.ts';
import type { Listen } from './herd/real-server.ts';
import { holdfast, type Schedule, socketIo } from './herd/schedules.ts';

/** Ms from the end of the server until the next one listens. */
const outage = 3_000;

/** The next one has room for all of them in so many seconds: what a machine that runs all of them can do, too. */
const capacity = 20;

/** As many as one process looks after without being late. */
const clientsEach = 2_500;

interface Contender {
  readonly name: string;
  readonly kind: Order['kind'];
  readonly schedule: Schedule;
  readonly isAdmitting: boolean;
}

const raw: Contender = { name: 'socket.io-client', kind: 'raw', schedule: socketIo, isAdmitting: false };
const ours: Contender = { name: 'holdfast', kind: 'holdfast', schedule: holdfast(), isAdmitting: false };
const helped: Contender = { ...ours, name: 'holdfast, with `admission()`', isAdmitting: true };

/** Real clients, a server that is killed, and beside each figure what the simulation says of the same case. */
export const herdReal: Bench = {
  name: 'herd-real',
  title: `real clients of a server that is killed, ${outage / 1_000} s later there is one with room for all in ${capacity} s; \`--clients N\`, \`--keep\``,
  isByNameOnly: true,
  async measure({ clients = 2_000, keep }) {
    const load = loadavg()[0] ?? 0;
    const herds: RealHerd[] = [];
    for (const contender of [raw, ours, helped]) herds.push(await stampede(contender, clients));
    if (keep) {
      const machine = `Node ${process.version}, ${availableParallelism()} cores`;
      const kept: KeptReal = { clients, capacity, machine, load, herds };
      mkdirSync(dirname(keptRealPath), { recursive: true });
      writeFileSync(keptRealPath, `${JSON.stringify(kept, null, 2)}\n`);
      console.log(`  ${keptRealPath}`);
    }
    return { rows: herds.flatMap(rowsOf), targets: [targetOf(herds, clients)] };
  },
};

/** Lets all of them connect, kills the server, and measures from the moment the next one listens. */
async function stampede(contender: Contender, clients: number): Promise<RealHerd> {
  const { name, kind, isAdmitting } = contender;
  const [old, next] = [await start<'up'>('./herd/real-server'), await start<'up'>('./herd/real-server')];
  const { port } = await listen(old, { port: 0, rate: null, isAdmitting: false });
  const crowds = await Promise.all(
    Array.from({ length: Math.ceil(clients / clientsEach) }, async (_, index) => {
      const crowd = await start<'up'>('./herd/real-clients');
      const order: Order = { kind, clients: Math.min(clientsEach, clients - index * clientsEach), port };
      crowd.child.send(order);
      await once(crowd.child, 'message');
      return crowd;
    }),
  );
  // By then a young connection has proven itself, and its backoff starts over.
  await pause(6_000);
  const reports = crowds.map(({ child }) => once(child, 'message') as Promise<[number[]]>);
  const killed = Date.now();
  await old.stop();
  await pause(killed + outage - Date.now());
  const { at } = await listen(next, { port, rate: clients / capacity, isAdmitting });
  const returns = (await Promise.all(reports)).flat(2).sort((a, b) => a - b);
  for (const { stop } of [...crowds, next]) await stop();
  const timeOf = (share: number) =>
    ((returns[Math.ceil(share * clients) - 1] ?? Number.POSITIVE_INFINITY) - at) / 1_000;
  const away = at - killed;
  return {
    name,
    away,
    found: [timeOf(0.5), timeOf(0.95), timeOf(0.999)],
    simulated: predict(contender, clients, away),
  };
}

async function listen({ child }: Awaited<ReturnType<typeof start>>, order: Listen) {
  child.send(order);
  const [ready] = (await once(child, 'message')) as [{ at: number; port: number }];
  return ready;
}

function predict({ schedule, isAdmitting }: Contender, clients: number, ms: number): Shares {
  const sort = { clients, schedule, seed: 1 };
  const rate = clients / capacity;
  const gate = isAdmitting ? admitting(rate, sort.seed) : limited(rate);
  return figuresOf(comeBack(sort, waitOut(sort, { ms, isDrained: false }), gate), clients).back;
}

const shares = ['50 %', '95 %', '99.9 %'];

function rowsOf({ name, found, simulated }: RealHerd): Row[] {
  const row = (words: string, value: number | null): Row => {
    const time = value ?? Number.POSITIVE_INFINITY;
    return { name: words, unit: 's', median: time, least: time, most: time, samples: [time] };
  };
  return shares.flatMap((share, index) => [
    row(`${name}: ${share} back`, found[index] ?? null),
    row(`${name}: ${share} back, simulated`, simulated[index] ?? null),
  ]);
}

function targetOf([of, by]: readonly RealHerd[], clients: number): Target {
  const never = Number.POSITIVE_INFINITY;
  const ratios = shares.map((_, index) => (by?.found[index] ?? never) / (of?.found[index] ?? never));
  return {
    promise: `${clients.toLocaleString('en')} clients back no later than those of socket.io (95 and 99.9 %)`,
    found: `${shares.map((share, index) => `${share} at ${ratios[index]?.toFixed(2)}`).join(', ')} of its time`,
    isMet: ratios.slice(1).every((ratio) => ratio <= 1),
  };
}
