import { defaultPolicy, nextDelay } from '../../machines/policy.ts';
import { classifySocketIo, type Observed } from '../../machines/verdict.ts';
import { createRandom } from '../../src/testing/random.ts';

/** What the server says to a handshake: `null` lets in, anything else is what the client observes. */
export type Gate = (now: number) => Observed | null;

export interface Stampede {
  /** When clients came in, each with when it had first asked; in ms after the server was back. */
  readonly admissions: readonly { readonly at: number; readonly asked: number }[];
  /** When handshakes were tried, refused ones among them. */
  readonly handshakes: readonly number[];
}

/**
 * A server with so many clients crashes and is back `down` ms later; each client follows its own policy and classifier,
 * as the machine does, and its packets take between 1 and `latency` ms.
 */
export function stampede(
  gate: Gate,
  { clients = 2_000, down = 1_500, latency = 40, seed = 1, leave = 0 } = {},
): Stampede {
  const random = createRandom(seed);
  const due = new Map<number, (() => void)[]>();
  const admissions: { at: number; asked: number }[] = [];
  const firstAsked = new Map<number, number>();
  const handshakes: number[] = [];
  let last = 0;
  const at = (time: number, act: (now: number) => void) => {
    const now = Math.ceil(time);
    const acts = due.get(now) ?? [];
    due.set(now, acts);
    acts.push(() => act(now));
    last = Math.max(last, now);
  };

  const lost: Observed = { during: 'lost', message: 'lost', reason: 'transport close' };
  const absent: Observed = { during: 'failed', message: 'down', systemCode: 'ECONNREFUSED' };
  function wait(client: number, n: number, now: number, observed: Observed): void {
    const { retryAfter, exact, ...cause } = classifySocketIo(observed);
    const request = { n, attempt: n, elapsed: now, cause, retryAfter, exact };
    const delay = nextDelay(defaultPolicy, random, request);
    if (delay === 'give-up') throw new Error('nobody gives up here');
    at(now + delay + 1 + random() * (latency - 1), (then) => knock(client, n, then));
  }
  function knock(client: number, n: number, now: number): void {
    if (now < down) {
      wait(client, n + 1, now, absent);
      return;
    }
    const at = now - down;
    const asked = firstAsked.get(client) ?? at;
    firstAsked.set(client, asked);
    handshakes.push(at);
    const answer = gate(at);
    if (answer === null) admissions.push({ at, asked });
    // Some close the tab when they are told to wait.
    else if (random() >= leave) wait(client, n + 1, now, answer);
  }

  for (let client = 0; client < clients; client += 1) wait(client, 1, 0, lost);
  for (let now = 0; now <= last; now += 1) {
    for (const act of due.get(now) ?? []) act();
    due.delete(now);
  }
  return { admissions, handshakes };
}

/** The most of them within any window of so many ms. */
export function peak(times: readonly number[], window: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [index, time] of sorted.entries()) {
    while ((sorted[first] ?? time) <= time - window) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
