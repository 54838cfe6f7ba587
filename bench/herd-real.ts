import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { defaultPolicy } from '../machines/policy.ts';
import { type Bench, median, type Row, row, start, type Target } from './harness.ts';
import { comeBack } from './herd/comeback.ts';
import { figuresOf, type Shares } from './herd/figures.ts';
import { admitting, limited } from './herd/gates.ts';
import {
  keptRealPath,
  keptRounds,
  type RealHerd,
  type RealRound,
  ratiosOfRounds,
  toText,
} from './herd/kept-real.ts';
import { waitOut } from './herd/outage.ts';
import type { Order } from './herd/real-clients.ts';
import type { Listen } from './herd/real-server.ts';
import { holdfast, type Schedule, socketIo } from './herd/schedules.ts';
import { machineNow } from './kept.ts';

/** Ms from the end of the server until the next one listens. */
const outage = 3_000;

/**
 * The next one has room for all of them in so many seconds: slow enough for one machine to play all of them beside it. An
 * attempt that fails costs more with holdfast than with socket.io alone: nothing to a user's machine, but much to one that
 * plays thousands of them.
 */
const capacity = 40;

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
  title: `real clients of a server that is killed, ${outage / 1_000} s later there is one with room for all in ${capacity} s; \`--clients N\`, and \`--keep\` to add the run to those that are kept`,
  isByNameOnly: true,
  async measure({ clients = 2_000, keep }) {
    const { first, base, factor, cap } = defaultPolicy;
    const common = { policy: { first, base, factor, cap }, capacity };
    const round = await runRound(clients, keptRounds(common).length);
    const rounds = [...(keep ? keptRounds(common) : []), round];
    if (keep) {
      mkdirSync(dirname(keptRealPath), { recursive: true });
      writeFileSync(keptRealPath, toText({ ...common, rounds }));
      console.log(`  ${keptRealPath}`);
    }
    const comparable = rounds.filter((round) => round.clients === clients);
    return { rows: rowsOf(comparable), targets: [targetOf(comparable, clients)] };
  },
};

/** The order turns around each time, so that neither a slow start nor a tired machine favours one of them. */
async function runRound(clients: number, number: number): Promise<RealRound> {
  const date = new Date().toISOString().slice(0, 10);
  const load = loadavg()[0] ?? 0;
  const contenders = [raw, ours, helped];
  const found = new Map<string, RealHerd>();
  for (const contender of number % 2 === 0 ? contenders : contenders.toReversed()) {
    found.set(contender.name, await stampede(contender, clients));
  }
  const herds = contenders.flatMap(({ name }) => found.get(name) ?? []);
  return { date, clients, machine: machineNow(), load, herds };
}

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

function rowsOf(rounds: readonly RealRound[]): Row[] {
  const never = Number.POSITIVE_INFINITY;
  const times = (name: string, key: 'found' | 'simulated', index: number) =>
    rounds.map(({ herds }) => herds.find((herd) => herd.name === name)?.[key][index] ?? never);
  return [raw, ours, helped].flatMap(({ name }) =>
    shares.flatMap((share, index) => [
      row(`${name}: ${share} back`, 's', times(name, 'found', index)),
      row(`${name}: ${share} back, simulated`, 's', times(name, 'simulated', index)),
    ]),
  );
}

/** The median of the rounds decides: each compares clients that had the same machine to themselves, one after another. */
function targetOf(rounds: readonly RealRound[], clients: number): Target {
  const ratios = ratiosOfRounds(rounds, ours.name, 'found');
  const medians = shares.map((_, index) => median(ratios.map((ratio) => ratio[index] ?? Number.NaN)));
  return {
    promise: `${clients.toLocaleString('en')} clients back no later than those of socket.io (95 and 99.9 %)`,
    found: `${shares.map((share, index) => `${share} at ${medians[index]?.toFixed(2)}`).join(', ')} of its time, in the median of ${rounds.length}`,
    isMet: medians.slice(1).every((ratio) => ratio <= 1),
  };
}
