import { checkOptions, count } from '../checks.ts';
import type { Claim, DedupeStore } from './store.ts';

/** How much `memoryDedupe` remembers. */
export interface MemoryDedupeOptions {
  /** Most answers that are kept. Default: 100,000. */
  readonly items?: number;
  /** Most bytes that these and their keys take, about. Default: 64 MiB. */
  readonly bytes?: number;
}

/**
 * Remembers in this process: for one node, until it restarts. Past its bounds the answers that were asked for longest
 * ago are forgotten; what is running never is.
 *
 * @throws ServerError `bad-option` or `unknown-option`, naming the option.
 */
export function memoryDedupe(options: MemoryDedupeOptions = {}): DedupeStore {
  checkOptions('memoryDedupe()', options, { items: count, bytes: count });
  const { items: mostItems = 100_000, bytes: mostBytes = 64 * 2 ** 20 } = options;
  const running = new Map<string, Running>();
  /** Whoever was asked for last is last. */
  const done = new Map<string, Done>();
  let bytes = 0;

  function forget(key: string, { size }: Done): void {
    done.delete(key);
    bytes -= size;
  }

  function runningNow(key: string): Running | undefined {
    const claim = running.get(key);
    if (claim === undefined || claim.until > performance.now()) return claim;
    running.delete(key);
    return undefined;
  }

  function recall(key: string): Done | undefined {
    const known = done.get(key);
    if (known === undefined) return undefined;
    if (known.until <= performance.now()) {
      forget(key, known);
      return undefined;
    }
    done.delete(key);
    done.set(key, known);
    return known;
  }

  function remember(key: string, answer: string, ttl: number): void {
    const size = 2 * (key.length + answer.length) + overhead;
    done.set(key, { answer, size, until: performance.now() + ttl });
    bytes += size;
    for (const [oldest, entry] of done) {
      if (done.size <= mostItems && bytes <= mostBytes && entry.until > performance.now()) break;
      forget(oldest, entry);
    }
  }

  /** Nobody else holds it, and nobody has finished it. */
  const isFree = (key: string, token: string) =>
    recall(key) === undefined && (runningNow(key)?.token ?? token) === token;

  return {
    async begin(key, token, lease): Promise<Claim> {
      const known = recall(key);
      if (known !== undefined) return { state: 'done', answer: known.answer };
      const claim = runningNow(key);
      if (claim !== undefined) return { state: 'running', left: claim.until - performance.now() };
      running.set(key, { token, until: performance.now() + lease });
      return { state: 'mine' };
    },
    async extend(key, token, lease) {
      if (!isFree(key, token)) return false;
      running.set(key, { token, until: performance.now() + lease });
      return true;
    },
    async finish(key, token, answer, ttl) {
      if (!isFree(key, token)) return done.get(key)?.answer === answer;
      running.delete(key);
      remember(key, answer, ttl);
      return true;
    },
    async release(key, token) {
      if (running.get(key)?.token === token) running.delete(key);
    },
  };
}

/** What an entry of a map takes besides its texts, about. */
const overhead = 150;

interface Running {
  readonly token: string;
  readonly until: number;
}

interface Done {
  readonly answer: string;
  readonly size: number;
  readonly until: number;
}
