import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeptRun } from '../../bench/kept.ts';

const folder = 'bench/results';

/** As a reader wants them: what a client costs, what a server costs, and what many clients do to it. */
const order = [
  ...['inbound', 'outbound', 'stores', 'memory', 'memory-10000', 'connect', 'restore', 'recover', 'size'],
  ...['machine', 'attempt', 'property'],
  ...['broadcast', 'broadcast-redis', 'server-memory', 'server-memory-redis'],
  ...['herd', 'herd-real'],
];

/** The runs that are kept in the repository; one that `order` does not know comes last. */
export function readRuns(base: string): KeptRun[] {
  const path = join(base, folder);
  if (!existsSync(path)) return [];
  const place = ({ name }: KeptRun) => (order.includes(name) ? order.indexOf(name) : order.length);
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => JSON.parse(readFileSync(join(path, file), 'utf8'), endless))
    .filter(isRun)
    .sort((a, b) => place(a) - place(b));
}

/** JSON has no word for what never came. */
function endless(key: string, value: unknown): unknown {
  return value === null && ['median', 'least', 'most'].includes(key) ? Number.POSITIVE_INFINITY : value;
}

/** A bench may keep something for drawings of its own beside its run. */
function isRun(kept: object): kept is KeptRun {
  return 'rows' in kept && 'targets' in kept;
}

/** One of them, for whoever quotes it. */
export function runOf(runs: readonly KeptRun[], name: string): KeptRun {
  const run = runs.find((each) => each.name === name);
  if (run === undefined)
    throw new Error(`no run of ${name} is kept. Run \`npm run bench -- ${name} --keep\` and commit.`);
  return run;
}

/** Where and when it was, in one line. */
export function circumstances({ machine, versions, date, load }: KeptRun): string {
  const packages = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${date}, ${machine}, ${packages.join(', ')}, load ${load} at the end`;
}
