/** Several nodes that die under load: `npm run cluster -- --seconds 60`. Exits with 0 when nothing was lost or doubled. */
import { findRedis, howToGetRedis, provideRedis } from '../../tools/redis.mjs';
import { BadOption, type Options, readOptions, usage } from './options.ts';
import { printer, report } from './report/print.ts';
import { run } from './run.ts';

/** What was started ends with this process, and so do its folders. */
process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));

const options = optionsOrEnd();
const redis = redisOrEnd(options.json);
const say = printer(options.json ? process.stderr : process.stdout);
const outcome = await run(options, redis, say);
process.stdout.write(options.json ? `${JSON.stringify(outcome, null, 2)}\n` : report(outcome));
process.exitCode = outcome.faults.length === 0 ? 0 : 1;

function optionsOrEnd(): Options {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(usage);
    process.exit();
  }
  try {
    return readOptions(args);
  } catch (error) {
    if (!(error instanceof BadOption)) throw error;
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}

function redisOrEnd(json: boolean): string {
  try {
    // To install one takes words on stdout.
    const found = json ? findRedis() : provideRedis();
    if (found !== undefined) return found;
    throw new Error(`There is no Redis server. ${howToGetRedis}`);
  } catch (error) {
    console.error(`\n${(error as Error).message}\n`);
    process.exit(1);
  }
}
