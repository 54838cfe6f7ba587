import { judge } from './judge.ts';
import type { Options } from './options.ts';
import type { Outcome } from './outcome.ts';
import { settle } from './settle.ts';
import { setStage } from './stage.ts';
import { storm } from './storm.ts';
import { type Figures, Watch } from './watch.ts';

export interface Listener {
  /** What happens, line by line. */
  say(line: string): void;
  figures(figures: Figures): void;
}

/** Plays it from beginning to end. With `signal` the faults end early, and the rest follows all the same. */
export async function run(
  options: Options,
  redisPath: string,
  signal: AbortSignal,
  { say, figures }: Listener,
): Promise<Outcome> {
  const stage = await setStage(options, redisPath, say);
  try {
    const watch = new Watch(stage, options.every, figures);
    const strokes = await storm(stage, options, () => watch.liveShare, signal);
    const isWhole = !signal.aborted;
    say('no more faults; everything comes to its end');
    // What heaps are like in the storm: at rest they are another size.
    const heaps = new Map([...watch.heaps].map(([name, samples]) => [name, [...samples]]));
    await settle(stage, options, say);
    await watch.stop();
    const remains = await Promise.all(stage.crowds.map((crowd) => crowd.ask('end')));
    const { audit, failures } = stage;
    judge(audit, { strokes, isWhole, heaps, remains });
    const { last, worstLag } = watch;
    return { options, audit, strokes, isWhole, figures: last, worstLag, heaps, remains, failures };
  } finally {
    await stage.close();
  }
}
