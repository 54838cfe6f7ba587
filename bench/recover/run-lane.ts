import { setTimeout as pause } from 'node:timers/promises';
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

/** All heats at the same time, begun one after another. */
export async function runHeats(heats: readonly Heat[]): Promise<ReadonlyMap<Lane, readonly Round[]>> {
  const results = new Map<Lane, Round[]>();
  await Promise.all(
    heats.map(async (heat, place) => {
      await pause(place * heatStep);
      results.set(heat.lane, [...(results.get(heat.lane) ?? []), ...(await runHeat(heat))]);
    }),
  );
  return results;
}

/** Ms between the faults of two contenders, so that no client waits for the processor because of another's return. */
const step = 150;

/** All contenders meet each fault together, in an order that turns around each time. */
async function runHeat({ lane, entrants }: Heat): Promise<Round[]> {
  const rounds: Round[] = [];
  for (const [index, outage] of lane.outages.entries()) {
    await Promise.all(entrants.map(({ returns }) => returns.settled(rest)));
    const order = index % 2 === 0 ? entrants : entrants.toReversed();
    const times = await Promise.all(
      order.map(async ({ contender, returns, harm }, place) => {
        await pause(place * step);
        const clear = await harm(outage);
        return [contender, (await returns.since(clear, patience)).map((at) => at - clear)] as const;
      }),
    );
    rounds.push(Object.fromEntries(times));
  }
  return rounds;
}

/** Who has no heartbeat never notices a link that died without a word. */
export function entrantsOf({ fault }: Lane) {
  return contenders.filter(({ hasHeartbeat }) => fault !== 'wake' || hasHeartbeat);
}
