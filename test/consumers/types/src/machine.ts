import {
  type AttemptReason,
  alphabet,
  type BackoffRequest,
  type Classifier,
  type ConnectionContext,
  type ConnectionEvent,
  type ConnectionInput,
  type CredentialCall,
  type CredentialPort,
  classifySocketIo,
  connectionMachine,
  defaultPolicy,
  delayBound,
  type Failure,
  type FailureCode,
  hints,
  type IdleReason,
  type LinkPort,
  nextDelay,
  type Observed,
  type Ports,
  type ReconnectPolicy,
  type Verdict,
} from 'holdfast/machine';
import { createActor, type SnapshotFrom } from 'xstate';

const policy: ReconnectPolicy = {
  ...defaultPolicy,
  backoff: ({ attempt, elapsed, cause }: BackoffRequest) =>
    cause.code === 'kicked' ? 'give-up' : attempt + elapsed,
};
const classify: Classifier = (observed: Observed): Verdict => ({
  ...classifySocketIo(observed),
  retry: 'never',
});

/** The chart by itself, with ports of one's own. */
export function embed(ports: Ports) {
  const input: ConnectionInput = {
    ports: { ...ports, classify },
    policy,
    deadlines: { credential: 10_000, handshake: 20_000, probe: 5_000 },
    hasProvider: true,
    restore: { hasSync: false, retries: { rooms: 2, missed: 2 } },
    world: { online: true, visible: true },
  };
  const actor = createActor(connectionMachine, { input });
  actor.subscribe((snapshot) => attemptOf(snapshot.context));
  actor.start();
  const event: ConnectionEvent = { type: 'user.disconnect' };
  actor.send(event);
  return actor.getSnapshot().matches('idle');
}

export const bound: number = delayBound(policy, 3);
export const next = (cause: Failure): number | 'give-up' =>
  nextDelay(policy, Math.random, { n: 1, attempt: 1, elapsed: 0, cause, retryAfter: null });
export const words: string = hints['kicked' satisfies FailureCode];
export const events: readonly ConnectionEvent['type'][] = alphabet;
export const reasonOf = (call: CredentialCall): AttemptReason => call.reason;
export const idle: IdleReason = 'superseded';
export const parts = ({ link, credential }: Ports): [LinkPort, CredentialPort] => [link, credential];
export type Snapshot = SnapshotFrom<typeof connectionMachine>;

function attemptOf({ attempt }: ConnectionContext): number {
  return attempt;
}
