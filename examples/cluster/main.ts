/** Several nodes that die under load: `npm run cluster -- --seconds 60`. Exits with 0 when nothing was lost or doubled. */
import { optionsOrEnd } from '../shared/command-line.ts';
import { redisOrEnd } from '../shared/redis-or-end.ts';
import { readOptions, usage } from './options.ts';
import { printer, report } from './report/print.ts';
import { run } from './run.ts';

/** What was started ends with this process, and so do its folders. */
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const options = optionsOrEnd(readOptions, usage);
const redis = redisOrEnd(options.json);
const say = printer(options.json ? process.stderr : process.stdout);
const outcome = await run(options, redis, say);
process.stdout.write(options.json ? `${JSON.stringify(outcome, null, 2)}\n` : report(outcome));
process.exitCode = outcome.faults.length === 0 ? 0 : 1;
