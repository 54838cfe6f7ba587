import { endForGood } from './attempt.ts';
import { stale } from './ignored.ts';
import { vocabulary } from './vocabulary.ts';

/** Timers may have slept with the device: what is overdue on waking is done at once, as with attempts (RE-6). */
function whenDue(target: string) {
  const due = { guard: 'isRenewalDue', target, actions: 'noteWorld' } as const;
  return { 'world.visible': due, 'world.resumed': due };
}

const failed = { target: 'pausing', actions: ['planPause', 'reportRenewal'] } as const;

function late(params: 'credential-timeout' | 'renewal-unanswered') {
  return { target: 'pausing', actions: ['planPause', { type: 'reportLate', params }] } as const;
}

const pausing = {
  description: 'Whoever is unwell is not asked again at once.',
  after: { renewalWait: [{ guard: 'hasLapsed', target: '#lapsing' }, { target: 'asking' }] },
  on: whenDue('asking'),
} as const;

/**
 * A credential that runs out is renewed on the open link before it does (CR-9). The status shows nothing of it, unless
 * somebody says no.
 */
export const renewal = vocabulary.createStateConfig({
  description: 'Whether the credential of the link is to be renewed, and how far that is.',
  initial: 'deciding',
  states: {
    deciding: {
      id: 'deciding',
      always: [
        { guard: 'isShortAgain', target: 'lapsing', actions: 'reportShortLife' },
        { guard: 'runsOut', target: 'scheduled', actions: 'planRenewal' },
        { target: 'unneeded', description: 'Nobody said when it runs out, or nothing here renews it.' },
      ],
    },
    unneeded: {},
    scheduled: { after: { renewalWait: 'fetching' }, on: whenDue('fetching') },
    fetching: {
      description: 'The provider is asked for a fresh one.',
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            src: 'provider',
            input: ({ context: { ports, epoch, identity, attempt } }) => ({
              port: ports.credential,
              request: { epoch, identity: identity ?? '', reason: 'renewal', attempt, forceRefresh: true },
            }),
          },
          after: { credentialTimeout: late('credential-timeout') },
          on: {
            'credential.granted': [
              stale,
              {
                guard: 'broughtRefused',
                target: '#auth-failed',
                actions: 'noteRefusedAgain',
                description: 'It is not presented to the server once more (CR-6).',
              },
              { target: '#handing', actions: 'noteFresh' },
            ],
            'credential.refused': [stale, { target: '#auth-failed', actions: 'noteProviderFailure' }],
            'credential.unavailable': [stale, failed],
          },
        },
        pausing,
      },
    },
    handing: {
      id: 'handing',
      description: 'The fresh one is with the server. What it cannot take now, it is given again.',
      initial: 'asking',
      states: {
        asking: {
          invoke: {
            src: 'renewer',
            input: ({ context }) => ({ port: context.ports.link, epoch: context.epoch }),
          },
          after: { handshakeTimeout: late('renewal-unanswered') },
          on: {
            'renewal.accepted': [stale, { target: '#deciding', actions: 'settleRenewal' }],
            'renewal.refused': [
              stale,
              ...endForGood,
              {
                guard: 'isCredentialRefused',
                target: '#auth-failed',
                actions: 'noteEnd',
                description: 'It was a fresh one already: no refresh could help (CR-6).',
              },
              failed,
            ],
          },
        },
        pausing,
      },
    },
    lapsing: {
      id: 'lapsing',
      description: 'Nothing more is tried: the server will say `expired` itself (RE-7).',
    },
  },
});
