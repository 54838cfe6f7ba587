import { createActor } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import type { ConnectionInput } from '../../machines/context.ts';
import type { ConnectionEvent } from '../../machines/events.ts';
import { classifySocketIo } from '../../machines/verdict.ts';
import { isSameStatus, type Status, statusOf } from '../status.ts';
import type { Trace, TraceEntry, TraceSettings } from '../trace.ts';
import { inertPorts } from './inert-ports.ts';

/**
 * Plays a trace again and gives the statuses that its user saw, from where the trace begins (ST-5). The machine is the
 * real one; time stands where each entry says, and timers, links and providers only say what the entries say.
 *
 * @example
 * const statuses = replay(JSON.parse(await readFile('trace.json', 'utf8')));
 */
export function replay(trace: Trace): Status[] {
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
  const actor = createActor(connectionMachine, { input, snapshot, clock: inertClock }).start();

  const statuses = [statusOf(actor.getSnapshot())];
  for (const entry of trace.entries) {
    now = entry.at;
    told = answersOf(entry);
    actor.send(entry.event as ConnectionEvent);
    const status = statusOf(actor.getSnapshot());
    if (!isSameStatus(statuses.at(-1) as Status, status)) statuses.push(status);
  }
  actor.stop();
  return statuses;
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
