import { setTimeout as pause } from 'node:timers/promises';
import type { Options } from './options.ts';
import { settle } from './play/settle.ts';
import { type Stage, setStage } from './play/stage.ts';
import { storm } from './play/storm.ts';
import { type Outcome, summarize } from './report/summary.ts';

/** Plays it from beginning to end. `say`: what happens, line by line. */
export async function run(
  options: Options,
  redisPath: string,
  say: (line: string) => void,
): Promise<Outcome> {
  const stage = await setStage(options, redisPath, say);
  try {
    const over = new AbortController();
    const looks = keepLooking(stage, options.clients, over.signal);
    const kills = await storm(stage, options, say);
    const settled = await settle(stage, options, kills.at(-1), say);
    over.abort();
    await looks;
    return summarize(options, stage, kills, settled);
  } finally {
    await stage.close();
  }
}

/** At every node, about everybody, and at the logs, which keep only so much: of thousands not so often that it is felt. */
async function keepLooking({ watch, ledger }: Stage, clients: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    // What cannot be read while Redis is away is read later.
    await Promise.all([watch.look(), ledger.readOn().catch(() => {})]);
    await pause(200 + clients / 10);
  }
}
