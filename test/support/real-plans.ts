import fc from 'fast-check';
import { type Command, commands } from '../../src/testing/index.ts';
import type { Pace, Plan } from './agreement.ts';

/** Random plans of what real sockets can be brought to at this pace. */
export function realPlans(pace: Pace, maxLength: number): fc.Arbitrary<Plan> {
  const step = fc.record({
    command: commands({ maxLength: 1, only: can[pace] }).filter((list) => list.length === 1),
    hastily: fc.boolean(),
  });
  return fc.record({
    steps: fc
      .array(step, { maxLength, size: 'max' })
      .map((list) =>
        list.flatMap(({ command, hastily }) => command.map((each) => ({ command: each, hastily }))),
      ),
    seed: fc.nat(0xffff),
  });
}

const can: Record<Pace, (command: Command) => boolean> = {
  'in step': isReal,
  'in real time': (command) => isReal(command) && !isTimed(command),
};

/** What messages and rooms do is held against a real server in tests of their own. */
const outlivesLinks: ReadonlySet<Command['do']> = new Set([
  'send',
  'join',
  'leave',
  'messages',
  'sync',
  'post',
]);

/** No pings that stay away, no slow wire: they would have to be waited for. */
function isReal(command: Command): boolean {
  if (outlivesLinks.has(command.do)) return false;
  if (command.do === 'network') return command.now === 'up' || command.now === 'down';
  return command.do !== 'drop' || command.because !== 'silence';
}

/** Where it matters how long something real takes: who passes time, and races with the dial or with the server's notice. */
function isTimed(command: Command): boolean {
  switch (command.do) {
    case 'pass':
    case 'sleep':
    case 'adjustClock':
      return true;
    case 'provider':
      return command.now === 'settlesLate' || command.now === 'settlesTooLate';
    case 'server':
      return command.now === 'recovers';
    default:
      return false;
  }
}
