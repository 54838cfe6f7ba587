import { Slots } from '../../src/server/slots.ts';
import { createRandom } from '../../src/testing/random.ts';
import { admissionDefaults, type Gate } from './world.ts';

/** Takes everybody. */
export const open: Gate = () => 'in';

/** Takes so many handshakes a second, and a burst; who comes besides hears nothing that would help. */
export function limited(rate: number): Gate {
  const slots = slotsOf(rate);
  return (now) => (slots.ask(now, 0) === null ? 'in' : null);
}

/** The same rate with `admission()`: who comes besides is given a slot. */
export function admitting(rate: number, seed: number): Gate {
  const slots = slotsOf(rate);
  // Chance of its own: clients draw the same whatever stands at the door.
  const random = createRandom(seed + 2);
  return (now) => {
    const answer = slots.ask(now, random());
    if (answer === null) return 'in';
    const { retryAfter, exact } = answer;
    return { code: 'busy', retryAfter: Math.ceil(retryAfter), ...(exact && { exact }) };
  };
}

/** The same rate, and the same time for all who come besides. */
export function telling(rate: number, retryAfter: number): Gate {
  const take = limited(rate);
  return (now) => (take(now) === 'in' ? 'in' : { code: 'busy', retryAfter });
}

function slotsOf(rate: number): Slots {
  const { burst, longestWait } = admissionDefaults;
  return new Slots({ rate, burst: burst(rate), longestWait }, 0);
}
