import { LinkCallError } from './link.ts';

/** The calls that wait for an answer. Each settles exactly once, whatever comes first: answer, deadline or loss. */
export class Calls {
  // Made when asked for: most links never call, and a Set weighs more than all else here.
  #waiting: Set<(reason: LinkCallError['reason']) => void> | null = null;

  /** `send` is given what to call with the answer, and returns whether anything was sent; it may throw. */
  make(send: (answered: (error: unknown, answer: unknown) => void) => boolean): Promise<unknown> {
    this.#waiting ??= new Set();
    const waiting = this.#waiting;
    return new Promise((resolve, reject) => {
      const fail = (reason: LinkCallError['reason']) => {
        waiting.delete(fail);
        reject(new LinkCallError(reason));
      };
      waiting.add(fail);
      const answered = (error: unknown, answer: unknown) => {
        if (error) return fail('timeout');
        waiting.delete(fail);
        resolve(answer);
      };
      try {
        if (!send(answered)) fail('not-open');
      } catch {
        fail('not-open');
      }
    });
  }

  loseAll(): void {
    for (const fail of this.#waiting ?? []) fail('lost');
  }
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
