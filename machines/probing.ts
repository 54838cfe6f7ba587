import { raise } from 'xstate';
import { stale } from './ignored.ts';
import { vocabulary } from './vocabulary.ts';

const probe = { target: 'probing', actions: 'noteWorld' } as const;

/**
 * Whether the link is believed. What happens to network and page says neither that it lives nor that it is dead: it is
 * asked, and only silence ends it (EN-2). One probe at a time; the status shows nothing of it.
 */
export const health = vocabulary.createStateConfig({
  description: 'Whether the link is believed.',
  initial: 'healthy',
  states: {
    healthy: {
      on: {
        'world.online': probe,
        'world.offline': probe,
        'world.visible': probe,
        'world.resumed': probe,
      },
    },
    probing: {
      description: 'The server is asked for a sign of life.',
      invoke: {
        src: 'prober',
        input: ({ context }) => ({ port: context.ports.session, epoch: context.epoch }),
      },
      initial: 'asking',
      on: {
        'probe.answered': [stale, { target: 'healthy' }],
        'probe.ghost': [
          stale,
          {
            actions: raise(({ context }) => ({
              type: 'link.lost',
              epoch: context.epoch,
              verdict: context.ports.classify(ghost),
            })),
          },
        ],
        'world.online': [
          {
            guard: 'isOffline',
            ...probe,
            reenter: true,
            description: 'What was asked while there was no network may never have gone out.',
          },
          {
            actions: 'noteWorld',
            description: 'Some hosts say it at every change: the verdict is not put off for that.',
          },
        ],
        'world.resumed': {
          ...probe,
          reenter: true,
          description: 'Nobody was awake to hear the answer.',
        },
      },
      states: {
        asking: { after: { probeTimeout: 'overdue' } },
        overdue: {
          description: 'An answer may have been received already, and wait behind the timer for its turn.',
          after: {
            lastWord: {
              actions: [
                'suspendLink',
                raise(({ context }) => ({
                  type: 'link.lost',
                  epoch: context.epoch,
                  verdict: context.ports.classify({
                    during: 'lost',
                    reason: 'ping timeout',
                    message: `no sign of life within ${context.deadlines.probe} ms`,
                  }),
                })),
              ],
            },
          },
        },
      },
    },
  },
});

const ghost = {
  during: 'lost',
  reason: 'ghost session',
  message: 'the server does not have this connection in its rooms',
} as const;
