import type { ActorLogic } from 'xstate';
import { adjacencyMapToArray, getAdjacencyMap } from 'xstate/graph';
import { connectionMachine } from '../../machines/connection.ts';
import type { ConnectionContext, ConnectionInput } from '../../machines/context.ts';
import { spentBy } from '../../machines/effort.ts';
import { defaultPolicy } from '../../machines/policy.ts';
import { classifySocketIo } from '../../machines/verdict.ts';
import { inertPorts } from '../../src/testing/inert-ports.ts';
import { type Asked, eventsFor, pathOf, type Snapshot } from './chart-events.ts';

/** One thing that can happen in one state that can be reached, and where it leads. */
export interface Step {
  readonly from: Snapshot;
  readonly asked: Asked;
  readonly to: Snapshot;
}

export interface WalkOptions {
  readonly machine?: typeof connectionMachine;
  readonly hasProvider?: boolean;
  readonly resumeOnSignal?: boolean;
  /** Which of the events are tried; all of them would make one walk too long. */
  readonly isTried: (asked: Asked, state: Snapshot) => boolean;
}

/** Few attempts, and a short time of trying, so that both can be used up within a few steps. */
export const limits = { maxAttempts: 2, giveUpAfter: 1_000 };

/** Every state that can be reached by the events that are tried, and every step between them. */
export function walk({ machine = connectionMachine, ...options }: WalkOptions): readonly Step[] {
  const surroundings = createSurroundings();
  const map = getAdjacencyMap(tellingTime(machine, surroundings), {
    input: surroundings.input(options),
    events: (state) => eventsFor(state).filter((asked) => options.isTried(asked, state)),
    serializeState: classOf,
    serializeEvent: ({ row, event }) => `${row} ${event.type}`,
    limit: 100_000,
  });
  return adjacencyMapToArray(map).map(({ state, event, nextState }) => ({
    from: state,
    asked: event,
    to: nextState,
  }));
}

/** Whether the time of trying is used up at a reading of the clock. */
export function isSpent({ effort, policy }: ConnectionContext, now: number): boolean {
  return spentBy(effort, now) >= policy.giveUpAfter;
}

/**
 * What decides in a state, as text: two states with the same are one. Left out are readings of the clock and the epoch,
 * which would make the chart endless, and what is left in memory of a state that was left.
 */
function classOf(state: Snapshot): string {
  const { context } = state;
  const { world, dialVerdict, wait, floor, cause } = context;
  const path = pathOf(state);
  const hasTurn = path === 'reconnecting.waiting' || path === 'reconnecting.offline';
  const seen = [path, healthOf(state), world.online, world.visible && !world.frozen];
  // The test holds by itself that a start from rest forgets everything else.
  if (state.hasTag('resting')) {
    return JSON.stringify([...seen, context.identity === null, context.idleReason === 'superseded']);
  }
  return JSON.stringify([
    ...seen,
    context.reason === 'refused',
    context.refreshOwed,
    context.attempt,
    context.hasHurried,
    context.restarts,
    context.effort.spent >= context.policy.giveUpAfter,
    path.endsWith('dialFailed') && [dialVerdict?.kind, dialVerdict?.retry, dialVerdict?.forceRefresh],
    hasTurn && [(wait?.rest ?? 0) > 0, floor !== null, cause?.code],
  ]);
}

function healthOf({ value }: Snapshot): unknown {
  return typeof value === 'object' && 'connected' in value ? value.connected.health : null;
}

/** The chart with a clock and a backoff that say what the event asks for; timers and providers say nothing by themselves. */
function tellingTime(
  machine: typeof connectionMachine,
  surroundings: ReturnType<typeof createSurroundings>,
): ActorLogic<Snapshot, Asked, ConnectionInput> {
  return {
    config: machine.config,
    getInitialSnapshot: (scope, input) => machine.getInitialSnapshot(scope as never, input),
    getPersistedSnapshot: (snapshot) => machine.getPersistedSnapshot(snapshot),
    transition(state, asked, scope) {
      surroundings.asked = asked;
      return machine.transition(state, asked.event as never, scope as never);
    },
  };
}

function createSurroundings() {
  const surroundings = {
    asked: null as Asked | null,
    input: ({
      hasProvider = true,
      resumeOnSignal = true,
    }: Omit<WalkOptions, 'isTried'>): ConnectionInput => ({
      ports: {
        now: () => surroundings.asked?.now ?? 0,
        random: () => 0.5,
        ...inertPorts,
        classify: classifySocketIo,
      },
      policy: {
        ...defaultPolicy,
        ...limits,
        resumeOnSignal,
        first: 2,
        cap: 2,
        backoff: () => (surroundings.asked?.givesUp ? 'give-up' : undefined),
      },
      deadlines: { credential: limits.giveUpAfter, handshake: limits.giveUpAfter, probe: 5_000 },
      hasProvider,
      restore: { hasSync: false, retries: { rooms: 0, missed: 0 } },
      world: { online: true, visible: true },
    }),
  };
  return surroundings;
}
