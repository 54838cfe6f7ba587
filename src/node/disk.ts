import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, readdir, rename, unlink } from 'node:fs/promises';

/** What the file store does with a disk, one step a call. Each may reject with Node's error. */
export interface Disk {
  /** With its parents, for the user alone. */
  makeFolder(path: string): Promise<void>;
  list(folder: string): Promise<readonly string[]>;
  exists(path: string): Promise<boolean>;
  /** `create`: must not be there yet. `replace`: emptied if it is. `edit`: must be there. `append`: made if it is not. */
  open(path: string, how: OpenHow): Promise<DiskFile>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens when there is none. */
  remove(path: string): Promise<void>;
  /** Makes new names in a folder last. */
  syncFolder(path: string): Promise<void>;
}

export interface DiskFile {
  /** From the start. */
  read(): Promise<Buffer>;
  write(bytes: Buffer, position: number): Promise<void>;
  /** Resolves when the content would survive a power failure. */
  sync(): Promise<void>;
  /** Whether this, and no other file, is found there. */
  isAt(path: string): Promise<boolean>;
  close(): Promise<void>;
}

export type OpenHow = 'create' | 'replace' | 'edit' | 'append';

/** The real one. */
export const nodeDisk: Disk = {
  async makeFolder(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  list: (folder) => readdir(folder),
  exists: (path) =>
    lstat(path).then(
      () => true,
      (error) => unlessAbsent(error, false),
    ),
  async open(path, how) {
    const handle = await open(path, flags[how], 0o600);
    try {
      return fileOf(handle, (await handle.stat({ bigint: true })).ino);
    } catch (error) {
      await handle.close();
      throw error;
    }
  },
  rename,
  async remove(path) {
    await unlink(path).catch((error) => unlessAbsent(error, undefined));
  },
  async syncFolder(path) {
    // Windows opens no folders, and needs no such step.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

export function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return [code, name].find((word) => typeof word === 'string') ?? 'unknown';
}

const { O_APPEND, O_CREAT, O_EXCL, O_RDWR, O_TRUNC } = constants;
const flags: Record<OpenHow, number> = {
  create: O_RDWR | O_CREAT | O_EXCL,
  replace: O_RDWR | O_CREAT | O_TRUNC,
  edit: O_RDWR,
  append: O_RDWR | O_CREAT | O_APPEND,
};

function fileOf(handle: FileHandle, ino: bigint): DiskFile {
  return {
    async read() {
      const bytes = Buffer.alloc((await handle.stat()).size);
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    },
    async write(bytes, position) {
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
        done += bytesWritten;
      }
    },
    sync: () => handle.datasync(),
    isAt: (path) =>
      lstat(path, { bigint: true }).then(
        (found) => found.ino === ino,
        (error) => unlessAbsent(error, false),
      ),
    close: () => handle.close(),
  };
}

function unlessAbsent<T>(error: unknown, otherwise: T): T {
  if (codeOf(error) === 'ENOENT') return otherwise;
  throw error;
}
