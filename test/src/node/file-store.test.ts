import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isHoldfastError } from '../../../src/errors.ts';
import { storeOn } from '../../../src/node/file-store.ts';
import { fileStore } from '../../../src/node/index.ts';
import type { OutboxStore } from '../../../src/outbox/store.ts';
import { failingDisk } from '../../support/failing-disk.ts';
import {
  afterRestart,
  closing,
  entry,
  filesOf,
  killOwners,
  textOf,
  useFolder,
} from '../../support/outbox-folder.ts';

/** What a call failed with. */
async function failureOf(call: unknown): Promise<{ code: string; message: string; hint: string }> {
  const error = await Promise.resolve(call).then(
    () => new Error('it did not fail'),
    (thrown) => thrown,
  );
  if (!isHoldfastError(error)) throw error;
  return error;
}

function succeeds(call: unknown): Promise<boolean> {
  return Promise.resolve(call).then(
    () => true,
    () => false,
  );
}

describe('the folder', () => {
  test('[LC-14] is not touched before the first use, nor by closing a store that was never used', async () => {
    const folder = join(useFolder(), 'a', 'b');
    const store = fileStore(folder);
    expect(existsSync(folder)).toBe(false);
    await store.close?.();
    expect(existsSync(folder)).toBe(false);
  });

  test('[OB-7] and what is in it is for its user alone, and says nothing of an identity', async () => {
    const folder = join(useFolder(), 'outbox');
    const store = closing(fileStore(folder));
    await store.put('alice@example.com', entry('1'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const path of filesOf(folder, '.log')) expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).join()).not.toContain('alice');
  });

  test('[OB-7] has nothing left of an owner that closed with nothing to keep', async () => {
    const folder = useFolder();
    const store = fileStore(folder);
    await store.put('alice', entry('1'));
    await store.remove('alice', '1');
    await store.close?.();
    expect(readdirSync(folder)).toEqual([]);
  });

  test('[OB-7] does not fill up with the remains of processes that died', async () => {
    const folder = useFolder();
    for (let life = 0; life < 8; life += 1) {
      const disk = failingDisk();
      const store = storeOn(disk, folder);
      await store.load('alice');
      await store.put('alice', entry(`${life}`));
      disk.haltAt = 0;
      await disk.letGo();
      for (const path of filesOf(folder, '.sock')) {
        // As a kill leaves it: a socket that is there, and nobody who listens.
        rmSync(path);
        writeFileSync(path, '');
      }
    }
    expect(readdirSync(folder).length).toBeLessThanOrEqual(4);
    expect((await afterRestart(folder)).ids).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  });

  test('[OB-7] may have a path longer than a socket can have', async () => {
    const folder = join(useFolder(), 'a-long-name-'.repeat(15), 'another-long-name-'.repeat(10));
    const first = closing(fileStore(folder));
    await first.put('alice', entry('1'));
    const second = closing(fileStore(folder));
    expect((await second.load('alice')).entries).toEqual([]);
    await first.close?.();
    expect((await second.load('alice')).entries).toHaveLength(1);
  });
});

describe('a log', () => {
  test('[OB-7] is written anew when it is mostly dead, and keeps what lives', async () => {
    const folder = useFolder();
    const store = closing(fileStore(folder, { sync: false }));
    await store.put('alice', entry('stays'));
    for (let n = 0; n < 200; n += 1) {
      await store.put('alice', entry(`${n}`, { payload: 'x'.repeat(10_000) }));
      await store.remove('alice', `${n}`);
    }
    await store.put('alice', entry('last'));
    expect(textOf(folder, '.log').length).toBeLessThan(400_000);
    expect((await store.load('alice')).entries.map(({ id }) => id)).toEqual(['stays', 'last']);
    await store.close?.();
    expect((await afterRestart(folder)).ids).toEqual(['stays', 'last']);
  });

  test('[OB-7] that cannot be written anew stays as it is', async () => {
    const folder = useFolder();
    const disk = failingDisk();
    const store = closing(storeOn(disk, folder, { sync: false }));
    disk.fail = (step, path) => (step === 'rename' && path.endsWith('.tmp') ? 'EPERM' : undefined);
    await store.put('alice', entry('stays'));
    for (let n = 0; n < 60; n += 1) {
      await store.put('alice', entry(`${n}`, { payload: 'x'.repeat(10_000) }));
      await store.remove('alice', `${n}`);
    }
    await store.close?.();
    expect((await afterRestart(folder)).ids).toEqual(['stays']);
    expect(filesOf(folder, '.tmp')).toEqual([]);
  });

  test('[OB-7] waits for the disk once for many puts, and not at all when told so', async () => {
    const syncsOf = async (sync: boolean) => {
      const disk = failingDisk();
      let syncs = 0;
      disk.fail = (step) => {
        if (step === 'sync') syncs += 1;
        return undefined;
      };
      const store = closing(storeOn(disk, useFolder(), { sync }));
      await Promise.all(Array.from({ length: 500 }, (_, n) => store.put('alice', entry(`${n}`))));
      await store.remove('alice', '0');
      return syncs;
    };
    expect(await syncsOf(true)).toBe(1);
    expect(await syncsOf(false)).toBe(0);
  });
});

describe('a disk that fails', () => {
  test.each([
    ['ENOSPC', 'write', 'Make room'],
    ['EIO', 'sync', 'Check the space'],
    ['EACCES', 'open', 'right to read and write'],
    ['EROFS', 'open', 'right to read and write'],
  ])(
    '[OB-7] with %s in %s makes a put reject, loses nothing, and serves again when it is well',
    async (code, at, hint) => {
      const folder = useFolder();
      const disk = failingDisk();
      const store = closing(storeOn(disk, folder));
      await store.put('alice', entry('1'));
      disk.fail = (step) => (step === at ? code : undefined);
      const call = at === 'open' ? store.put('bob', entry('1')) : store.put('alice', entry('2'));
      const failure = await failureOf(call);
      expect(failure).toMatchObject({ code: 'store-failed' });
      expect(failure.message).toContain(code);
      expect(failure.hint).toContain(hint);
      disk.fail = () => undefined;
      expect((await store.load('alice')).entries.map(({ id }) => id)).toEqual(['1']);
      await store.put('alice', entry('3'));
      await store.close?.();
      expect(await afterRestart(folder)).toMatchObject({ ids: ['1', '3'], corrupt: [] });
    },
  );

  test('[OB-7] in the middle of a write leaves nothing that spoils what comes after', async () => {
    const folder = useFolder();
    const disk = failingDisk();
    const store = closing(storeOn(disk, folder));
    await store.put('alice', entry('1'));
    const [path = ''] = filesOf(folder, '.log');
    disk.fail = (step) => {
      if (step !== 'sync') return undefined;
      disk.fail = () => undefined;
      return 'EIO';
    };
    await failureOf(store.put('alice', entry('2')));
    await store.remove('alice', '1');
    await store.put('alice', entry('3'));
    expect(existsSync(path)).toBe(true);
    await store.close?.();
    expect(await afterRestart(folder)).toMatchObject({ ids: ['3'], corrupt: [] });
  });

  test('[OB-7] at every step of a life makes single calls reject, and what was acknowledged is kept', async () => {
    for (let failAt = 1; failAt < 60; failAt += 1) {
      const folder = useFolder();
      const disk = failingDisk();
      disk.fail = () => (disk.steps === failAt ? 'EIO' : undefined);
      const store = storeOn(disk, folder);
      const kept: string[] = [];
      for (let n = 0; n < 12; n += 1) {
        if (await succeeds(store.put('alice', entry(`${n}`)))) kept.push(`${n}`);
        // One that failed may have been done all the same.
        if (n % 3 === 2) await succeeds(store.remove('alice', kept.shift() ?? ''));
      }
      expect(kept.length).toBeGreaterThan(5);
      await succeeds(store.close?.());
      await disk.letGo();
      killOwners(folder);
      const { ids, corrupt } = await afterRestart(folder);
      expect(
        ids.filter((id) => kept.includes(id)),
        `failing at ${failAt}`,
      ).toEqual(kept);
      expect(corrupt).toEqual([]);
    }
  });

  test('[OB-7] a payload that is no JSON data makes its own put reject, and no other', async () => {
    const store = closing(fileStore(useFolder()));
    const puts = [1n, () => {}, new Map(), { deep: [Symbol('x')] }].map((payload, n) =>
      failureOf(store.put('alice', entry(`bad ${n}`, { payload }))),
    );
    const good = store.put('alice', entry('1'));
    for (const failure of await Promise.all(puts)) expect(failure.code).toBe('store-failed');
    await good;
    expect((await store.load('alice')).entries.map(({ id }) => id)).toEqual(['1']);
  });
});

describe('a folder that cannot be used', () => {
  test('[OB-7] since a file is in its place makes calls reject, until it is gone', async () => {
    const folder = join(useFolder(), 'outbox');
    writeFileSync(folder, 'a file');
    const store = closing(fileStore(folder));
    expect((await failureOf(store.load('alice'))).code).toBe('store-failed');
    expect((await failureOf(store.put('alice', entry('1')))).code).toBe('store-failed');
    rmSync(folder);
    await store.put('alice', entry('1'));
    expect((await store.load('alice')).entries).toHaveLength(1);
  });

  // Root may do everything.
  test.skipIf(process.getuid?.() === 0)('[OB-7] for want of the right makes calls reject', async () => {
    const folder = useFolder();
    chmodSync(folder, 0o000);
    const store: OutboxStore = fileStore(folder);
    const failure = await failureOf(store.load('alice'));
    expect(failure.hint).toContain('right to read and write');
    chmodSync(folder, 0o700);
    await store.put('alice', entry('1'));
    chmodSync(folder, 0o500);
    await store.put('alice', entry('2'));
    expect((await failureOf(store.put('bob', entry('1')))).code).toBe('store-failed');
    chmodSync(folder, 0o700);
    await store.put('bob', entry('1'));
    await store.close?.();
    expect((await afterRestart(folder)).ids).toEqual(['1', '2']);
  });

  test('[OB-7] with a log in it that cannot be read gives the others, and says which', async () => {
    const folder = useFolder();
    const [first, second] = [closing(fileStore(folder)), closing(fileStore(folder))];
    await first.put('alice', entry('1'));
    await second.put('alice', entry('2'));
    await first.close?.();
    await second.close?.();
    const [path = ''] = filesOf(folder, '.log');
    rmSync(path);
    mkdirSync(path);
    const { ids, corrupt } = await afterRestart(folder);
    expect(ids).toEqual(['2']);
    expect(corrupt).toHaveLength(1);
    expect(corrupt[0]).toMatch(/could not be read \(EISDIR\) and stays where it is/);
  });

  test('[OB-7] any more makes puts reject; when it is back, everything is', async () => {
    const folder = join(useFolder(), 'outbox');
    const store = closing(fileStore(folder));
    await store.put('alice', entry('1'));
    rmSync(folder, { recursive: true });
    const failure = await failureOf(store.put('alice', entry('2')));
    expect(failure.message).toContain('the folder is gone');
    expect((await failureOf(store.put('alice', entry('3')))).code).toBe('store-failed');
    mkdirSync(folder);
    await store.put('alice', entry('4'));
    const other = closing(fileStore(folder));
    expect((await other.load('alice')).entries).toEqual([]);
    await store.close?.();
    expect((await other.load('alice')).entries.map(({ id }) => id)).toEqual(['1', '4']);
  });

  test('[OB-7] under its name, since it was moved, makes puts reject; moved back, it serves', async () => {
    const folder = join(useFolder(), 'outbox');
    const store = closing(fileStore(folder));
    await store.put('alice', entry('1'));
    renameSync(folder, `${folder}-moved`);
    await failureOf(store.put('alice', entry('2')));
    renameSync(`${folder}-moved`, folder);
    await store.put('alice', entry('3'));
    await store.close?.();
    expect((await afterRestart(folder)).ids).toEqual(['1', '3']);
  });
});
