import type { ReconnectPolicy } from '../../machines/policy.ts';
import { type Course, comeBack } from './comeback.ts';
import { type Figures, figuresOf } from './figures.ts';
import { admitting, limited, open, telling } from './gates.ts';
import { type Outage, type Sort, waitOut } from './outage.ts';
import { ably, centrifuge, holdfast, phoenix, type Schedule, socketIo } from './schedules.ts';
import type { Gate } from './world.ts';

/** What is compared, by the names that tables and plots use. */
export const schedules = {
  'socket.io': socketIo,
  Ably: ably,
  Phoenix: phoenix,
  Centrifuge: centrifuge,
  holdfast: holdfast(),
} as const satisfies Record<string, Schedule>;

export type Client = keyof typeof schedules;

/** Ms without a server; 0 is a node that goes while others stay and take its clients. */
export const outages = [0, 1_000, 3_000, 30_000, 180_000] as const;

/** Seconds that the server needs to take all of them, or `null` for one that takes any number at once. */
export const capacities = [null, 10, 100] as const;

/**
 * What the server does for its herd. `one-time` is a limit that tells everybody the same time, which some servers have
 * instead of slots.
 */
export type Help = 'none' | 'drain' | 'admission' | 'one-time';

export interface Setting {
  readonly client: Client;
  readonly outage: number;
  readonly capacity: number | null;
  readonly help: Help;
}

export interface Cell extends Setting, Figures {}

/** Called with every course before it is forgotten: a million clients are kept one at a time. */
type Watch = (setting: Setting, course: Course) => void;

/** All clients, outages and capacities; with admission only who reads the slot, for others it is any limit. */
export function runGrid(clients: number, seed: number, watch: Watch = () => {}): Cell[] {
  const cells: Cell[] = [];
  for (const [client, schedule] of Object.entries(schedules) as [Client, Schedule][]) {
    const sort = { clients, schedule, seed };
    for (const outage of outages) {
      for (const help of ['none', 'drain'] as const) {
        const meet = meeting(sort, { ms: outage, isDrained: help === 'drain' });
        const add = (setting: Setting, gate: Gate) => {
          const course = meet(gate);
          watch(setting, course);
          cells.push({ ...setting, ...figuresOf(course, clients) });
        };
        for (const capacity of capacities) {
          const rate = clients / (capacity ?? 0);
          add({ client, outage, capacity, help }, capacity === null ? open : limited(rate));
          if (client !== 'holdfast' || capacity === null || help === 'drain') continue;
          add({ client, outage, capacity, help: 'admission' }, admitting(rate, seed));
          if (outage === 1_000) add({ client, outage, capacity, help: 'one-time' }, telling(rate, 5_000));
        }
      }
    }
  }
  return cells;
}

export type Timing = Pick<ReconnectPolicy, 'first' | 'base' | 'factor' | 'cap'>;

/** What one schedule does without the server's help. */
export function runAlone(
  sort: Sort,
  lengths: readonly number[],
  rooms: readonly (number | null)[] = capacities,
): (Figures & Pick<Setting, 'outage' | 'capacity'>)[] {
  return lengths.flatMap((outage) => {
    const meet = meeting(sort, { ms: outage, isDrained: false });
    return rooms.map((capacity) => {
      const gate = capacity === null ? open : limited(sort.clients / capacity);
      return { outage, capacity, ...figuresOf(meet(gate), sort.clients) };
    });
  });
}

/** The outage is the same whatever stands at the door afterwards. */
function meeting(sort: Sort, outage: Outage): (gate: Gate) => Course {
  const herd = waitOut(sort, outage);
  return (gate) => comeBack(sort, herd, gate);
}
