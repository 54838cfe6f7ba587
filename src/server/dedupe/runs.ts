import { randomUUID } from 'node:crypto';
import { isRetryable, Refuse } from '../refuse.ts';
import { readAnswer, writeAnswer } from './answer.ts';
import type { DedupeStore } from './store.ts';

export interface RunsOptions {
  readonly store: DedupeStore;
  readonly ttl: number;
  readonly lease: number;
  readonly timeout: number;
  /** What went wrong without a client hearing of it. */
  readonly failed: (error: unknown) => void;
}

export interface Outcome {
  readonly answer: unknown;
  /** Whether the message had come before. */
  readonly isRepeat: boolean;
}

/**
 * Runs the work of each key once. Whoever asks while it runs, here or on another node, gets its answer. `work` does
 * not reject.
 */
export class Runs {
  readonly #options: RunsOptions;
  readonly #running = new Map<string, Promise<Outcome>>();

  constructor(options: RunsOptions) {
    this.#options = options;
  }

  /** Rejects when the store fails before the work, or when another node has not ended within `timeout`. */
  async run(key: string, work: () => Promise<unknown>): Promise<Outcome> {
    const running = this.#running.get(key);
    if (running !== undefined) return { ...(await running), isRepeat: true };
    const run = this.#claim(key, work).finally(() => this.#running.delete(key));
    this.#running.set(key, run);
    return run;
  }

  async #claim(key: string, work: () => Promise<unknown>): Promise<Outcome> {
    const { store, lease, timeout } = this.#options;
    const token = randomUUID();
    const deadline = performance.now() + timeout;
    for (let look = soonest; ; look = Math.min(2 * look, latest)) {
      const claim = await store.begin(key, token, lease);
      if (claim.state === 'done') return { answer: readAnswer(claim.answer), isRepeat: true };
      if (claim.state === 'mine') return { answer: await this.#work(key, token, work), isRepeat: false };
      if (performance.now() >= deadline) throw stillRunning();
      // No sooner than its holder's lease can end, if that is soon.
      await pause(Math.max(1, Math.min(look, claim.left)));
    }
  }

  async #work(key: string, token: string, work: () => Promise<unknown>): Promise<unknown> {
    const { store, lease, failed } = this.#options;
    const beat = setInterval(() => void store.extend(key, token, lease).catch(failed), lease / 3);
    const answer = await work().finally(() => clearInterval(beat));
    try {
      if (isRetryable(answer)) await store.release(key, token);
      else if (!(await this.#finish(key, token, writeAnswer(answer, failed)))) failed(new LeaseLost());
    } catch (error) {
      // The work is done: a refusal would have it sent again, and done again when the lease has run out.
      failed(error);
    }
    return answer;
  }

  /** Twice, if need be: a connection may break under a command, and what says the same again does no harm. */
  #finish(key: string, token: string, answer: string): Promise<boolean> {
    const { store, ttl } = this.#options;
    const finish = () => store.finish(key, token, answer, ttl);
    return finish().catch(finish);
  }
}

/** Told when another node claimed a message because this one had not extended its lease in time: it may have run twice. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost';

  constructor() {
    super('this process stood still for longer than `lease`, and another has run the message too');
  }
}

/** What is answered while a message runs for longer than its sender may be left waiting. */
export function stillRunning(): Refuse {
  return new Refuse('still-running', { retryable: true });
}

/** How often another node's work is looked at, in ms. */
const soonest = 20;
const latest = 500;

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
