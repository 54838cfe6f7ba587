import { type Disk, type DiskFile, nodeDisk } from '../../src/node/disk.ts';

/** The real disk, until something happens to it. */
export interface FailingDisk extends Disk {
  /** Steps begun so far, those on open files too. */
  readonly steps: number;
  /** From this step on nothing is done and nothing answers, as if the process were killed. Default Infinity. */
  haltAt: number;
  /** Of the step in which it halts, if that writes: how much of it is done. */
  halfDone: boolean;
  /** Asked before each step; what it returns is thrown. */
  fail: (step: string, path: string) => string | undefined;
  /** Closes what a halt left open, as the system does for the dead. */
  letGo(): Promise<void>;
}

export function failingDisk(): FailingDisk {
  let steps = 0;
  const opened = new Set<DiskFile>();
  const step = async <T>(
    name: string,
    path: string,
    run: () => Promise<T>,
    half?: () => Promise<T>,
  ): Promise<T> => {
    steps += 1;
    if (steps >= disk.haltAt) {
      if (steps === disk.haltAt && disk.halfDone) await half?.();
      return new Promise<never>(() => {});
    }
    const code = disk.fail(name, path);
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    const done = await run();
    // A step that was under way is done, but nobody is there to hear of it.
    return steps >= disk.haltAt ? new Promise<never>(() => {}) : done;
  };
  const fileOf = (file: DiskFile, path: string): DiskFile => ({
    read: () => step('read', path, () => file.read()),
    write: (bytes, position) =>
      step(
        'write',
        path,
        () => file.write(bytes, position),
        () => file.write(bytes.subarray(0, bytes.length / 2), position),
      ),
    sync: () => step('sync', path, () => file.sync()),
    isAt: (at) => step('isAt', path, () => file.isAt(at)),
    close: () =>
      step('close', path, async () => {
        opened.delete(file);
        await file.close();
      }),
  });
  const disk: FailingDisk = {
    get steps() {
      return steps;
    },
    haltAt: Infinity,
    halfDone: false,
    fail: () => undefined,
    async letGo() {
      for (const file of opened) await file.close().catch(() => {});
      opened.clear();
    },
    makeFolder: (path) => step('makeFolder', path, () => nodeDisk.makeFolder(path)),
    list: (path) => step('list', path, () => nodeDisk.list(path)),
    exists: (path) => step('exists', path, () => nodeDisk.exists(path)),
    open: (path, how) =>
      step('open', path, async () => {
        const file = await nodeDisk.open(path, how);
        opened.add(file);
        return fileOf(file, path);
      }),
    rename: (from, to) => step('rename', from, () => nodeDisk.rename(from, to)),
    remove: (path) => step('remove', path, () => nodeDisk.remove(path)),
    syncFolder: (path) => step('syncFolder', path, () => nodeDisk.syncFolder(path)),
  };
  return disk;
}
