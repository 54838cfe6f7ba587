import { createActor, SimulatedClock } from 'xstate';
import { connectionMachine } from '../../machines/connection.ts';
import type { ConnectionContext, ConnectionInput } from '../../machines/context.ts';
import type {
  ConnectionEvent,
  CredentialEvent,
  ProbeEvent,
  RenewalEvent,
  RestoringEvent,
  RestoringStep,
} from '../../machines/events.ts';
import { defaultPolicy, type ReconnectPolicy } from '../../machines/policy.ts';
import type { CredentialCall } from '../../machines/ports.ts';
import { classifySocketIo, type Failure, type Verdict } from '../../machines/verdict.ts';

/** The machine alone: nothing around it but ports that note what they are told. */
export function createBareMachine({
  policy = {},
  ...given
}: Partial<Omit<ConnectionInput, 'policy'>> & { policy?: Partial<ReconnectPolicy> } = {}) {
  const clock = new SimulatedClock();
  const told: string[] = [];
  const aborted: number[] = [];
  const stopped: RestoringStep[] = [];
  const problems: Failure[] = [];
  const requests: CredentialCall[] = [];
  let settle: (event: CredentialEvent) => void = () => {};
  let settleProbe: (event: ProbeEvent) => void = () => {};
  let settleRenewal: (event: RenewalEvent) => void = () => {};
  let settleStep: (event: RestoringEvent) => void = () => {};

  const input: ConnectionInput = {
    ports: {
      now: () => clock.now(),
      random: () => 0.5,
      link: {
        open: (identity) => told.push(`open ${identity}`),
        dial: (epoch) => told.push(`dial ${epoch}`),
        authenticate: (epoch) => told.push(`authenticate ${epoch}`),
        renew(epoch, answer) {
          told.push(`renew ${epoch}`);
          settleRenewal = answer;
          return () => told.push('stop renewal');
        },
        hangUp: (epoch) => told.push(`hang up ${epoch}`),
        suspend: (epoch) => told.push(`suspend ${epoch}`),
        close: () => told.push('close'),
      },
      credential: {
        call(request, answer) {
          told.push(`ask ${request.reason}`);
          requests.push(request);
          settle = answer;
          return () => aborted.push(request.epoch);
        },
        markRefused: (epoch) => told.push(`mark refused ${epoch}`),
        forgive: () => told.push('forgive'),
      },
      session: {
        belongTo: (identity) => told.push(`belong to ${identity}`),
        begin: () => told.push('begin session'),
        hold: () => told.push('hold'),
        restore(step, _epoch, answer) {
          told.push(`restore ${step}`);
          settleStep = answer;
          return () => stopped.push(step);
        },
        probe(_epoch, answer) {
          told.push('probe');
          settleProbe = answer;
          return () => told.push('stop probe');
        },
        open: () => told.push('open session'),
        pause: () => told.push('pause session'),
        end: (code) => told.push(`end session${code === null ? '' : ` ${code}`}`),
      },
      classify: classifySocketIo,
      problem: (failure) => problems.push(failure),
    },
    deadlines: { credential: 10_000, handshake: 20_000, probe: 5_000 },
    hasProvider: true,
    restore: { hasSync: false, retries: { rooms: 2, missed: 2 } },
    world: { online: true, visible: true },
    ...given,
    policy: { ...defaultPolicy, ...policy },
  };
  const actor = createActor(connectionMachine, { input, clock });
  actor.start();

  const say = (...events: (ConnectionEvent | ConnectionEvent['type'])[]) => {
    for (const event of events)
      actor.send((typeof event === 'string' ? { type: event } : event) as ConnectionEvent);
  };
  const epoch = () => actor.getSnapshot().context.epoch;
  return {
    input,
    clock,
    told,
    /** Epochs of the provider calls that were ended, by a settlement or before one. */
    aborted,
    /** Tries of steps of restoring that are over, by whatever ended them. */
    stopped,
    problems,
    requests,
    say,
    /** What the ports were told since this was last asked. */
    news: () => told.splice(0),
    context: (): ConnectionContext => actor.getSnapshot().context,
    /** `reconnecting.waiting`; of a parallel state only its own name and regions. */
    place: () => pathOf(actor.getSnapshot().value),
    /** `rooms.working`, `missed.pausing`, `live`; empty without a link. */
    session: () => {
      const { value } = actor.getSnapshot();
      if (typeof value === 'string' || !('connected' in value)) return '';
      const { session } = value.connected;
      return typeof session === 'string' ? session : pathOf(session.restoring);
    },
    grant: ({ refusedBefore = false, expiresIn }: { refusedBefore?: boolean; expiresIn?: number } = {}) =>
      settle({
        type: 'credential.granted',
        epoch: epoch(),
        refusedBefore,
        ...(expiresIn !== undefined && { expiresIn }),
      }),
    unavailable: (failure: Failure, retryAfter: number | null = null) =>
      settle({ type: 'credential.unavailable', epoch: epoch(), failure, retryAfter }),
    opened: ({ recovered = false, hasRooms = false, catchesUp = false } = {}) =>
      say({
        type: 'link.opened',
        epoch: epoch(),
        recovered,
        ...(hasRooms && { hasRooms }),
        ...(catchesUp && { catchesUp }),
      }),
    /** The step of restoring under way comes to its end. */
    restored: () => settleStep({ type: 'restoring.done', epoch: epoch() }),
    notRestored: (failure: Failure, mayRetry = true) =>
      settleStep({ type: 'restoring.failed', epoch: epoch(), failure, mayRetry }),
    /** What the probe under way comes to. */
    probed: (found: 'answered' | 'ghost') => settleProbe({ type: `probe.${found}`, epoch: epoch() }),
    /** `healthy`, `probing.asking`, `probing.overdue`; empty without a link. */
    health: () => {
      const { value } = actor.getSnapshot();
      return typeof value === 'string' || !('connected' in value) ? '' : pathOf(value.connected.health);
    },
    /** What the server says to the credential that was handed to it. */
    renewed: (expiresIn?: number) =>
      settleRenewal({
        type: 'renewal.accepted',
        epoch: epoch(),
        ...(expiresIn !== undefined && { expiresIn }),
      }),
    notRenewed: (verdict: Partial<Verdict> = {}) =>
      settleRenewal({ type: 'renewal.refused', epoch: epoch(), verdict: { ...cut, ...verdict } }),
    /** `unneeded`, `fetching.asking`; empty without a link. */
    renewal: () => {
      const { value } = actor.getSnapshot();
      return typeof value === 'string' || !('connected' in value) ? '' : pathOf(value.connected.renewal);
    },
    ends: (how: 'refused' | 'failed' | 'lost', verdict: Partial<Verdict> = {}) =>
      say({ type: `link.${how}`, epoch: epoch(), verdict: { ...cut, ...verdict } }),
  };
}

/** A verdict that nothing follows from but a wait. */
const cut: Verdict = {
  kind: 'network',
  retry: 'backoff',
  forceRefresh: false,
  retryAfter: null,
  code: 'transport-closed',
  message: 'cut',
  hint: 'Wait.',
};

function pathOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as object)
    .map(([name, inner]) => (inner === undefined ? name : `${name}.${pathOf(inner)}`))
    .join(' ');
}
