import { Spread } from '../../src/server/spread.ts';
import { createRandom } from '../../src/testing/random.ts';
import type { Schedule, Word } from './schedules.ts';
import { drainDefaults, trip } from './world.ts';

export interface Outage {
  /** Ms from the end of the old process until the new one listens. 0: other servers are there to take everybody. */
  readonly ms: number;
  /** Whether the server says goodbye to one after another before it ends, as `drain()` does. */
  readonly isDrained: boolean;
}

/** The herd at the moment from which it is taken again, which is 0: nobody competed with anybody until then. */
export interface Herd {
  /** When each client's first handshake arrives at a server that is there. */
  readonly arrivesAt: Float64Array;
  /** When it heard of its loss. */
  readonly lostAt: Float64Array;
  /** How often it waited since. */
  readonly waits: Uint16Array;
  /** Ms of the last of these waits. */
  readonly lastWait: Float64Array;
  readonly attempts: number;
}

export interface Sort {
  readonly clients: number;
  readonly schedule: Schedule;
  readonly seed: number;
}

/** Everybody loses the server, and tries until somebody is there. */
export function waitOut({ clients, schedule, seed }: Sort, outage: Outage): Herd {
  const random = createRandom(seed);
  const lostAt = losses(clients, outage);
  const arrivesAt = new Float64Array(clients);
  const waits = new Uint16Array(clients);
  const lastWait = new Float64Array(clients);
  let attempts = 0;
  for (let client = 0; client < clients; client += 1) {
    const lost = (lostAt[client] ?? 0) + trip(random);
    let now = lost;
    let word = outage.isDrained ? goodbye : null;
    let n = 0;
    let last = 0;
    do {
      n += 1;
      if (n > 1) {
        word = outage.isDrained && now < -outage.ms ? goodbye : null;
        now += trip(random);
      }
      last = schedule(random, { n, elapsed: now - lost, last, word });
      now += last + trip(random);
    } while (now < 0);
    attempts += n;
    lostAt[client] = lost;
    arrivesAt[client] = now;
    waits[client] = n;
    lastWait[client] = last;
  }
  return { arrivesAt, lostAt, waits, lastWait, attempts };
}

const goodbye: Word = { code: 'draining', retryAfter: drainDefaults.retryAfter };

/** When the server ends each link. With other servers there, 0 is the first goodbye; else it is when the new one listens. */
function losses(clients: number, { ms, isDrained }: Outage): Float64Array {
  const times = new Float64Array(clients).fill(-ms);
  if (!isDrained) return times;
  const { over } = drainDefaults;
  const begin = ms === 0 ? 0 : -ms - over;
  const spread = new Spread(clients, begin, over);
  let gone = 0;
  for (let now = begin; now <= begin + over; now += 1) {
    const left = clients - spread.waitingAt(now);
    times.fill(now, gone, left);
    gone = left;
  }
  return times;
}
