import { inspect } from 'node:util';
import { classifySocketIo } from '../../machines/verdict.ts';
import type { Connection } from '../connection-api.ts';
import type { Settings } from '../options.ts';
import type { Status } from '../status.ts';
import { isOver, type Ledger } from './ledger.ts';
import { edges } from './lifecycle.ts';
import type { WatchedStore } from './store.ts';
import type { Breach } from './wire.ts';
import type { World } from './world.ts';

/** What an invariant looks at: the connection from outside, the world, and what every subscriber saw. */
export interface Observation {
  readonly connection: Connection;
  readonly world: World;
  readonly policy: Settings['policy'];
  readonly settings: Pick<Settings, 'outbox' | 'sync' | 'deadlines' | 'dialect' | 'classify'>;
  /** What `status$` told, from the beginning. */
  readonly statuses: readonly Status[];
  /** Clock reading of the last of them. */
  readonly emittedAt: number;
  /** When each of them came: ms since the beginning, whatever the clock was set to. */
  readonly cameAt: readonly number[];
  /** The same through `subscribe` and `getStatus`, without the first. */
  readonly viaStore: readonly Status[];
  /** The same through a subscriber that came late, from `lateFrom` on. */
  readonly viaLate: readonly Status[];
  readonly lateFrom: number;
  readonly isDisposed: boolean;
  /** What was sent, wished and received. */
  readonly ledger: Ledger;
  /** The connection was given `identify` and `sync` of the world. */
  readonly isCatchingUp: boolean;
  /** The dialect is the world's own: it knows which rooms the connection is in. */
  readonly readsRooms: boolean;
  /** What the store should hold, where one was given. */
  readonly store: WatchedStore | null;
  /** Bytes of the largest message; and whether the store may hold what others put there. */
  readonly sizes: { readonly most: number; readonly isShared: boolean };
  /** What was seen to break on the wire. */
  readonly breaches: ReadonlyMap<Breach, string>;
  /** Payloads of `message` as they came, with the identity they came under. */
  readonly received: readonly { readonly payload: unknown; readonly identity: string | null }[];
  /** Everything that could leak: problems and inspection events, as text. */
  readonly leaks: () => string;
}

/** A promise that holds after every command, whatever happened before. */
export interface Invariant {
  readonly clauses: readonly string[];
  readonly promise: string;
  /** Called after every command. Gives what is wrong, in words, or `undefined`. */
  check(seen: Observation): string | undefined;
}

const resting: ReadonlySet<Status['state']> = new Set(['idle', 'auth-failed', 'exhausted']);

/** The largest `retryAfter` that the commands let anybody ask for. */
const longestFloor = 5_000;

/** The promises of the spec that hold at every moment; each names its clauses. */
export const invariants: readonly Invariant[] = [
  {
    clauses: ['LK-2', 'ID-1', 'LC-2'],
    promise: 'there is at most one attempt or link at a time',
    check: ({ world }) => {
      const live = world.link.live();
      return live.length > 1 ? `${live.length} are live` : undefined;
    },
  },
  {
    clauses: ['CR-2', 'CR-6', 'ID-1'],
    promise: 'one provider call at a time; no refused credential again; no credential of another identity',
    check: ({ world }) => world.witness.violations[0],
  },
  {
    clauses: ['LC-5', 'LC-4', 'ID-1'],
    promise: '`connected` means that the server accepted this identity, and no link outlives it',
    check: ({ connection, world }) => {
      const status = connection.getStatus();
      const [live] = world.link.live();
      if (status.state === 'connected' && live?.isOpen !== true) return 'connected without a link';
      if (status.state !== 'connected' && live?.isOpen === true) return `a link is open in ${status.state}`;
      if ('identity' in status && live !== undefined && live.identity !== status.identity) {
        return `the link of ${live.identity} serves ${status.identity}`;
      }
      return undefined;
    },
  },
  {
    clauses: ['LC-3', 'LC-8', 'LC-9'],
    promise: 'at rest there is no timer, no attempt and no provider call',
    check: ({ connection, world, ledger, settings, store }) => {
      const { state } = connection.getStatus();
      if (!resting.has(state)) return undefined;
      const { openCalls, timers } = world.witness;
      const dials = world.link.live().length;
      // What goes on is no attempt: messages whose `ttl` runs out are told so, one timer an identity (OB-5), and what
      // the store does is waited for (OB-7).
      const expires = ({ ttl = settings.outbox.ttl }) => ttl !== Number.POSITIVE_INFINITY;
      const expiring = ledger.sent.filter((each) => !isOver(each) && expires(each.options));
      const waits = store === null || store.underWay === 0 ? 0 : Number.POSITIVE_INFINITY;
      const most = new Set(expiring.map(({ identity }) => identity)).size + waits;
      return openCalls + dials > 0 || timers > most
        ? `${state} owns ${timers} timers, ${openCalls} provider calls, ${dials} attempts`
        : undefined;
    },
  },
  {
    clauses: ['LC-1', 'LC-6', 'LC-11'],
    promise: 'the state moves only along the edges of the lifecycle',
    check: ({ statuses }) => {
      const [from, to] = statuses.slice(-2);
      if (from === undefined || to === undefined || edges[from.state].includes(to.state)) return undefined;
      return `${from.state} → ${to.state}`;
    },
  },
  {
    clauses: ['LC-6'],
    promise: 'an outage does not go back to `authenticating` unless somebody asked anew',
    check: ({ statuses }) => {
      const [from, to] = statuses.slice(-2);
      if (from?.state !== 'reconnecting' || to?.state !== 'authenticating') return undefined;
      return from.identity === to.identity
        ? 'reconnecting → authenticating for the same identity'
        : undefined;
    },
  },
  {
    clauses: ['LC-8', 'RE-1'],
    promise: 'attempts stay within `maxAttempts`, and waits within the cap',
    check: ({ connection, emittedAt, policy }) => {
      const status = connection.getStatus();
      if (status.state === 'exhausted' && status.attempts > policy.maxAttempts)
        return `${status.attempts} attempts`;
      if (status.state !== 'reconnecting') return undefined;
      if (status.attempt < 1 || status.attempt > policy.maxAttempts) return `attempt ${status.attempt}`;
      if (status.phase !== 'waiting' && status.retryAt !== null) return `retryAt while in ${status.phase}`;
      if (status.retryAt === null) return undefined;
      const planned = status.retryAt - emittedAt;
      const bound = Math.max(policy.cap, policy.first, policy.base) + longestFloor;
      return planned < 0 || planned > bound ? `a wait of ${planned} ms` : undefined;
    },
  },
  {
    clauses: ['LC-7'],
    promise: 'a link that was not proven does not end the count of attempts',
    check: ({ statuses, cameAt, policy }) => {
      const lost = statuses.at(-1);
      if (lost?.state !== 'reconnecting' || statuses.at(-2)?.state !== 'connected') return undefined;
      const last = statuses.slice(0, -1).findLastIndex((status) => status.state !== 'connected');
      // A page that is put away has not failed.
      if (lost.cause.code === 'suspended') return undefined;
      const held = (cameAt.at(-1) ?? 0) - (cameAt[last + 1] ?? 0);
      if (held >= policy.stableAfter) return undefined;
      const before = statuses[last];
      const count = before?.state === 'reconnecting' ? before.attempt : 1;
      return lost.attempt > count ? undefined : `attempt ${lost.attempt} after attempt ${count}`;
    },
  },
  {
    clauses: ['ST-1', 'ER-1'],
    promise: 'every cause has a code, words and a hint',
    check: ({ connection }) => {
      const status = connection.getStatus();
      if (!('cause' in status)) return undefined;
      const { code, message, hint } = status.cause;
      return !code || message === '' || hint === '' ? `an empty part in ${code}: ${message}` : undefined;
    },
  },
  {
    clauses: ['ST-2', 'ST-3'],
    promise: 'a status is emitted only when something changed, and `getStatus` is the last one',
    check: ({ connection, statuses }) => {
      const [before, last] = [statuses.at(-2), statuses.at(-1)];
      if (last !== connection.getStatus()) return 'getStatus is not what was emitted last';
      if (before !== undefined && JSON.stringify(before) === JSON.stringify(last))
        return `${last.state} came twice`;
      return undefined;
    },
  },
  {
    clauses: ['CR-9'],
    promise: 'a link on which the server refused the credential for good is not kept',
    check: ({ world, settings }) => {
      const { refusedRenewal } = world.witness;
      // A classifier of somebody's own may think otherwise.
      if (refusedRenewal === null || settings.classify !== classifySocketIo) return undefined;
      const kept = world.link.live().some(({ number, isOpen }) => isOpen && number === refusedRenewal);
      return kept ? 'it is open still' : undefined;
    },
  },
  {
    clauses: ['CR-9', 'CR-8'],
    promise: 'while it stays connected, a status tells of the session alone',
    check: ({ statuses }) => {
      const [before, last] = statuses.slice(-2);
      if (before?.state !== 'connected' || last?.state !== 'connected') return undefined;
      return before.since === last.since ? undefined : `connected anew at ${last.since}`;
    },
  },
  {
    clauses: ['LC-12'],
    promise: 'every subscriber sees the same, in one order',
    check: ({ statuses, viaStore, viaLate, lateFrom }) => {
      if (!isSame(statuses.slice(1), viaStore)) return 'the external store saw something else';
      return isSame(statuses.slice(lateFrom), viaLate) ? undefined : 'a late subscriber saw something else';
    },
  },
  {
    clauses: ['MS-1', 'ID-1'],
    promise: 'messages come only while somebody is meant to be connected',
    check: ({ received }) => (received.at(-1)?.identity === null ? 'a message came to nobody' : undefined),
  },
  {
    clauses: ['LC-10'],
    promise: 'after dispose nothing is left and nothing happens',
    check: ({ isDisposed, connection, world }) => {
      if (!isDisposed) return undefined;
      const status = connection.getStatus();
      if (status.state !== 'idle' || status.reason !== 'disposed') return `the state is ${status.state}`;
      const { timers, openCalls } = world.witness;
      return timers + openCalls + world.link.live().length > 0 ? 'something is left' : undefined;
    },
  },
];

/** Too slow to check after every command: once, at the end of a run. */
export const finalInvariants: readonly Invariant[] = [
  {
    clauses: ['CR-12'],
    promise: 'a credential is nowhere to be read',
    check: ({ connection, world, statuses, leaks }) => {
      const snapshot = connection.actor.getSnapshot();
      const text = [
        JSON.stringify([statuses, connection.trace(), connection.stats(), snapshot]),
        inspect([statuses, connection.trace(), snapshot.context], { depth: 12 }),
        leaks(),
      ].join('\n');
      const found = world.tokens.all().find((token) => text.includes(token));
      return found === undefined ? undefined : `${found} can be read`;
    },
  },
];

function isSame(one: readonly Status[], other: readonly Status[]): boolean {
  return one.length === other.length && one.every((status, index) => status === other[index]);
}
