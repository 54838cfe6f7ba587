import { dirname } from 'node:path';
import type { OutboxEntry } from '../outbox/store.ts';
import { codeOf, type Disk, type DiskFile } from './disk.ts';
import { type Reading, readRecords, removeRecord } from './record.ts';

/**
 * One file that only grows, until it is written anew without what is dead. Records are staged and then written
 * together by `flush`. After a failure nothing is taken for granted: the good part is copied to a new file first.
 */
export class Log {
  readonly #path: string;
  readonly #corruptPath: string;
  readonly #disk: Disk;
  #file: DiskFile;
  /** Bytes that are known to be written. */
  #size = 0;
  /** Bytes of the record of each living id, the staged ones too. */
  readonly #live = new Map<string, number>();
  #liveBytes = 0;
  #staged: Buffer[] = [];
  #hasStagedPut = false;
  #isSuspect = false;
  /** What was set aside, in words, until somebody reads it. */
  readonly #notes: string[] = [];

  private constructor(disk: Disk, path: string, corruptPath: string, file: DiskFile) {
    this.#disk = disk;
    this.#path = path;
    this.#corruptPath = corruptPath;
    this.#file = file;
  }

  /** @param corruptPath Where damaged lines go. */
  static async create(disk: Disk, path: string, corruptPath: string): Promise<Log> {
    const file = await disk.open(path, 'create');
    try {
      await disk.syncFolder(dirname(path));
    } catch (error) {
      await file.close().catch(() => {});
      throw error;
    }
    return new Log(disk, path, corruptPath, file);
  }

  /** One that is there. Damaged lines are set aside; an unfinished last one was never acknowledged, and is dropped. */
  static async open(disk: Disk, path: string, corruptPath: string): Promise<Log> {
    const log = new Log(disk, path, corruptPath, await disk.open(path, 'edit'));
    let bytes: Buffer;
    try {
      bytes = await log.#file.read();
    } catch (error) {
      await log.#file.close().catch(() => {});
      throw error;
    }
    const reading = readRecords(bytes);
    log.#adopt(reading, bytes.length);
    // What is appended must not follow half a line; and a log with damage would be told of again at each start.
    if (reading.size < bytes.length || reading.bad.length > 0) await log.rewrite().catch(() => {});
    return log;
  }

  get isEmpty(): boolean {
    return this.#live.size === 0;
  }

  get isSuspect(): boolean {
    return this.#isSuspect;
  }

  /** Worth to be written anew. */
  get isMostlyDead(): boolean {
    return this.#size - this.#liveBytes > Math.max(worthIt, this.#liveBytes);
  }

  has(id: string): boolean {
    return this.#live.has(id);
  }

  stagePut(id: string, record: Buffer): void {
    this.#liveBytes += record.length - (this.#live.get(id) ?? 0);
    this.#live.set(id, record.length);
    this.#staged.push(record);
    this.#hasStagedPut = true;
  }

  stageRemove(id: string): void {
    this.#liveBytes -= this.#live.get(id) ?? 0;
    this.#live.delete(id);
    this.#staged.push(removeRecord(id));
  }

  /**
   * Writes what is staged; puts are on the disk when it resolves if `sync` says so. Resolves to false when the file
   * was no longer where it belongs: then what is staged stays so.
   */
  async flush(sync: boolean): Promise<boolean> {
    const bytes = Buffer.concat(this.#staged);
    if (bytes.length === 0) return true;
    try {
      await this.#file.write(bytes, this.#size);
      if (sync && this.#hasStagedPut) await this.#file.sync();
      if (!(await this.#file.isAt(this.#path))) return false;
      this.#size += bytes.length;
      this.#unstage();
      return true;
    } catch (error) {
      this.giveUp();
      throw error;
    }
  }

  /** Forgets what is staged: its callers were told that it failed. */
  giveUp(): void {
    this.#unstage();
    this.#isSuspect = true;
  }

  /** Somebody cleared the identity: begins a new file, in which only what is staged is left. */
  async restart(): Promise<void> {
    const file = await this.#disk.open(this.#path, 'create');
    await this.#disk.syncFolder(dirname(this.#path));
    await this.#replaceFile(file);
    this.#size = 0;
    this.#recount(readRecords(Buffer.concat(this.#staged)));
  }

  /** Writes what lives to a new file and puts that in the place of the old one, at one stroke. */
  async rewrite(): Promise<void> {
    const { live, bad } = readRecords((await this.#file.read()).subarray(0, this.#size));
    await this.#setAside(bad);
    const bytes = Buffer.concat([...live.values()].map(({ record }) => record));
    const temporary = `${this.#path}.tmp`;
    const file = await this.#disk.open(temporary, 'replace');
    try {
      await file.write(bytes, 0);
      await file.sync();
      await this.#disk.rename(temporary, this.#path);
    } catch (error) {
      await file.close().catch(() => {});
      await this.#disk.remove(temporary).catch(() => {});
      throw error;
    }
    await this.#replaceFile(file);
    this.#adopt({ live, bad: [], size: bytes.length }, bytes.length);
    this.#isSuspect = false;
    await this.#disk.syncFolder(dirname(this.#path));
  }

  async entries(): Promise<readonly OutboxEntry[]> {
    const { live } = readRecords((await this.#file.read()).subarray(0, this.#size));
    return [...live.values()].map(({ entry }) => entry);
  }

  /** What was set aside since it was asked for last, in words. */
  takeNotes(): readonly string[] {
    return this.#notes.splice(0);
  }

  /** Lets go of the file, which goes too when nothing lives in it. */
  async close(): Promise<void> {
    await this.#file.close();
    if (this.isEmpty && !this.#isSuspect) await this.#disk.remove(this.#path);
  }

  async #setAside(bad: readonly Buffer[]): Promise<void> {
    if (bad.length === 0) return;
    const what = `${bad.length} damaged ${bad.length === 1 ? 'line' : 'lines'} of ${this.#path}`;
    try {
      const file = await this.#disk.open(this.#corruptPath, 'append');
      try {
        await file.write(Buffer.concat(bad.flatMap((line) => [line, Buffer.from('\n')])), 0);
        await file.sync();
      } finally {
        await file.close();
      }
    } catch (error) {
      this.#notes.push(`${what}, which could not be set aside (${codeOf(error)}) and stay where they are`);
      throw error;
    }
    this.#notes.push(`${what}: the checksum or the shape is wrong; set aside in ${this.#corruptPath}`);
  }

  #adopt(reading: Reading, length: number): void {
    this.#size = reading.size;
    this.#isSuspect = reading.size < length;
    this.#recount(reading);
  }

  #recount({ live }: Reading): void {
    this.#live.clear();
    this.#liveBytes = 0;
    for (const [id, { record }] of live) {
      this.#live.set(id, record.length);
      this.#liveBytes += record.length;
    }
  }

  #unstage(): void {
    this.#staged = [];
    this.#hasStagedPut = false;
  }

  async #replaceFile(file: DiskFile): Promise<void> {
    const old = this.#file;
    this.#file = file;
    await old.close().catch(() => {});
  }
}

/** Dead bytes below which a log is not written anew. */
const worthIt = 256 * 1024;
