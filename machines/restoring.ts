import type { RestoringStep } from './events.ts';
import { stale } from './ignored.ts';
import { vocabulary } from './vocabulary.ts';

/**
 * What a link takes with it is made good before the app is live: rooms first, so that nothing is sent past them, then
 * what was missed. A step that fails is tried again a bounded number of times; then the connection is live without it
 * and says what is missing.
 */
export const restoring = vocabulary.createStateConfig({
  description: 'What the app had before is made good: rooms, then missed messages. Then the outbox opens.',
  entry: 'beginRestoring',
  initial: 'rooms',
  states: {
    rooms: {
      description: 'Every wished room is joined again, in one go (RM-1).',
      ...step('rooms', '#missed'),
    },
    missed: {
      description: 'What was sent meanwhile is asked for; newer messages wait (SY-1, MS-4).',
      ...step('missed', '#live'),
    },
  },
});

function step(name: RestoringStep, next: string) {
  return vocabulary.createStateConfig({
    id: name,
    initial: 'looking',
    states: {
      looking: {
        always: [
          { guard: { type: 'isOwed', params: name }, target: 'working', actions: 'forgetTries' },
          { target: next, description: 'There is nothing to restore.' },
        ],
      },
      working: {
        entry: 'countTry',
        invoke: {
          src: 'restorer',
          input: ({ context }) => ({ port: context.ports.session, step: name, epoch: context.epoch }),
        },
        on: {
          'restoring.done': [stale, { target: next, actions: { type: 'settleStep', params: name } }],
          'restoring.failed': [
            stale,
            { guard: { type: 'mayTryAgain', params: name }, target: 'pausing' },
            { target: next, actions: 'noteMissing' },
          ],
        },
      },
      pausing: {
        description: 'A server that just came up is not asked again at once.',
        after: { stepPause: 'working' },
      },
    },
  });
}
