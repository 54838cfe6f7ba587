import { and } from 'xstate';
import { attemptWithin, endForGood } from './attempt.ts';
import { initialContext } from './context.ts';
import { ignore, lateCredential, lateLinkWord, lateSession, stale } from './ignored.ts';
import { health } from './probing.ts';
import { renewal } from './renewal.ts';
import { restoring } from './restoring.ts';
import { vocabulary } from './vocabulary.ts';

/** How an accepted link ends. */
const endOfLink = [
  stale,
  ...endForGood,
  {
    guard: 'mayRetryAtOnce',
    target: '#reconnecting.credential',
    actions: ['noteEnd', 'countAttempt', 'hasten'],
  },
  { target: '#reconnecting.scheduling', actions: 'noteEnd' },
] as const;

/** Where a state that is trying or connected goes when the user asks for a connection (LC-2, ID-1). */
const connectWhileActive = [
  {
    guard: 'isAnotherIdentity',
    target: '#authenticating',
    reenter: true,
    actions: ['closeLink', 'takeIdentity', 'forgive', { type: 'startAfresh', params: 'connect' }, 'openLink'],
  },
  { description: 'Active for this identity already.' },
] as const;

const connectFromRest = {
  target: '#authenticating',
  actions: ['takeIdentity', 'forgive', { type: 'startAfresh', params: 'connect' }, 'openLink'],
} as const;

const retryFromRest = {
  target: '#authenticating',
  actions: ['forgive', { type: 'startAfresh', params: 'retry' }, 'openLink'],
} as const;

/** Nobody waits for what was to be waited for (RE-4). */
const retryNow = { target: 'credential', actions: ['forgive', 'hurry'] } as const;

/** The page is back from where the browser had put it away (EN-3). */
const returnToPage = [
  { guard: 'isOffline', target: 'offline', actions: 'noteWorld' },
  { target: 'credential', actions: 'noteWorld' },
] as const;

/** Timers may have slept with the device: what is overdue on waking becomes one attempt (RE-6). */
const attemptIfOverdue = [
  { guard: 'isOverdue', target: 'credential', actions: 'noteWorld' },
  { actions: 'noteWorld' },
] as const;

const resumeBySignal = [
  {
    guard: 'resumesOnSignal',
    target: '#authenticating',
    actions: ['noteWorld', { type: 'startAfresh', params: 'signal' }, 'openLink'],
  },
  { actions: 'noteWorld' },
] as const;

/**
 * The connection lifecycle: six states, and inside them the phases of an attempt and the regions of a link (LC-1).
 * Pure: time, chance and effects come in through `input` (see `ports.ts`); policy and verdict are functions beside it.
 * One machine serves every connection: ports are given by `input`, never by `provide()`, which costs five times the memory.
 */
export const connectionMachine = vocabulary.createMachine({
  id: 'connection',
  context: ({ input }) => initialContext(input),
  initial: 'idle',

  on: {
    'user.disconnect': { target: '.idle', actions: { type: 'rest', params: 'disconnected' } },
    'user.sign-out': {
      target: '.idle',
      reenter: true,
      actions: [
        'closeLink',
        'forgetIdentity',
        'forgetSession',
        'forgive',
        { type: 'rest', params: 'signed-out' },
      ],
    },
    'user.dispose': {
      target: '.idle',
      reenter: true,
      actions: ['closeLink', { type: 'rest', params: 'disposed' }],
    },
    'world.online': { actions: 'noteWorld' },
    'world.offline': { actions: 'noteWorld' },
    'world.visible': { actions: 'noteWorld' },
    'world.hidden': { actions: 'noteWorld' },
    'world.frozen': { actions: 'noteWorld' },
    'world.resumed': { actions: 'noteWorld' },
    'world.suspended': { actions: 'noteWorld' },
  },

  states: {
    idle: {
      id: 'idle',
      tags: 'resting',
      description:
        'Not wanted: never connected, told to disconnect, signed out, or superseded by another tab (LC-3).',
      entry: ['enter', 'hangUp'],
      on: {
        'user.connect': connectFromRest,
        'user.retry': [
          { guard: 'wasSuperseded', ...retryFromRest },
          { description: 'There is nothing to retry.' },
        ],
        ...ignore('At rest already.', 'user.disconnect'),
        'user.credential-changed': {
          actions: 'forgive',
          description: 'The provider is asked at the next attempt anyway.',
        },
        ...lateLinkWord,
        ...lateCredential,
        ...lateSession,
      },
    },

    authenticating: {
      id: 'authenticating',
      description: 'The first attempt (LC-6).',
      entry: 'enter',
      initial: 'credential',
      on: {
        'user.connect': connectWhileActive,
        ...ignore('An attempt is under way.', 'user.retry'),
        ...lateSession,
      },
      states: attemptWithin('authenticating'),
    },

    connected: {
      id: 'connected',
      type: 'parallel',
      description: 'The server accepted the credential (LC-5).',
      entry: ['enter', 'beginSession'],
      exit: 'endSession',
      on: {
        'link.lost': endOfLink,
        'user.connect': connectWhileActive,
        ...ignore('There is nothing to retry.', 'user.retry'),
        ...lateSession,
        'world.suspended': {
          target: '#reconnecting.suspended',
          actions: ['noteWorld', 'suspendLink', 'noteSuspension'],
          description:
            'The page is put away: the server sees a lost transport and can recover the session (EN-3).',
        },
        'user.credential-changed': {
          actions: 'forgive',
          description: 'A healthy link does not move for a new credential (CR-8).',
        },
        ...ignore('The link is open already.', 'link.opened', 'link.refused', 'link.failed'),
        ...lateCredential,
      },
      states: {
        session: {
          description:
            'What the app had before is made good: rooms, missed messages, the outbox. Then it is live.',
          initial: 'restoring',
          states: {
            restoring,
            live: {
              id: 'live',
              description: 'Messages flow both ways.',
              entry: 'openSession',
              exit: 'pauseSession',
              on: {
                'user.retry': {
                  guard: 'isDegraded',
                  target: 'restoring',
                  description: 'What could not be restored is tried again by hand.',
                },
                'restoring.done': [
                  stale,
                  {
                    guard: 'lacksRooms',
                    actions: 'forgiveRooms',
                    description: 'The rooms that had no answer have one now.',
                  },
                  { description: 'Nothing was missing.' },
                ],
                'inbox.gap': [
                  stale,
                  { guard: 'hasSync', target: 'restoring', actions: 'oweMissed' },
                  { description: 'There is nobody to ask for what is missing (MS-3).' },
                ],
              },
            },
          },
        },
        stability: {
          description: 'Only a link that held for a while ends the count of attempts (LC-7).',
          initial: 'unproven',
          states: {
            unproven: { after: { stableAfter: { target: 'proven', actions: 'prove' } } },
            proven: {},
          },
        },
        health,
        renewal,
      },
    },

    reconnecting: {
      id: 'reconnecting',
      description: 'One outage, however many attempts fail inside it (LC-6).',
      entry: 'enter',
      initial: 'scheduling',
      on: {
        'user.connect': connectWhileActive,
        ...ignore('An attempt is under way.', 'user.retry'),
        ...lateSession,
      },
      states: {
        scheduling: {
          description: 'Decides in passing what comes after a failure.',
          entry: 'hangUp',
          always: [
            { guard: 'attemptsAreUsedUp', target: '#exhausted' },
            { guard: 'effortIsSpent', target: '#exhausted' },
            { guard: 'isOffline', target: 'offline', actions: 'countAttempt' },
            { target: 'planning' },
          ],
        },
        planning: {
          description: 'Asks the backoff for the wait; it may give up instead (RE-3).',
          entry: 'planWait',
          always: [
            { guard: 'isGivenUp', target: '#exhausted' },
            { target: 'waiting', actions: 'countAttempt' },
          ],
        },
        waiting: {
          entry: { type: 'beginEffort', params: 'wait' },
          exit: 'endEffort',
          after: {
            wait: [
              { guard: 'effortIsSpent', target: '#exhausted', actions: 'uncountAttempt' },
              {
                guard: 'hasMoreToWait',
                target: 'waiting',
                reenter: true,
                actions: 'planRest',
                description:
                  'The trying time would have ended here, but nobody was watching for a part of it.',
              },
              { target: 'credential', actions: 'calmDown' },
            ],
          },
          on: {
            'user.retry': retryNow,
            'user.credential-changed': [
              {
                guard: and(['isBecauseOfCredentials', 'mayRestart']),
                target: 'credential',
                actions: ['forgive', 'restart'],
              },
              {
                guard: 'isBecauseOfCredentials',
                actions: 'reportStorm',
                description: 'It changed after every failure: from here on the wait is waited.',
              },
              { actions: 'forgive', description: 'A new credential does not bring the server back (CR-8).' },
            ],
            'world.offline': { target: 'offline', actions: 'noteWorld' },
            'world.visible': attemptIfOverdue,
            'world.resumed': attemptIfOverdue,
            ...lateLinkWord,
            ...lateCredential,
          },
        },
        offline: {
          description: 'The network is known to be down: no timer, no attempt (RE-5).',
          on: {
            'user.retry': retryNow,
            'user.credential-changed': {
              actions: ['forgive', 'expectAnother'],
              description: 'There is no network to use it on yet.',
            },
            'world.online': { target: 'waiting', actions: ['noteWorld', 'planReturn'] },
            ...lateLinkWord,
            ...lateCredential,
          },
        },
        suspended: {
          description: 'The page is put away: no timer, no attempt until it returns (EN-3).',
          on: {
            'world.resumed': returnToPage,
            'world.visible': returnToPage,
            'user.retry': retryNow,
            'user.credential-changed': {
              actions: ['forgive', 'expectAnother'],
              description: 'Nobody is there to use it yet.',
            },
            ...lateLinkWord,
            ...lateCredential,
          },
        },
        ...attemptWithin('reconnecting'),
      },
    },

    'auth-failed': {
      id: 'auth-failed',
      tags: 'resting',
      description: 'Only the user can mend it: no timer, no call of the provider (LC-9).',
      entry: ['enter', 'hangUp'],
      on: {
        'user.connect': connectFromRest,
        'user.retry': retryFromRest,
        'user.credential-changed': {
          target: '#authenticating',
          actions: ['forgive', { type: 'startAfresh', params: 'changed' }, 'openLink'],
        },
        ...lateLinkWord,
        ...lateCredential,
        ...lateSession,
      },
    },

    exhausted: {
      id: 'exhausted',
      tags: 'resting',
      description:
        'Tried enough: no timer until somebody asks, or a signal says that the world changed (LC-8).',
      entry: ['enter', 'hangUp'],
      on: {
        'user.connect': connectFromRest,
        'user.retry': retryFromRest,
        'user.credential-changed': { actions: 'forgive', description: 'It was not the credential.' },
        'world.online': resumeBySignal,
        'world.visible': resumeBySignal,
        ...lateLinkWord,
        ...lateCredential,
        ...lateSession,
      },
    },
  },

  // A loop among the passing states would hang the page; this turns it into an error that is reported.
  options: { maxIterations: 100 },
});
