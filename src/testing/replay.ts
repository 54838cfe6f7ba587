import { createActor, type InspectionEvent } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import type { ConnectionInput } from '../../machines/context.ts';
import type { ConnectionEvent } from '../../machines/events.ts';
import { classifySocketIo, type Failure } from '../../machines/verdict.ts';
import { type ConnectionSnapshot, isSameStatus, type Status, statusOf } from '../status.ts';
import { pathOf, type Trace, type TraceEntry, type TraceSettings } from '../trace.ts';
import { inertPorts } from './inert-ports.ts';

/** Where the chart of today stands after an entry of a trace; before the first one, `entry` is `null`. */
export interface Played {
  readonly entry: TraceEntry | null;
  readonly status: Status;
  /** State path, as in `TraceEntry.to`. */
  readonly path: string;
  /** Code of the failure that the entry brought, as in `TraceEntry.cause`. */
  readonly cause: string | undefined;
}

export interface PlayOptions {
  /** An XState inspection observer, told as if it happened now. */
  readonly inspect?: (event: InspectionEvent) => void;
}

/**
 * Plays a trace again and gives the statuses that its user saw, from where the trace begins (ST-5). The machine is the
 * real one; time stands where each entry says, and timers, links and providers only say what the entries say.
 *
 * @throws What the machine throws at an entry that no connection ever recorded.
 * @example
 * const statuses = replay(JSON.parse(await readFile('trace.json', 'utf8')));
 */
export function replay(trace: Trace): Status[] {
  const statuses: Status[] = [];
  for (const { status } of play(trace)) {
    const last = statuses.at(-1);
    if (last === undefined || !isSameStatus(last, status)) statuses.push(status);
  }
  return statuses;
}

/** As `replay`, entry by entry. */
export function* play(trace: Trace, { inspect }: PlayOptions = {}): Generator<Played, void> {
  let now = trace.startedAt;
  let told = answersOf(null);
  const input: ConnectionInput = {
    ports: {
      now: () => now,
      random: () => told.draws.shift() ?? 0,
      classify: (observed) => told.verdicts.shift() ?? classifySocketIo(observed),
      ...inertPorts,
    },
    ...optionsOf(trace.settings, () => told.backoffs.shift() ?? undefined),
    world: trace.start.context.world,
  };
  const snapshot = connectionMachine.resolveState({
    value: trace.start.value as never,
    context: { ...trace.start.context, ...input, world: trace.start.context.world },
  });
  const actor = createActor(connectionMachine, {
    ...{ input, snapshot, clock: inertClock },
    ...(inspect && { inspect }),
  });
  // Somebody who listens: without one, XState throws it where nobody can catch it.
  let broken: { readonly error: unknown } | null = null;
  actor.subscribe({
    error: (error) => {
      broken = { error };
    },
  });
  actor.start();

  let before = actor.getSnapshot().context.cause;
  yield { entry: null, ...standing(actor.getSnapshot(), before) };
  for (const entry of trace.entries) {
    now = entry.at;
    told = answersOf(entry);
    actor.send(entry.event as ConnectionEvent);
    if (broken !== null) throw (broken as { error: unknown }).error;
    yield { entry, ...standing(actor.getSnapshot(), before) };
    before = actor.getSnapshot().context.cause;
  }
  // Not stopped: it holds on to nothing, and an inspector would hear of something that was never recorded.
}

function standing(snapshot: ConnectionSnapshot, before: Failure | null): Omit<Played, 'entry'> {
  const { cause } = snapshot.context;
  return {
    status: statusOf(snapshot),
    path: pathOf(snapshot.value),
    cause: cause !== null && cause !== before ? cause.code : undefined,
  };
}

/** The entries hold what timers said; none of its own may speak. */
const inertClock = { setTimeout: () => 0, clearTimeout() {} };

function answersOf(entry: TraceEntry | null) {
  return {
    draws: [...(entry?.draws ?? [])],
    backoffs: [...(entry?.backoffs ?? [])],
    verdicts: [...(entry?.verdicts ?? [])],
  };
}

function optionsOf(
  { deadlines, hasProvider, restore, renew, maxAttempts, giveUpAfter, ...policy }: TraceSettings,
  backoff: ConnectionInput['policy']['backoff'],
) {
  const limit = (value: number | null) => value ?? Number.POSITIVE_INFINITY;
  return {
    deadlines,
    hasProvider,
    restore,
    ...(renew && { renew }),
    policy: { ...policy, backoff, maxAttempts: limit(maxAttempts), giveUpAfter: limit(giveUpAfter) },
  };
}
