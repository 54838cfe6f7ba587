import { monitorEventLoopDelay } from 'node:perf_hooks';

/** One look at a process. */
export interface Measured {
  /** Bytes of the heap when everything that is garbage was collected last. */
  readonly heap: number;
  /** Bytes of the process. */
  readonly rss: number;
  /** ms that the event loop was late at most since the last look, the collection itself left out. */
  readonly lag: number;
}

/**
 * Looks at this process, which must run with `--expose-gc`. What is garbage is collected when `collects` says so: that
 * holds everything up, and is not for every look.
 */
export function meter(): (collects: boolean) => Measured {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('run with --expose-gc');
  const delay = monitorEventLoopDelay({ resolution });
  delay.enable();
  let heap = 0;
  return (collects) => {
    const lag = Math.max(0, delay.max / 1e6 - resolution);
    if (collects) {
      gc();
      heap = process.memoryUsage().heapUsed;
    }
    // The collection held the loop up itself: that is told by the next turn, and left out.
    setTimeout(() => delay.reset(), 2 * resolution).unref();
    return { heap, rss: process.memoryUsage.rss(), lag };
  };
}

/** ms. */
const resolution = 10;
