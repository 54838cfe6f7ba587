import type { SnapshotFrom } from 'xstate';
import type { connectionMachine } from '../../machines/connection.ts';
import type { ConnectionEvent } from '../../machines/events.ts';
import { failure, type Verdict } from '../../machines/verdict.ts';

/** An event as one step of a walk tries it: the row of the table that it belongs to, and what the world is like meanwhile. */
export interface Asked {
  readonly type: 'asked';
  readonly row: string;
  readonly event: ConnectionEvent | { readonly type: `xstate.after.${string}` };
  /** Reading of the clock. */
  readonly now: number;
  /** The user's backoff says `give-up`. */
  readonly givesUp?: boolean;
}

export type Snapshot = SnapshotFrom<typeof connectionMachine>;

/** Longer than any time of trying that is left. */
const long = 1_500;

/** Every verdict that could make a difference, by the words of the table. */
export const verdicts: Readonly<Record<string, Verdict>> = {
  'credential, now': verdict('credential', 'now', { forceRefresh: true }),
  'credential, backoff': verdict('credential', 'backoff'),
  'credential, never': verdict('credential', 'never'),
  'forbidden, never': verdict('forbidden', 'never'),
  'forbidden, backoff': verdict('forbidden', 'backoff'),
  'superseded, never': verdict('superseded', 'never'),
  'superseded, backoff': verdict('superseded', 'backoff'),
  'network, now': verdict('network', 'now'),
  'network, backoff': verdict('network', 'backoff'),
  'network, never': verdict('network', 'never'),
  'busy, long': verdict('busy', 'backoff', { retryAfter: long }),
  'server, refresh': verdict('server', 'backoff', { forceRefresh: true }),
};

/** Everything that can happen in a state. Only the clock reading and the epochs depend on the state. */
export function eventsFor(state: Snapshot): readonly Asked[] {
  const { context } = state;
  const { epoch, identity } = context;
  const now = Math.max(context.since, context.effort.since ?? 0);
  // The edge stops the actor at this transition: nothing reaches the chart any more (LC-10).
  if (pathOf(state) === 'disposed') return [];

  const ask = (row: string, event: Asked['event'], more: Partial<Asked> = {}): Asked => ({
    type: 'asked',
    row,
    event,
    now,
    ...more,
  });
  const later = Math.max(now + long, context.wait?.dueAt ?? 0);
  const unavailable = { failure: failure('credential-unavailable', 'no'), retryAfter: null };
  const told = Object.entries(verdicts).flatMap(([name, verdict]) => [
    ask(`no: ${name}`, { type: 'link.refused', epoch, verdict }),
    ask(`no: ${name}`, { type: 'link.failed', epoch, verdict }),
    ask(`lost: ${name}`, { type: 'link.lost', epoch, verdict }),
  ]);
  const network = verdicts['network, backoff'] as Verdict;
  const givesUp = { givesUp: true };
  const old = epoch - 1;

  return [
    ask('connect', { type: 'user.connect' }),
    ...(identity === null ? [] : [ask('connect as before', { type: 'user.connect', identity } as const)]),
    ask('connect as another', { type: 'user.connect', identity: identity === 'alice' ? 'bob' : 'alice' }),
    ask('disconnect', { type: 'user.disconnect' }),
    ask('retry', { type: 'user.retry' }),
    ask('credential changed', { type: 'user.credential-changed' }),
    ask('sign out', { type: 'user.sign-out' }),
    ask('dispose', { type: 'user.dispose' }),

    ask('granted', { type: 'credential.granted', epoch, refusedBefore: false }),
    ask('granted, slowly', { type: 'credential.granted', epoch, refusedBefore: false }, { now: later }),
    ask('granted the refused one', { type: 'credential.granted', epoch, refusedBefore: true }),
    ask('nobody signed in', {
      type: 'credential.refused',
      epoch,
      failure: failure('credential-refused', 'no'),
    }),
    ask('unavailable', { type: 'credential.unavailable', epoch, ...unavailable }),
    ask('unavailable, long', {
      type: 'credential.unavailable',
      epoch,
      ...unavailable,
      retryAfter: long,
    }),

    ask('opened', { type: 'link.opened', epoch, recovered: false }),
    ...told,
    ask('no, backoff gives up', { type: 'link.failed', epoch, verdict: network }, givesUp),
    ask('lost, backoff gives up', { type: 'link.lost', epoch, verdict: network }, givesUp),

    ask('of an older attempt', { type: 'credential.granted', epoch: old, refusedBefore: false }),
    ask('of an older attempt', {
      type: 'credential.refused',
      epoch: old,
      failure: failure('credential-refused', 'no'),
    }),
    ask('of an older attempt', { type: 'credential.unavailable', epoch: old, ...unavailable }),
    ask('of an older attempt', { type: 'link.opened', epoch: old, recovered: false }),
    ask('of an older attempt', { type: 'link.refused', epoch: old, verdict: network }),
    ask('of an older attempt', { type: 'link.failed', epoch: old, verdict: network }),
    ask('of an older attempt', { type: 'link.lost', epoch: old, verdict: network }),
    ask('of an older attempt', { type: 'probe.answered', epoch: old }),
    ask('of an older attempt', { type: 'probe.ghost', epoch: old }),
    ask('of an older attempt', { type: 'renewal.refused', epoch: old, verdict: network }),

    // What restoring does with its own words is in restoring.test.ts: here, nothing is restored.
    ask('of restoring', { type: 'restoring.done', epoch }),
    ask('of restoring', {
      type: 'restoring.failed',
      epoch,
      failure: failure('sync-failed', 'no'),
      mayRetry: true,
    }),
    ask('of restoring', { type: 'inbox.gap', epoch }),
    // And nothing is renewed: renewal.test.ts has a table of its own.
    ask('of a renewal', { type: 'renewal.accepted', epoch }),
    ask('of a renewal', { type: 'renewal.refused', epoch, verdict: network }),

    ask('online', { type: 'world.online' }),
    ask('offline', { type: 'world.offline' }),
    ask('visible', { type: 'world.visible' }),
    ask('hidden', { type: 'world.hidden' }),
    ask('frozen', { type: 'world.frozen' }),
    ask('resumed', { type: 'world.resumed' }),
    ask('suspended', { type: 'world.suspended' }),
    ask('alive', { type: 'probe.answered', epoch }),
    ask('a ghost', { type: 'probe.ghost', epoch }),
    ...(state.matches({ reconnecting: 'waiting' })
      ? [
          ask('visible, overdue', { type: 'world.visible' }, { now: later }),
          ask('resumed, overdue', { type: 'world.resumed' }, { now: later }),
        ]
      : []),
    ...timersOf(state).map((type) =>
      ask(timerNames[type.split('.')[2] ?? ''] ?? type, { type }, { now: later }),
    ),
  ];
}

/** The innermost states, without regions that have nothing to say: `reconnecting.credential.dialing`. */
export function pathOf({ value, context }: Snapshot): string {
  if (typeof value === 'string') return context.idleReason === 'disposed' ? 'disposed' : value;
  if ('connected' in value) return `connected.${value.connected.stability}`;
  return JSON.stringify(value).replaceAll(/[{}"]/g, '').replaceAll(':', '.');
}

/** By the delay's name in the chart; a timer that is not here is a row that the table lacks. */
const timerNames: Readonly<Record<string, string>> = {
  credentialTimeout: 'no credential in time',
  handshakeTimeout: 'no answer in time',
  stableAfter: 'held for a while',
  wait: 'the wait is over',
  probeTimeout: 'no sign of life in time',
  lastWord: 'no last word in time',
};

/** Timers that run in a state; XState makes an event of each. */
function timersOf(state: Snapshot): `xstate.after.${string}`[] {
  return state._nodes.flatMap((node) =>
    node.after.map(({ eventType }) => eventType as `xstate.after.${string}`),
  );
}

function verdict(
  kind: Verdict['kind'],
  retry: Verdict['retry'],
  { forceRefresh = false, retryAfter = null as number | null } = {},
): Verdict {
  const code = kind === 'credential' ? 'unauthorized' : 'network';
  return { kind, retry, forceRefresh, retryAfter, ...failure(code, 'no') };
}
