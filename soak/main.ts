/**
 * Everything that can go wrong, all at once and for long: `npm run soak -- --minutes 20`. Exits with 0 when every promise
 * was kept.
 */
import { optionsOrEnd } from '../examples/shared/command-line.ts';
import { redisOrEnd } from '../examples/shared/redis-or-end.ts';
import { readOptions, usage } from './options.ts';
import { clock, heading, legend, lineOf } from './report/line.ts';
import { verdictOf } from './report/verdict.ts';
import { run } from './run.ts';

const options = optionsOrEnd(readOptions, usage);
const redis = redisOrEnd();

/** The first ends the faults, and the verdict follows; the second ends everything, and so does SIGTERM. */
const over = new AbortController();
process.on('SIGINT', () => {
  if (over.signal.aborted) process.exit(130);
  over.abort();
  say('Ctrl-C: the verdict follows; once more ends at once');
});
process.once('SIGTERM', () => process.exit(143));

const startedAt = performance.now();
const say = (line: string) => console.log(`${clock(performance.now() - startedAt).padStart(6)} ${line}`);
const { minutes, clients, nodes, rate, seed } = options;
say(`${minutes} min, ${clients} clients, ${nodes} nodes, ${rate} messages a second, seed ${seed}`);

let lines = 0;
const outcome = await run(options, redis, over.signal, {
  say,
  figures(figures) {
    if (lines === 0) console.log(`\n${legend}`);
    if (lines % 20 === 0) console.log(heading);
    lines += 1;
    console.log(lineOf({ ...figures, elapsed: performance.now() - startedAt }));
  },
});
console.log(verdictOf(outcome));
process.exitCode = outcome.audit.breaches.broken.length === 0 ? 0 : 1;
