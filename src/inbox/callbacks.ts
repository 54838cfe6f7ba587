import { describe } from '../describe.ts';
import { type ErrorCode, HoldfastError } from '../errors.ts';
import type { Identify, Merge } from '../identify.ts';
import type { Inbound } from '../inbound.ts';
import type { Problems } from '../problems.ts';
import { type Arrival, mergeSafely, newerOf } from './arrival.ts';
import { type Mark, readMark } from './read-mark.ts';

interface Options {
  readonly identify: Identify | null;
  readonly merge: Merge | null;
  readonly problems: Pick<Problems, 'report'>;
}

/** Asks `identify` and `merge`, whatever they do (LC-13). A function that is wrong once is wrong for every message: told once a link. */
export class Callbacks {
  readonly #options: Options;
  readonly #complaints = new Set<ErrorCode>();

  constructor(options: Options) {
    this.#options = options;
  }

  readMark(message: Inbound): Mark | null {
    const { identify } = this.#options;
    if (identify === null) return null;
    try {
      const { mark, flaw } = readMark(identify(message));
      if (flaw !== null) this.complain('identify-invalid', `\`identify\` gave ${flaw}`);
      return mark;
    } catch (thrown) {
      this.complain('callback-threw', `\`identify\` threw: ${describe(thrown)}`);
      return null;
    }
  }

  merge(first: Arrival, second: Arrival): Inbound {
    const { merge } = this.#options;
    if (merge === null) return newerOf(first, second);
    const merged = mergeSafely(merge, first, second);
    if (!('flaw' in merged)) return merged;
    this.complain('merge-invalid', merged.flaw);
    return newerOf(first, second);
  }

  complain(code: ErrorCode, message: string): void {
    if (this.#complaints.has(code)) return;
    this.#complaints.add(code);
    this.#options.problems.report(new HoldfastError(code, message));
  }

  mayComplainAgain(): void {
    this.#complaints.clear();
  }
}
