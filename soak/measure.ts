import { monitorEventLoopDelay } from 'node:perf_hooks';

/** One look at a process. */
export interface Measured {
  /** Bytes of the heap after everything that is garbage was collected. */
  readonly heap: number;
  /** Bytes of the process. */
  readonly rss: number;
  /** ms that the event loop was late at most since the last look, the collection itself left out. */
  readonly lag: number;
}

/** Looks at this process, which must run with `--expose-gc`. */
export function meter(): () => Measured {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  return () => {
    const lag = Math.max(0, delay.max / 1e6 - resolution);
    gc();
    const { heapUsed, rss } = process.memoryUsage();
    // The collection held the loop up itself: that is told by the next turn, and left out.
    setTimeout(() => delay.reset(), 2 * resolution).unref();
    return { heap: heapUsed, rss, lag };
  };
}

/** ms. */
const resolution = 10;
