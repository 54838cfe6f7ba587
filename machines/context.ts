import { type Effort, noEffort } from './effort.ts';
import type { RestoringStep } from './events.ts';
import type { Lifetime } from './lifetime.ts';
import type { ReconnectPolicy } from './policy.ts';
import type { AttemptReason, Ports } from './ports.ts';
import type { Failure, Verdict } from './verdict.ts';

/** What a connection machine is given once, when it is created. */
export interface ConnectionInput {
  /** Everything that it can do to its surroundings. */
  readonly ports: Ports;
  /** When and how often to try again. */
  readonly policy: ReconnectPolicy;
  /** Deadlines in ms: of one attempt (CR-4, RE-8), and of a sign of life (EN-2). */
  readonly deadlines: { readonly credential: number; readonly handshake: number; readonly probe: number };
  /** False for servers without authentication: a refused credential is then final at once. */
  readonly hasProvider: boolean;
  /** How what was lost with a link is made good. */
  readonly restore: RestorePolicy;
  /** When credentials are renewed on the open link (CR-9). Left out where they are not: most contexts go without. */
  readonly renew?: RenewPolicy | undefined;
  /** What the world was like at the start. */
  readonly world: { readonly online: boolean; readonly visible: boolean };
}

/** Why a connection rests in `idle` (LC-3). `initial`: nobody has asked for it yet. */
export type IdleReason = 'initial' | 'disconnected' | 'signed-out' | 'superseded' | 'disposed';

/** How what was lost with a link is made good (SY-1, RM-1). */
export interface RestorePolicy {
  /** The app can be asked for what was missed (SY-1). */
  readonly hasSync: boolean;
  /** How often a step that failed is tried again, before the connection is live without it. */
  readonly retries: Readonly<Record<RestoringStep, number>>;
}

/** When a credential is renewed on the open link (CR-9). */
export interface RenewPolicy {
  /** Ms before a credential runs out at which a fresh one is fetched. */
  readonly leadTime: number;
}

/** The wait before the next attempt. */
export interface Wait {
  /** Ms until the timer fires: the whole wait, or less where the trying time ends before it. */
  readonly timer: number;
  /** Ms that are left of the wait after the timer. */
  readonly rest: number;
  /** Clock reading at which the next attempt is due, for showing. */
  readonly dueAt: number;
}

/** What a step of restoring failed of, and when. */
export interface Missing extends Failure {
  /** Clock reading. */
  readonly at: number;
}

/** What is still to be made good after a link was accepted, by the step that does it. */
export type Owed = Readonly<Record<RestoringStep, boolean>>;

/** The usual ones, shared: thousands of connections may live in one process. */
export const nothingOwed: Owed = { rooms: false, missed: false };
const allWell: ConnectionContext['world'] = { online: true, visible: true, frozen: false };
export const nothingMissing: readonly Missing[] = Object.freeze([]);

/** The memory of the machine, as its snapshots have it: for reading. It holds no credential (CR-12). */
export interface ConnectionContext extends ConnectionInput {
  /** Whose connection it is; kept over disconnect, forgotten by sign-out. */
  readonly identity: string | null;
  /** Number of the attempt under way since the machine began; whatever carries another one is stale. */
  readonly epoch: number;
  /** Attempts since the last proven link: the one under way or waited for. 0 while proven. */
  readonly attempt: number;
  /** Delays planned since the last proven link: the exponent of the backoff. */
  readonly delays: number;
  /** An attempt was made without a wait since the last proven link: the next one waits (LC-7). */
  readonly hasHurried: boolean;
  /** Starts that a changed credential asked for since a wait was waited to its end. */
  readonly restarts: number;
  /** Why the attempt under way or waited for is made. */
  readonly reason: AttemptReason;
  /** The next credential must be a fresh one, and none has been granted yet. */
  readonly refreshOwed: boolean;
  /** What ended the last attempt or link. */
  readonly cause: Failure | null;
  /** How the dial failed while the provider was still working. */
  readonly dialVerdict: Verdict | null;
  readonly wait: Wait | null;
  /** The server's own wish not to be called before: ms from a clock reading (RE-2). */
  readonly floor: {
    readonly from: number;
    readonly ms: number;
    readonly exact: boolean | undefined;
  } | null;
  readonly effort: Effort;
  readonly world: { readonly online: boolean; readonly visible: boolean; readonly frozen: boolean };
  /** Whether the server restored the session of the link before this one. */
  readonly recovered: boolean;
  readonly idleReason: IdleReason;
  /** A link of this identity was accepted before: what came after it may have been missed. */
  readonly hasConnected: boolean;
  /** What is still to be made good. */
  readonly owed: Owed;
  /** Tries of the step of restoring under way. */
  readonly tries: number;
  /** What could not be made good: the connection is live without it. */
  readonly missing: readonly Missing[];
  /** Only where credentials are renewed, and once one was granted. */
  readonly renewal?: Lifetime;
  /** Clock reading at which the top-level state was entered, for showing. */
  readonly since: number;
}

export function initialContext(input: ConnectionInput): ConnectionContext {
  return {
    // Spread, not named one by one: so made, each copy of the context is 800 bytes lighter in V8 (`npm run bench -- memory`).
    ...input,
    world: input.world.online && input.world.visible ? allWell : { ...input.world, frozen: false },
    identity: null,
    epoch: 0,
    attempt: 0,
    delays: 0,
    hasHurried: false,
    restarts: 0,
    reason: 'connect',
    refreshOwed: false,
    cause: null,
    dialVerdict: null,
    wait: null,
    floor: null,
    effort: noEffort,
    recovered: false,
    idleReason: 'initial',
    hasConnected: false,
    owed: nothingOwed,
    tries: 0,
    missing: nothingMissing,
    since: input.ports.now(),
  };
}

/** Whether somebody could be using the app now: only such time counts as trying (LC-8). */
export function isWatched({ world }: ConnectionContext): boolean {
  return world.online && world.visible && !world.frozen;
}
