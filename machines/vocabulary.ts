import { assign, type EventObject, enqueueActions, fromCallback, setup } from 'xstate';
import {
  type ConnectionContext,
  type ConnectionInput,
  type IdleReason,
  isWatched,
  nothingMissing,
  nothingOwed,
} from './context.ts';
import { begin, end, noEffort, spentBy, watch } from './effort.ts';
import type {
  ConnectionEvent,
  CredentialEvent,
  ProbeEvent,
  RenewalEvent,
  RestoringEvent,
  RestoringStep,
} from './events.ts';
import { accepted, granted, type Lifetime, noLifetime, paused, planned } from './lifetime.ts';
import { clampDelay, lastWord, nextDelay, nextPause, onlineSpread, restartsInARow } from './policy.ts';
import type { AttemptReason, CredentialCall, CredentialPort, LinkPort, SessionPort } from './ports.ts';
import { type Failure, failure, type Verdict } from './verdict.ts';

/** An identity begins with nothing to make good. */
const nothingBefore = { hasConnected: false, owed: nothingOwed, missing: nothingMissing };

/**
 * The words the chart in `connection.ts` is written with: guards named as facts, actions named as deeds.
 * None of them throws (XState 5 would leak what is invoked), and none holds state of its own.
 */
export const vocabulary = setup({
  types: {
    context: {} as ConnectionContext,
    events: {} as ConnectionEvent,
    input: {} as ConnectionInput,
    tags: {} as 'resting',
  },

  actors: {
    /** One call of the credential provider; leaving the state aborts it (CR-4, CR-5). */
    provider: fromCallback<EventObject, { port: CredentialPort; request: CredentialCall }>(
      ({ input, sendBack }) => input.port.call(input.request, sendBack as (event: CredentialEvent) => void),
    ),
    /** One try of a step of restoring; leaving the state ends it. */
    restorer: fromCallback<EventObject, { port: SessionPort; step: RestoringStep; epoch: number }>(
      ({ input: { port, step, epoch }, sendBack }) =>
        port.restore(step, epoch, sendBack as (event: RestoringEvent) => void),
    ),
    /** One probe; leaving the state ends it. */
    prober: fromCallback<EventObject, { port: SessionPort; epoch: number }>(
      ({ input: { port, epoch }, sendBack }) => port.probe(epoch, sendBack as (event: ProbeEvent) => void),
    ),
    /** A fresh credential handed to the server once; leaving the state makes the answer inert. */
    renewer: fromCallback<EventObject, { port: LinkPort; epoch: number }>(
      ({ input: { port, epoch }, sendBack }) => port.renew(epoch, sendBack as (event: RenewalEvent) => void),
    ),
  },

  guards: {
    /** An event of an attempt that is over: it must change nothing (LK-2, CR-5). */
    isStale: ({ context, event }) => 'epoch' in event && event.epoch !== context.epoch,
    isAnotherIdentity: ({ context, event }) => wantedIdentity(context, event) !== context.identity,
    wasSuperseded: ({ context }) => context.idleReason === 'superseded',

    isSuperseded: (said) => endOf(said)?.kind === 'superseded',
    isFinalForUser: (said) => {
      const verdict = endOf(said);
      return verdict?.retry === 'never' && (verdict.kind === 'credential' || verdict.kind === 'forbidden');
    },
    isFinal: (said) => endOf(said)?.retry === 'never',
    isCredentialRefused: ({ event }) => verdictOf(event)?.kind === 'credential',
    isCredentialRefusedAgain: ({ context, event }) =>
      verdictOf(event)?.kind === 'credential' && (context.reason === 'refused' || !context.hasProvider),
    /** A server that takes the link and ends it each time is answered at once only the first time (LC-7). */
    mayRetryAtOnce: ({ context, event }) =>
      verdictOf(event)?.retry === 'now' &&
      !context.hasHurried &&
      !attemptsAreUsedUp(context) &&
      context.world.online,

    broughtRefused: ({ event }) => event.type === 'credential.granted' && event.refusedBefore,
    broughtRefusedAgain: ({ context, event }) =>
      event.type === 'credential.granted' && event.refusedBefore && context.reason === 'refused',
    mayRestart: ({ context }) => context.restarts < restartsInARow,
    isBecauseOfCredentials: ({ context }) =>
      context.cause !== null && credentialCodes.has(context.cause.code),

    attemptsAreUsedUp: ({ context }) => attemptsAreUsedUp(context),
    effortIsSpent: ({ context }) =>
      spentBy(context.effort, context.ports.now()) >= context.policy.giveUpAfter,
    isGivenUp: ({ context }) => context.wait === null,
    isOffline: ({ context }) => !context.world.online,
    hasMoreToWait: ({ context }) => (context.wait?.rest ?? 0) > 0,
    isOverdue: ({ context }) => context.wait !== null && context.ports.now() >= context.wait.dueAt,
    resumesOnSignal: ({ context }) => context.policy.resumeOnSignal,

    isOwed: ({ context }, step: RestoringStep) => context.owed[step],
    mayTryAgain: ({ context, event }, step: RestoringStep) =>
      event.type === 'restoring.failed' && event.mayRetry && context.tries <= context.restore.retries[step],
    isDegraded: ({ context }) => context.missing.length > 0,
    lacksRooms: ({ context }) => context.missing.some(isOfRooms),
    hasSync: ({ context }) => context.restore.hasSync,

    runsOut: ({ context }) => lifeOf(context).ms !== null,
    isShortAgain({ context }) {
      const { ms, isShort } = lifeOf(context);
      return isShort && ms !== null && ms <= leadTimeOf(context);
    },
    isRenewalDue: ({ context }) => context.ports.now() >= lifeOf(context).dueAt,
    hasLapsed: ({ context }) => context.ports.now() >= lifeOf(context).until,
  },

  actions: {
    // Deeds: each is one call of a port.
    openLink: ({ context }) => {
      const identity = context.identity ?? anonymous;
      context.ports.session.belongTo(identity);
      context.ports.link.open(identity);
    },
    dial: ({ context }) => context.ports.link.dial(context.epoch),
    authenticate: ({ context }) => context.ports.link.authenticate(context.epoch),
    hangUp: ({ context }) => context.ports.link.hangUp(context.epoch),
    suspendLink: ({ context }) => context.ports.link.suspend(context.epoch),
    closeLink: ({ context }) => context.ports.link.close(),
    markRefused: ({ context }) => context.ports.credential.markRefused(context.epoch),
    forgive: ({ context }) => context.ports.credential.forgive(),
    beginSession: ({ context }) => context.ports.session.begin(context.recovered),
    openSession: ({ context }) => context.ports.session.open(),
    pauseSession: ({ context }) => context.ports.session.pause(),
    endSession: ({ context, event }) =>
      context.ports.session.end(event.type === 'link.lost' ? event.verdict.code : null),
    forgetSession: ({ context }) => context.ports.session.belongTo(null),
    reportStorm: ({ context }) =>
      context.ports.problem(
        failure('credential-storm', `credentialChanged() hurried ${context.restarts} attempts in a row`),
      ),
    reportRenewal: ({ context, event }) => {
      if ('verdict' in event) context.ports.problem(event.verdict);
      else if ('failure' in event) context.ports.problem(event.failure);
    },
    reportLate: ({ context: { ports, deadlines } }, code: 'credential-timeout' | 'renewal-unanswered') => {
      const deadline = code === 'credential-timeout' ? deadlines.credential : deadlines.handshake;
      ports.problem(failure(code, `a renewal had no answer within ${deadline} ms`));
    },
    reportShortLife: ({ context }) =>
      context.ports.problem(
        failure('renewal-in-vain', `a renewed credential lasts no more than ${lifeOf(context).ms} ms`),
      ),

    // Memory: each is one assignment.
    enter: assign({ since: ({ context }) => context.ports.now() }),
    takeIdentity: assign(({ context, event }) => {
      const identity = wantedIdentity(context, event);
      return identity === context.identity ? {} : { identity, ...nothingBefore };
    }),
    forgetIdentity: assign({ identity: null, ...nothingBefore }),
    rest: assign({ idleReason: (_, reason: IdleReason) => reason }),
    startAfresh: assign((_, reason: AttemptReason) => ({
      attempt: 1,
      delays: 0,
      hasHurried: false,
      restarts: 0,
      reason,
      refreshOwed: false,
      cause: null,
      wait: null,
      floor: null,
      effort: noEffort,
    })),
    nextEpoch: assign({ epoch: ({ context }) => context.epoch + 1, dialVerdict: null, wait: null }),
    restart: assign({
      restarts: ({ context }) => context.restarts + 1,
      reason: 'changed' as const,
      refreshOwed: false,
    }),
    calmDown: assign({ restarts: 0 }),
    hurry: assign({ reason: ({ context }) => (context.refreshOwed ? context.reason : ('retry' as const)) }),
    expectAnother: assign({ reason: 'changed' as const, refreshOwed: false }),
    oweRefresh: assign({ reason: 'refused' as const, refreshOwed: true }),
    settleRefresh: assign({ refreshOwed: false }),
    noteDialFailure: assign({ dialVerdict: ({ event }) => verdictOf(event) }),

    noteEnd: assign((said) => {
      const verdict = endOf(said);
      return verdict === null ? {} : remember(said.context, verdict, verdict);
    }),
    noteProviderFailure: assign(({ context, event }) => {
      if (event.type === 'credential.refused') return { cause: event.failure };
      if (event.type !== 'credential.unavailable') return {};
      return remember(context, event.failure, { retryAfter: longerWait(event, context.dialVerdict) });
    }),
    noteRefusedAgain: assign({
      cause: () => failure('unauthorized', 'the provider returned the token that the server had refused'),
    }),
    noteCredentialTimeout: assign(({ context }) => {
      const { dialVerdict, deadlines } = context;
      const late = failure('credential-timeout', `no credential within ${deadlines.credential} ms`);
      return remember(context, dialVerdict ?? late, { retryAfter: dialVerdict?.retryAfter ?? null });
    }),

    /** A link that was not proven yet goes on being the attempt that it was: nothing failed. */
    noteSuspension: assign({
      cause: () => failure('suspended', 'the page was put away'),
      attempt: ({ context }) => Math.max(1, context.attempt),
      reason: 'reconnect' as const,
    }),
    countAttempt: assign({
      attempt: ({ context }) => context.attempt + 1,
      reason: ({ context }) => (context.refreshOwed ? context.reason : ('reconnect' as const)),
    }),
    /** The attempt that was waited for is not made. */
    uncountAttempt: assign({ attempt: ({ context }) => context.attempt - 1 }),
    hasten: assign({ hasHurried: true }),
    planWait: assign(({ context }) => {
      const now = context.ports.now();
      const spent = spentBy(context.effort, now);
      const delay = nextDelay(context.policy, () => context.ports.random(), {
        n: context.delays + 1,
        attempt: context.attempt + 1,
        elapsed: spent,
        cause: context.cause ?? failure('network', 'no cause is known'),
        retryAfter: context.floor?.ms ?? null,
        exact: context.floor?.exact,
      });
      return delay === 'give-up'
        ? { wait: null }
        : { delays: context.delays + 1, wait: waitOf(context, delay, now) };
    }),
    planReturn: assign(({ context }) => {
      const now = context.ports.now();
      const floor = context.floor === null ? 0 : context.floor.ms - Math.max(0, now - context.floor.from);
      const spread = context.ports.random() * onlineSpread;
      return { wait: waitOf(context, clampDelay(Math.max(floor, spread)), now) };
    }),
    planRest: assign(({ context }) => ({
      wait: waitOf(context, context.wait?.rest ?? 0, context.ports.now()),
    })),

    accept: assign({
      recovered: ({ event }) => event.type === 'link.opened' && event.recovered,
      floor: null,
      wait: null,
      hasConnected: true,
      owed: ({ context, event }) => {
        if (event.type !== 'link.opened') return context.owed;
        const { hasConnected, owed, restore } = context;
        // A debt of the link before stays one, also where the server recovered that link's session.
        const mayMiss = (hasConnected || event.catchesUp === true) && !event.recovered;
        const missed = restore.hasSync && (owed.missed || mayMiss);
        const rooms = event.hasRooms === true;
        return missed || rooms ? { rooms, missed } : nothingOwed;
      },
    }),
    /** Only where it is renewed: the memory of a connection has no room for it elsewhere. */
    noteLifetime: assign(({ context, event }) =>
      context.renew ? { renewal: granted(noLifetime, context.ports.now(), saidOf(event)) } : {},
    ),
    noteFresh: assign({
      renewal: ({ context, event }) => granted(lifeOf(context), context.ports.now(), saidOf(event)),
    }),
    settleRenewal: assign({
      renewal: ({ context, event }) => accepted(lifeOf(context), context.ports.now(), saidOf(event)),
    }),
    planRenewal: assign({
      renewal: ({ context }) =>
        planned(lifeOf(context), context.ports.now(), leadTimeOf(context), () => context.ports.random()),
    }),
    planPause: assign({
      renewal({ context, event }) {
        const { ports, policy } = context;
        const life = lifeOf(context);
        const { retryAfter } = verdictOf(event) ?? ('retryAfter' in event ? event : { retryAfter: null });
        const pause = nextPause(policy, () => ports.random(), life.tries + 1);
        return paused(life, ports.now(), (retryAfter ?? 0) + pause);
      },
    }),

    prove: assign({ attempt: 0, delays: 0, hasHurried: false, effort: noEffort }),

    beginRestoring: enqueueActions(({ context, enqueue }) => {
      if (context.missing.length > 0) enqueue.assign({ missing: nothingMissing });
      if (context.owed.missed) enqueue(() => context.ports.session.hold());
    }),
    oweMissed: assign({ owed: ({ context }) => ({ ...context.owed, missed: true }) }),
    forgetTries: assign({ tries: 0 }),
    countTry: assign({ tries: ({ context }) => context.tries + 1 }),
    settleStep: assign({
      owed: ({ context }, step: RestoringStep) => ({ ...context.owed, [step]: false }),
    }),
    forgiveRooms: assign({
      owed: ({ context }) => ({ ...context.owed, rooms: false }),
      missing: ({ context }) => context.missing.filter((each) => !isOfRooms(each)),
    }),
    noteMissing: assign({
      missing: ({ context, event }) =>
        event.type === 'restoring.failed'
          ? [...context.missing, { ...event.failure, at: context.ports.now() }]
          : context.missing,
    }),

    beginEffort: assign({
      effort: ({ context }, asked: 'credential' | 'handshake' | 'wait') =>
        begin(
          context.effort,
          context.ports.now(),
          asked === 'wait' ? (context.wait?.timer ?? 0) : context.deadlines[asked],
          isWatched(context),
        ),
    }),
    endEffort: assign({ effort: ({ context }) => end(context.effort, context.ports.now()) }),
    noteWorld: assign(({ context, event }) => {
      const world = { ...context.world, ...worldAfter(event) };
      const watched = isWatched({ ...context, world });
      return { world, effort: watch(context.effort, context.ports.now(), watched) };
    }),
  },

  delays: {
    credentialTimeout: ({ context }) => clampDelay(context.deadlines.credential),
    handshakeTimeout: ({ context }) => clampDelay(context.deadlines.handshake),
    stableAfter: ({ context }) => clampDelay(context.policy.stableAfter),
    wait: ({ context }) => context.wait?.timer ?? 0,
    probeTimeout: ({ context }) => clampDelay(context.deadlines.probe),
    lastWord: () => lastWord,
    renewalWait: ({ context }) => clampDelay(lifeOf(context).dueAt - context.ports.now()),
    stepPause: ({ context }) => clampDelay(context.ports.random() * context.policy.first),
  },
});

/** The identity of a user who never gave one (ID-3). */
export const anonymous = 'anonymous';

/** Failures that a changed credential may mend (CR-8). */
const credentialCodes: ReadonlySet<string> = new Set([
  'unauthorized',
  'expired',
  'kicked',
  'credential-unavailable',
  'credential-timeout',
  'credential-invalid',
  'reserved-auth-key',
]);

function wantedIdentity(context: ConnectionContext, event: ConnectionEvent): string {
  return (event.type === 'user.connect' ? event.identity : undefined) ?? context.identity ?? anonymous;
}

function verdictOf(event: ConnectionEvent): Verdict | null {
  return 'verdict' in event ? event.verdict : null;
}

/** How an attempt or a link ended: as the event says, or as its dial did while the provider was still working. */
function endOf({ context, event }: { context: ConnectionContext; event: ConnectionEvent }): Verdict | null {
  return verdictOf(event) ?? context.dialVerdict;
}

function attemptsAreUsedUp({ attempt, policy }: ConnectionContext): boolean {
  return attempt > 0 && attempt >= policy.maxAttempts;
}

function lifeOf({ renewal = noLifetime }: ConnectionContext): Lifetime {
  return renewal;
}

function leadTimeOf({ renew }: ConnectionContext): number {
  return renew?.leadTime ?? 0;
}

/** Ms that the provider or the server says a credential lasts. */
function saidOf(event: ConnectionEvent): number | null {
  return ('expiresIn' in event ? event.expiresIn : null) ?? null;
}

function isOfRooms({ code }: Failure): boolean {
  return code === 'rooms-unanswered';
}

/** What is known after an attempt or a link ended. */
function remember(
  context: ConnectionContext,
  cause: Failure,
  { retryAfter, exact, ...said }: Pick<Verdict, 'retryAfter'> & Partial<Verdict>,
) {
  const owes = said.forceRefresh === true && context.hasProvider;
  return {
    cause,
    floor: retryAfter === null ? null : { from: context.ports.now(), ms: retryAfter, exact },
    ...(owes && {
      refreshOwed: true,
      reason: said.kind === 'credential' ? ('expired' as const) : ('kicked' as const),
    }),
  };
}

/** Both the provider and the server whose dial failed meanwhile may ask for time (RE-2). */
function longerWait(...ends: ({ readonly retryAfter: number | null } | null)[]): number | null {
  const asked = ends.flatMap((end) => end?.retryAfter ?? []);
  return asked.length === 0 ? null : Math.max(...asked);
}

/** Trims the timer of a wait to the trying time that is left, so that giving up comes on time (LC-8). */
function waitOf(context: ConnectionContext, delay: number, now: number) {
  const left = Math.max(0, context.policy.giveUpAfter - spentBy(context.effort, now));
  const timer = clampDelay(Math.min(delay, left));
  return { timer, rest: delay - timer, dueAt: now + delay };
}

function worldAfter(event: ConnectionEvent) {
  switch (event.type) {
    case 'world.online':
      return { online: true };
    case 'world.offline':
      return { online: false };
    case 'world.visible':
      return { visible: true, frozen: false };
    case 'world.hidden':
      return { visible: false };
    case 'world.frozen':
    case 'world.suspended':
      return { frozen: true };
    case 'world.resumed':
      return { frozen: false };
    default:
      return {};
  }
}
