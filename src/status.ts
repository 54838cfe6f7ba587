import type { SnapshotFrom } from 'xstate';
import type { connectionMachine } from '../machines/connection.ts';
import type { IdleReason } from '../machines/context.ts';
import type { Failure } from '../machines/verdict.ts';
import { errorOf, type HoldfastError } from './errors.ts';
import type { Problem } from './problems.ts';

/** A snapshot of the machine, as `connection.actor` has it. */
export type ConnectionSnapshot = SnapshotFrom<typeof connectionMachine>;

/**
 * What the connection is doing, why, and what happens next (ST-1). `since` and `retryAt` are clock readings for
 * showing: epoch ms by default.
 */
export type Status =
  | { readonly state: 'idle'; readonly since: number; readonly reason: IdleReason }
  | {
      readonly state: 'authenticating';
      readonly since: number;
      readonly identity: string;
      readonly phase: 'credential' | 'handshake';
    }
  | {
      readonly state: 'connected';
      readonly since: number;
      readonly identity: string;
      readonly phase: 'restoring' | 'live';
      /** Whether the server restored the session that was lost, so that nothing was missed. */
      readonly recovered: boolean;
      /** What could not be restored; empty when all is well. */
      readonly degraded: readonly Problem[];
    }
  | {
      readonly state: 'reconnecting';
      readonly since: number;
      readonly identity: string;
      readonly phase: 'waiting' | 'offline' | 'credential' | 'handshake';
      /** Number of the attempt under way or waited for, counted since the last proven link. */
      readonly attempt: number;
      /** When the next attempt is due; `null` outside of `waiting`. */
      readonly retryAt: number | null;
      /** What ended the link, or the last attempt. */
      readonly cause: HoldfastError;
    }
  | {
      readonly state: 'auth-failed';
      readonly since: number;
      readonly identity: string;
      readonly cause: HoldfastError;
    }
  | {
      readonly state: 'exhausted';
      readonly since: number;
      readonly identity: string;
      /** Attempts that failed in a row. */
      readonly attempts: number;
      readonly cause: HoldfastError;
    };

/** The one projection from the machine's states to what users see. */
export function statusOf(snapshot: ConnectionSnapshot): Status {
  const { context, value } = snapshot;
  const { since } = context;
  const identity = context.identity ?? '';
  if (typeof value === 'string') {
    switch (value) {
      case 'idle':
        return { state: value, since, reason: context.idleReason };
      case 'auth-failed':
        return { state: value, since, identity, cause: causeOf(context.cause) };
      case 'exhausted':
        return { state: value, since, identity, attempts: context.attempt, cause: causeOf(context.cause) };
    }
  }
  if ('authenticating' in value) {
    return { state: 'authenticating', since, identity, phase: attemptPhase(value.authenticating) };
  }
  if ('connected' in value) {
    return {
      state: 'connected',
      since,
      identity,
      phase: value.connected.session === 'live' ? 'live' : 'restoring',
      recovered: context.recovered,
      degraded: context.missing,
    };
  }
  const phase = outagePhase(value.reconnecting);
  return {
    state: 'reconnecting',
    since,
    identity,
    phase,
    attempt: context.attempt,
    retryAt: phase === 'waiting' && context.wait?.rest === 0 ? context.wait.dueAt : null,
    cause: causeOf(context.cause),
  };
}

export type LiveStatus = Extract<Status, { state: 'connected' }> & { readonly phase: 'live' };

export function isLive(status: Status): status is LiveStatus {
  return status.state === 'connected' && status.phase === 'live';
}

/** Whether two statuses tell the same, so that a second one need not be emitted (ST-2, ST-3). */
export function isSameStatus(a: Status, b: Status): boolean {
  // The same state has the same keys.
  return (Object.keys(a) as (keyof Status)[]).every((key) => Object.is(a[key], b[key]));
}

function attemptPhase(value: 'handshake' | object): 'credential' | 'handshake' {
  return value === 'handshake' ? value : 'credential';
}

type OutageValue = Extract<ConnectionSnapshot['value'], { reconnecting: unknown }>['reconnecting'];

function outagePhase(value: OutageValue): 'waiting' | 'offline' | 'credential' | 'handshake' {
  switch (value) {
    case 'waiting':
    case 'offline':
      return value;
    case 'suspended':
    case 'scheduling':
    case 'planning':
      // Suspended, nobody sees the page until it returns: not worth a phase of its own. The others are passing states:
      // XState shows a snapshot only where a transition comes to rest, which is never there.
      return 'waiting';
    default:
      return attemptPhase(value);
  }
}

const errors = new WeakMap<Failure, HoldfastError>();
const unknownCause: Failure = { code: 'network', message: 'no cause is known', hint: '' };

/** One error object a failure, so that a status keeps its identity while nothing changes. */
function causeOf(failure: Failure | null): HoldfastError {
  const known = failure ?? unknownCause;
  let error = errors.get(known);
  if (error === undefined) {
    error = errorOf(known);
    errors.set(known, error);
  }
  return error;
}
