import { Patience } from '../../shared/patience.ts';
import type { Testimony } from '../client/client.ts';
import type { Options } from '../options.ts';
import { type Evidence, type Fault, judge, type Sighting } from '../verdict.ts';
import type { Kill } from './killer.ts';
import type { Stage } from './stage.ts';

export interface Settled {
  readonly faults: readonly Fault[];
  readonly clients: readonly Testimony[];
  readonly log: Evidence['log'];
}

/** Waits until all is quiet, and holds what everybody knows against what took effect. */
export async function settle(
  { crowd, ledger, watch }: Stage,
  { clients, nodes, admission }: Options,
  lastKill: Kill | undefined,
  say: (line: string) => void,
): Promise<Settled> {
  const patience = new Patience(say);
  // As long as a herd may take that is let in one after another, twice over.
  const herd = 60_000 + (2_000 * clients) / (nodes * admission);
  await patience.until('every client is live, and every message has its end', herd, async () => {
    const { between, unsettled } = await crowd.progress();
    return between === 0 && unsettled === 0;
  });

  let presence: readonly Sighting[] = [];
  // From the kill on for those who went, from the last one's return on for those who came.
  const left = Math.max(lastKill?.at ?? 0, lastKill?.liveAt ?? 0) + presenceBound - Date.now();
  await patience.until('every node knows who is online', Math.max(0, left), async () => {
    presence = await watch.look();
    return presence.every(({ isOnline, isHere }) => isOnline === isHere);
  });

  await crowd.comeBack(0);
  await patience.until('those who had left are back', 30_000, async () => {
    const { between, unsettled } = await crowd.progress();
    return between === 0 && unsettled === 0;
  });
  const members = membersOf(await crowd.testify());
  const isAllReceived = async () => {
    const { received, unsettled } = await crowd.progress();
    return unsettled === 0 && received >= expected(await ledger.read(), members);
  };
  const look = async () => {
    const [log, clients] = await Promise.all([ledger.read(), crowd.testify()]);
    return { log, clients, faults: judge({ log, clients, presence }) };
  };
  // So many clients share this machine with their server.
  const patient = 20_000 + 10 * clients;
  await patience.until('everything is received', patient, isAllReceived);
  // What is missing at the end of a log leaves no hole that would be seen before the next message: so look now.
  const before = await look();
  // What comes once too often may come late: before nothing that is sent now.
  await crowd.sayLastWords([...members.keys()]);
  // A node that is planted to say yes too soon has none of them in the logs yet.
  const whole = sizeOf(before.log) + members.size;
  const areLastWordsReceived = async () => sizeOf(await ledger.read()) >= whole && (await isAllReceived());
  await patience.until('the last words of every room are received', patient, areLastWordsReceived);
  const after = await look();
  const unsettled = patience.missed.map((what): Fault => ({ kind: 'unsettled', what }));
  return { ...after, faults: unite(unsettled, before.faults, after.faults) };
}

/** After a kill, in ms: nodes must know by then who is gone. */
export const presenceBound = 10_000;

function membersOf(clients: readonly Testimony[]): ReadonlyMap<string, number> {
  const members = new Map<string, number>();
  for (const { rooms } of clients) for (const room of rooms) members.set(room, (members.get(room) ?? 0) + 1);
  return members;
}

/** How many messages were said in all. */
function sizeOf(log: Evidence['log']): number {
  return Object.values(log).reduce((sum, keys) => sum + new Set(keys).size, 0);
}

/** How many messages must arrive in all. */
function expected(log: Evidence['log'], members: ReadonlyMap<string, number>): number {
  let due = 0;
  for (const [room, keys] of Object.entries(log)) due += new Set(keys).size * (members.get(room) ?? 0);
  return due;
}

function unite(...lists: readonly (readonly Fault[])[]): readonly Fault[] {
  return [...new Map(lists.flat().map((fault) => [`${fault.kind} ${fault.what}`, fault])).values()];
}
