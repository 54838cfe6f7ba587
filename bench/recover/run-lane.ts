import { type ContenderName, contenders } from './contenders.ts';
import type { Round } from './figures.ts';
import { heatStep, type Lane, patience, rest } from './lanes.ts';
import type { Returns } from './returns.ts';

/** The clients of one contender in one group, and the fault that they meet. */
export interface Entrant {
  readonly contender: ContenderName;
  readonly returns: Returns;
  /** Gives the moment from which nothing stands in the way any more. */
  harm(outage: number): Promise<number>;
}

/** A group of each contender, which go through the rounds of a lane together. */
export interface Heat {
  readonly lane: Lane;
  readonly entrants: readonly Entrant[];
}

/** All heats at the same time, begun one after another when every client is there: to start up is most of the work. */
export async function runHeats(
  heats: readonly Heat[],
  begin = () => {},
): Promise<ReadonlyMap<Lane, readonly Round[]>> {
  const early = heats.filter(({ lane }) => lane.spread === 0).flatMap(({ entrants }) => entrants);
  await Promise.all(early.map(({ returns }) => returns.since(0, patience)));
  begin();
  const results = new Map<Lane, Round[]>();
  await Promise.all(
    heats.map(async (heat, place) => {
      await pause(place * heatStep);
      const rounds = await runHeat(heat);
      // Others of the lane may have ended meanwhile.
      results.set(heat.lane, [...(results.get(heat.lane) ?? []), ...rounds]);
    }),
  );
  return results;
}

async function runHeat({ lane, entrants }: Heat): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let index = -lane.warmups; index < lane.outages.length; index += 1) {
    const order = index % 2 === 0 ? entrants : entrants.toReversed();
    const round = await runRound(order, lane.outages[Math.max(0, index)] ?? 0);
    if (index >= 0) rounds.push(round);
  }
  return rounds;
}

/** Ms between the faults of two contenders, so that no client waits for the processor because of another's return. */
const step = 150;

async function runRound(entrants: readonly Entrant[], outage: number): Promise<Round> {
  await Promise.all(entrants.map(({ returns }) => returns.settled(rest)));
  const times = await Promise.all(
    entrants.map(async ({ contender, returns, harm }, place) => {
      await pause(place * step);
      const clear = await harm(outage);
      return [contender, (await returns.since(clear, patience)).map((at) => at - clear)] as const;
    }),
  );
  return Object.fromEntries(times);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Who has no heartbeat never notices a link that died without a word. */
export function entrantsOf({ fault }: Lane) {
  return contenders.filter(({ hasHeartbeat }) => fault !== 'wake' || hasHeartbeat);
}
