import { expect, test } from 'vitest';
import { storeOn } from '../../../src/node/file-store.ts';
import type { OutboxStore } from '../../../src/outbox/store.ts';
import { type FailingDisk, failingDisk } from '../../support/failing-disk.ts';
import { afterRestart, entry, killOwners, useFolder } from '../../support/outbox-folder.ts';

/** What a process did before it was killed: what it was told, and what it had asked for. */
interface Story {
  /** In order: what was acknowledged as kept, and not asked to be removed. */
  readonly kept: string[];
  readonly asked: Set<string>;
  readonly removed: Set<string>;
}

const big = 'x'.repeat(60_000);

/** A life with everything in it: takeover, puts in one turn, removals, compaction, a second log, a clean end. */
async function live(store: OutboxStore, { kept, asked, removed }: Story): Promise<void> {
  const put = async (id: string, payload?: unknown) => {
    asked.add(id);
    await store.put('alice', entry(id, payload === undefined ? {} : { payload }));
    if (!kept.includes(id)) kept.push(id);
  };
  const remove = async (id: string) => {
    if (kept.includes(id)) kept.splice(kept.indexOf(id), 1);
    asked.delete(id);
    await store.remove('alice', id);
    removed.add(id);
  };
  await put('new');
  await store.load('alice');
  await Promise.all([put('a'), put('b'), put('c')]);
  await remove('old 1');
  await put('a', 'again');
  for (let n = 0; n < 6; n += 1) {
    await put(`big ${n}`, big);
    await remove(`big ${n}`);
  }
  await Promise.all([remove('b'), put('d')]);
  await remove('old 2');
  await store.put('bob', entry('of bob'));
  await store.clear('bob');
  await put('last');
  await store.close?.();
}

/** A folder in which another process died before, with two entries. */
async function haunted(): Promise<string> {
  const folder = useFolder();
  const before = storeOn(failingDisk(), folder, { sync: false });
  await before.put('alice', entry('old 1'));
  await before.put('alice', entry('old 2'));
  await before.close?.();
  return folder;
}

function begin(): Story {
  return { kept: ['old 1', 'old 2'], asked: new Set(['old 1', 'old 2']), removed: new Set() };
}

async function stepsOfALife(): Promise<number> {
  const disk = failingDisk();
  await live(storeOn(disk, await haunted(), { sync: false }), begin());
  return disk.steps;
}

/** Until it is over, or nothing moves any more. */
async function liveUntilTheEnd(disk: FailingDisk, store: OutboxStore, story: Story): Promise<void> {
  let isOver = false;
  live(store, story).then(
    () => (isOver = true),
    () => (isOver = true),
  );
  while (!isOver && disk.steps < disk.haltAt) await new Promise((resolve) => setImmediate(resolve));
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

test.each([false, true])(
  '[OB-7] a kill between any two steps loses nothing that was kept, and keeps the order (a write half done: %s)',
  async (halfDone) => {
    const steps = await stepsOfALife();
    expect(steps).toBeGreaterThan(60);
    for (let haltAt = 1; haltAt <= steps; haltAt += 1) {
      const folder = await haunted();
      const disk = failingDisk();
      Object.assign(disk, { haltAt, halfDone });
      const story = begin();
      await liveUntilTheEnd(disk, storeOn(disk, folder, { sync: false }), story);
      killOwners(folder);
      await disk.letGo();
      const { ids, corrupt } = await afterRestart(folder);
      const where = `killed at step ${haltAt}`;
      expect(corrupt, where).toEqual([]);
      expect(
        ids.filter((id) => story.kept.includes(id)),
        where,
      ).toEqual(story.kept);
      for (const id of story.removed) expect(ids, where).not.toContain(id);
      if (haltAt % 5 === 0) expect((await afterRestart(folder)).ids, where).toEqual(ids);
    }
  },
  60_000,
);
