import { createRandom } from '../../src/testing/random.ts';
import type { Herd, Sort } from './outage.ts';
import { type Gate, grain, handshake, horizon, trip } from './world.ts';

/** What came of it, counted in bins of `grain` ms from 0 on. */
export interface Course {
  /** Handshakes that reached the server. */
  readonly arrivals: Uint32Array;
  /** Those of clients that this server turned away before. */
  readonly repeats: Uint32Array;
  /** Those that it let in. */
  readonly admitted: Uint32Array;
  /** Clients that are back. */
  readonly back: Uint32Array;
  /** Clients by how long they were without a server. */
  readonly away: Uint32Array;
  /** All attempts since the loss, also those that met nobody. */
  readonly attempts: number;
}

const nobody = -1;

/**
 * The herd meets its server. Every client has one event ahead of it at most, so the queue is one list for each
 * millisecond, and a client's place in its list is one number.
 */
export function comeBack({ clients, schedule, seed }: Sort, herd: Herd, gate: Gate): Course {
  const random = createRandom(seed + 1);
  const { arrivesAt, lostAt } = herd;
  const [waits, lastWait] = [herd.waits.slice(), herd.lastWait.slice()];
  const firstAt = new Int32Array(horizon).fill(nobody);
  const following = new Int32Array(clients);
  const counts = () => new Uint32Array(horizon / grain);
  const [arrivals, repeats, admitted, back, away] = [counts(), counts(), counts(), counts(), counts()];
  let { attempts } = herd;

  function arriveAt(time: number, client: number): void {
    const at = Math.ceil(time);
    if (at >= horizon) return;
    following[client] = firstAt[at] ?? nobody;
    firstAt[at] = client;
  }

  for (let client = 0; client < clients; client += 1) arriveAt(arrivesAt[client] ?? 0, client);
  for (let now = 0; now < horizon; now += 1) {
    let client = firstAt[now] ?? nobody;
    while (client !== nobody) {
      // Read first: whoever is turned away is put into another list.
      const next = following[client] ?? nobody;
      count(arrivals, now);
      if (waits[client] !== herd.waits[client]) count(repeats, now);
      const lost = lostAt[client] ?? 0;
      const answer = gate(now);
      if (answer === 'in') {
        count(admitted, now);
        count(back, now + handshake);
        count(away, now + handshake - lost);
      } else {
        const n = (waits[client] ?? 0) + 1;
        waits[client] = n;
        attempts += 1;
        const heard = now + trip(random);
        const last = lastWait[client] ?? 0;
        const delay = schedule(random, { n, elapsed: heard - lost, last, word: answer });
        lastWait[client] = delay;
        arriveAt(heard + delay + trip(random), client);
      }
      client = next;
    }
  }
  return { arrivals, repeats, admitted, back, away, attempts };
}

function count(bins: Uint32Array, time: number): void {
  const bin = Math.floor(time / grain);
  bins[bin] = (bins[bin] ?? 0) + 1;
}
