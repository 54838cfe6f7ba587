import { Bag, type Bagged } from '../bag.ts';
import { LinkCallError } from './link.ts';

interface Waiting extends Bagged {
  /** Which it was, so that all are lost in the order in which they were made. */
  readonly number: number;
  readonly reject: (error: LinkCallError) => void;
}

/** The calls that wait for an answer. Each settles exactly once, whatever comes first: answer, deadline or loss. */
export class Calls {
  readonly #waiting = new Bag<Waiting>();
  #made = 0;

  /** `send` is given what to call with the answer, and returns whether anything was sent; it may throw. */
  make(send: (answered: (error: unknown, answer: unknown) => void) => boolean): Promise<unknown> {
    const waiting = this.#waiting;
    this.#made += 1;
    return new Promise((resolve, reject) => {
      const call: Waiting = { slot: -1, number: this.#made, reject };
      waiting.add(call);
      const answered = (error: unknown, answer: unknown) => {
        if (error) return fail(waiting, call, 'timeout');
        waiting.delete(call);
        resolve(answer);
      };
      try {
        if (!send(answered)) fail(waiting, call, 'not-open');
      } catch {
        fail(waiting, call, 'not-open');
      }
    });
  }

  loseAll(): void {
    const waiting = this.#waiting;
    const calls = [...waiting.items].sort((one, other) => one.number - other.number);
    for (const call of calls) fail(waiting, call, 'lost');
  }
}

function fail(waiting: Bag<Waiting>, call: Waiting, reason: LinkCallError['reason']): void {
  waiting.delete(call);
  call.reject(new LinkCallError(reason));
}

/**
 * The other way round: the server may wait for an answer, and the last argument is the function to give it with.
 * It must not reach a later link: the server would take it for nonsense and hang up.
 */
export function guardAnswer(args: readonly unknown[], isOpen: () => boolean): readonly unknown[] {
  const answer = args.at(-1);
  if (typeof answer !== 'function') return args;
  const guarded = (...said: unknown[]) => {
    if (isOpen()) answer(...said);
  };
  return [...args.slice(0, -1), guarded];
}
