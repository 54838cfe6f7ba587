import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { fileStore } from '../../src/node/index.ts';
import { createRandom } from '../../src/testing/random.ts';
import { compiled } from '../support/compiled.ts';
import { payloadOf } from '../support/kill-payload.ts';
import { afterRestart, closing, filesOf, useFolder } from '../support/outbox-folder.ts';
import { seed } from '../support/seed.ts';

const script = compiled(fileURLToPath(new URL('../support/file-store-child.ts', import.meta.url)));
const rounds = Number(process.env['HOLDFAST_KILLS'] ?? 40);

interface Child {
  readonly process: ChildProcess;
  /** Every line so far. */
  readonly said: string[];
  /** Resolves when that many lines were said after `ready`. */
  lines(count: number): Promise<void>;
  kill(): Promise<void>;
}

function start(folder: string, first: number): Child {
  const args = [script, folder, `${seed + first}`, `${first}`];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said: string[] = [];
  let wake = () => {};
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    said.push(line);
    wake();
  });
  const closed = Promise.all([once(child, 'close'), once(lines, 'close')]).then(() => wake());
  return {
    process: child,
    said,
    async lines(count) {
      while (said.length < count + 1) {
        expect(child.exitCode, 'the process ended by itself').toBeNull();
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}

/** What must be there, and what may be: asked for, but not acknowledged before the kill. */
class Ledger {
  readonly kept = new Set<string>();
  readonly open = new Set<string>();
  readonly gone = new Set<string>();
  next = 0;

  read(said: readonly string[]): void {
    for (const line of said) {
      const [, ask, what, id = ''] = /^(ask )?(put|remove) (\d+)$/.exec(line) ?? [];
      if (what === 'put' && ask !== undefined) {
        this.open.add(id);
        this.next = Math.max(this.next, Number(id) + 1);
      } else if (what === 'put') {
        this.open.delete(id);
        this.kept.add(id);
      } else if (ask !== undefined) {
        this.kept.delete(id);
        this.open.add(id);
      } else {
        this.open.delete(id);
        this.gone.add(id);
      }
    }
  }

  /** What is found settles what was open. */
  settle(found: readonly string[]): void {
    for (const id of this.open) (found.includes(id) ? this.kept : this.gone).add(id);
    this.open.clear();
  }
}

test(
  `[OB-7] whatever was said to be kept outlives ${rounds} kills, in order and whole (seed ${seed})`,
  async () => {
    const folder = useFolder();
    const random = createRandom(seed);
    const ledger = new Ledger();
    for (let round = 0; round < rounds; round += 1) {
      const child = start(folder, ledger.next);
      await child.lines(Math.floor(random() * 60));
      // Somewhere in the middle of whatever it does.
      for (let turns = Math.floor(random() * 20); turns > 0; turns -= 1) await new Promise(setImmediate);
      await child.kill();
      expect(child.process.signalCode).toBe('SIGKILL');
      ledger.read(child.said);
      const { ids, entries, corrupt } = await afterRestart(folder);
      expect(corrupt).toEqual([]);
      expect(ids).toEqual([...ids].sort((a, b) => Number(a) - Number(b)));
      for (const id of ledger.kept) expect(ids, `round ${round}`).toContain(id);
      for (const id of ids) expect(ledger.gone.has(id), `${id}, round ${round}`).toBe(false);
      for (const { id, payload } of entries) {
        expect(isDeepStrictEqual(payload, payloadOf(id)), `payload of ${id}, round ${round}`).toBe(true);
      }
      ledger.settle(ids);
    }
    expect(ledger.next).toBeGreaterThan(rounds);
    expect(filesOf(folder, '').length).toBeLessThan(10);
  },
  10_000 + rounds * 2_000,
);

test('[OB-7] what a process holds is not handed out while it lives, and handed over at once when it is killed', async () => {
  const folder = useFolder();
  const child = start(folder, 0);
  await child.lines(40);
  const store = closing(fileStore(folder));
  const found = new Promise<string[]>((resolve) => {
    store.watch?.('alice', ({ entries }) => resolve(entries.map(({ id }) => id)));
  });
  expect(await store.load('alice')).toEqual({ entries: [], corrupt: [] });
  // Alive, and unable to answer.
  child.process.kill('SIGSTOP');
  expect(await store.load('alice')).toEqual({ entries: [], corrupt: [] });
  const killedAt = performance.now();
  await child.kill();
  const ids = await found;
  expect(performance.now() - killedAt).toBeLessThan(1_000);
  const ledger = new Ledger();
  ledger.read(child.said);
  for (const id of ledger.kept) expect(ids).toContain(id);
});
