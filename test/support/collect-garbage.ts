import { promisify } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const turn = promisify(setTimeout);

/** Twice, in turns of its own each: a WeakRef that was looked at keeps its target until the turn is over. */
export async function collectGarbage(): Promise<void> {
  for (const ms of [10, 10]) {
    await turn(ms);
    collect();
  }
}
