import { raise } from 'xstate';
import { ignore, stale } from './ignored.ts';
import { vocabulary } from './vocabulary.ts';

/**
 * One attempt, the same inside `authenticating` and `reconnecting`. Entering `credential` is the one gate that every
 * path to a dial goes through: it makes a new epoch, dials and asks the provider, both at once (CR-11).
 */
export function attemptWithin(parent: 'authenticating' | 'reconnecting') {
  const grantedAndRefusedBefore = [
    stale,
    {
      guard: 'broughtRefusedAgain',
      target: '#auth-failed',
      actions: 'noteRefusedAgain',
      description: 'The refresh brought back the token that was refused: no handshake is worth it (CR-6).',
    },
    {
      guard: 'broughtRefused',
      target: `#${parent}.credential`,
      reenter: true,
      actions: 'oweRefresh',
      description: 'A provider with an old cache: it is asked for a fresh one (CR-6).',
    },
  ] as const;

  const credentialChanged = [
    {
      guard: 'mayRestart',
      target: `#${parent}.credential`,
      reenter: true,
      actions: ['forgive', 'restart'],
    },
    { actions: 'reportStorm', description: 'A provider that changes the credential by being asked for it.' },
  ] as const;

  return {
    credential: vocabulary.createStateConfig({
      description: 'The provider works and the link is being dialled, side by side (CR-11).',
      entry: ['nextEpoch', 'dial', { type: 'beginEffort', params: 'credential' }],
      exit: 'endEffort',
      invoke: {
        src: 'provider',
        input: ({ context }) => ({
          port: context.ports.credential,
          request: {
            epoch: context.epoch,
            identity: context.identity ?? '',
            reason: context.reason,
            attempt: context.attempt,
            forceRefresh: context.refreshOwed,
          },
        }),
      },
      after: {
        credentialTimeout: [
          ...endForGood,
          { target: '#reconnecting.scheduling', actions: 'noteCredentialTimeout' },
        ],
      },
      on: {
        'credential.refused': [stale, { target: '#auth-failed', actions: 'noteProviderFailure' }],
        'credential.unavailable': [
          stale,
          ...endForGood,
          { target: '#reconnecting.scheduling', actions: 'noteProviderFailure' },
        ],
        'user.credential-changed': credentialChanged,
        ...ignore('Nothing was presented yet, so nothing was accepted or lost.', 'link.opened', 'link.lost'),
      },
      initial: 'dialing',
      states: {
        dialing: {
          on: {
            'credential.granted': [
              ...grantedAndRefusedBefore,
              { target: `#${parent}.handshake`, actions: ['settleRefresh', 'noteLifetime', 'authenticate'] },
            ],
            'link.refused': [stale, { target: 'dialFailed', actions: 'noteDialFailure' }],
            'link.failed': [stale, { target: 'dialFailed', actions: 'noteDialFailure' }],
          },
        },
        dialFailed: {
          description:
            'There is no link to present a credential on, but a refresh cut off in the middle can cost the user ' +
            'the session (rotating refresh tokens): the provider may finish, then the attempt ends.',
          on: {
            'credential.granted': [
              ...grantedAndRefusedBefore,
              {
                target: `#${parent}.handshake`,
                actions: [
                  'settleRefresh',
                  raise(({ context }) => ({
                    type: 'link.failed',
                    epoch: context.epoch,
                    verdict: context.dialVerdict ?? context.ports.classify(unknownEnd),
                  })),
                ],
              },
            ],
            ...ignore('This dial ended already.', 'link.refused', 'link.failed'),
          },
        },
      },
    }),

    handshake: vocabulary.createStateConfig({
      description: 'The credential is with the server, or will be as soon as the dial is through.',
      entry: { type: 'beginEffort', params: 'handshake' },
      exit: 'endEffort',
      after: {
        handshakeTimeout: {
          actions: raise(({ context }) => ({
            type: 'link.failed',
            epoch: context.epoch,
            verdict: context.ports.classify({
              during: 'timeout',
              message: `no answer within ${context.deadlines.handshake} ms`,
            }),
          })),
        },
      },
      on: {
        'link.opened': [stale, { target: '#connected', actions: 'accept' }],
        'link.refused': endOfAttempt,
        'link.failed': endOfAttempt,
        'user.credential-changed': credentialChanged,
        ...ignore('A link that was not accepted cannot be lost.', 'link.lost'),
        ...ignore(
          'The provider has spoken for this attempt.',
          'credential.granted',
          'credential.refused',
          'credential.unavailable',
        ),
      },
    }),
  };
}

const unknownEnd = { during: 'failed', message: 'the dial failed' } as const;

/** What the other side says for good is not asked again (CR-7, RE-7). */
export const endForGood = [
  { guard: 'isSuperseded', target: '#idle', actions: { type: 'rest', params: 'superseded' } },
  { guard: 'isFinalForUser', target: '#auth-failed', actions: 'noteEnd' },
  { guard: 'isFinal', target: '#exhausted', actions: 'noteEnd' },
] as const;

/** How an attempt that was answered with no ends; the credential gets one repair (CR-6), the rest waits its turn. */
const endOfAttempt = [
  stale,
  ...endForGood,
  { guard: 'isCredentialRefusedAgain', target: '#auth-failed', actions: ['markRefused', 'noteEnd'] },
  { guard: 'isCredentialRefused', target: 'credential', actions: ['markRefused', 'oweRefresh'] },
  { target: '#reconnecting.scheduling', actions: 'noteEnd' },
] as const;
