/** What happens to the clients, as data. All lanes run at the same time, since nearly all of it is waiting. */
export interface Lane {
  /** What happened, for people. */
  readonly name: string;
  readonly fault: NodeFault | BrowserFault;
  /** Ms for which nothing comes through: one for each round, so that a schedule without chance meets good and bad luck. */
  readonly outages: readonly number[];
  /** How many rounds come before, and do not count. */
  readonly warmups: number;
  /** How many groups of clients go through their rounds beside each other. */
  readonly abreast: number;
  /** Of each contender, in each group. */
  readonly clients: number;
  /** Ms over which they connect: how long a dead link goes unnoticed depends on when the last heartbeat was. */
  readonly spread: number;
  /** Ms between two signs of life, for all the same. `null`: as each has it. */
  readonly heartbeat: number | null;
}

export type NodeFault = 'reset' | 'end' | 'refuse' | 'restart' | 'stop';
export type BrowserFault = 'offline' | 'wake';

/** Ms from the last return to the next fault. Some hold a link for proven after 5 s, and are slower before. */
export const rest = 6_000;

/** Ms between the beginnings of two heats, so that their faults do not fall together. */
export const heatStep = 1_300;

/** Ms after which a client that is not back never will be. The longest wait of any is 35 s, that of graphql-ws. */
export const patience = 100_000;

const base = { warmups: 1, abreast: 1, clients: 12, spread: 0, heartbeat: null };
const none = (rounds: number) => Array.from({ length: rounds }, () => 0);

export const nodeLanes: readonly (Lane & { readonly fault: NodeFault })[] = [
  { ...base, name: 'link cut, RST', fault: 'reset', outages: none(17), clients: 30 },
  { ...base, name: 'link cut, FIN', fault: 'end', outages: none(17), clients: 30 },
  { ...base, name: 'network away for 3 s', fault: 'refuse', outages: around(3_000, 9) },
  { ...base, name: 'network away for 10 s', fault: 'refuse', outages: around(10_000, 5) },
  // One round each: in a row they would take too long.
  {
    ...base,
    name: 'network away for 30 s',
    fault: 'refuse',
    outages: [30_000],
    ...{ warmups: 0, abreast: 6, clients: 6 },
  },
  { ...base, name: 'server killed, back in 2 s', fault: 'restart', outages: around(2_000, 7) },
  { ...base, name: 'process stopped for 10 s', fault: 'stop', outages: around(10_000, 6) },
];

export const browserLanes: readonly (Lane & { readonly fault: BrowserFault })[] = [
  { ...base, name: 'browser offline for 10 s', fault: 'offline', outages: around(10_000, 7), clients: 6 },
  {
    ...base,
    name: 'page shown again, link dead',
    fault: 'wake',
    // A round takes a minute, as one of them may not notice before.
    outages: none(3),
    ...{ warmups: 0, abreast: 2, clients: 6, spread: 30_000 },
  },
  {
    ...base,
    name: 'page shown again, link dead, a heartbeat every 5 s for all',
    fault: 'wake',
    outages: none(7),
    ...{ clients: 6, spread: 5_000, heartbeat: 5_000 },
  },
];

/** Evenly from three quarters of it to five quarters. */
export function around(ms: number, rounds: number): number[] {
  return Array.from({ length: rounds }, (_, round) =>
    Math.round(ms * (0.75 + (0.5 * (round + 0.5)) / rounds)),
  );
}
