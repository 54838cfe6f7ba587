import { join } from 'node:path';
import type { LoadedEntries, OutboxEntry } from '../outbox/store.ts';
import { WriteQueue } from '../outbox/write-queue.ts';
import { codeOf, type Disk } from './disk.ts';
import { Log } from './log.ts';
import { byPlace, corruptFile, type LogName, logFile, readLogFile } from './names.ts';
import type { Owner } from './owner.ts';
import { putRecord } from './record.ts';

export interface ShelfSurroundings {
  readonly folder: string;
  readonly disk: Disk;
  readonly owner: Owner;
  readonly sync: boolean;
}

/**
 * What one owner keeps for one identity, in one or more logs: its own, and those of dead owners that it took over. An
 * entry stays in its log until it is removed; new ones go to the last log, so that the order of the logs and the lines
 * is the order of the entries.
 */
export class Shelf {
  readonly #name: string;
  readonly #at: ShelfSurroundings;
  readonly #logs: Owned[] = [];
  readonly #queue = new WriteQueue<Write>((writes) => this.#commit(writes));
  #isSweeping = false;

  constructor(name: string, at: ShelfSurroundings) {
    this.#name = name;
    this.#at = at;
  }

  async put(entry: OutboxEntry): Promise<void> {
    await this.#queue.write({ id: entry.id, record: putRecord(entry) });
  }

  remove(id: string): Promise<void> {
    return this.#queue.write({ id, record: null });
  }

  /** Everything that is this owner's, and what the dead left. */
  load(): Promise<LoadedEntries> {
    return this.#queue.run(async () => {
      const corrupt = await this.#adopt();
      return { entries: await entriesOf(this.#logs), corrupt };
    });
  }

  /** Only what the dead left, and was not taken over before. */
  adopt(): Promise<LoadedEntries> {
    return this.#queue.run(async () => {
      const before = new Set(this.#logs);
      const corrupt = await this.#adopt();
      return { entries: await entriesOf(this.#logs.filter((owned) => !before.has(owned))), corrupt };
    });
  }

  /** Everything of the identity, whoever owns it, and what was set aside of it. */
  clear(): Promise<void> {
    return this.#queue.run(async () => {
      for (const { log } of this.#logs.splice(0)) await log.close().catch(() => {});
      const { disk, folder } = this.#at;
      for (const file of await disk.list(folder)) {
        if (file.startsWith(`${this.#name}.`)) await disk.remove(join(folder, file));
      }
      await disk.syncFolder(folder);
    });
  }

  close(): Promise<void> {
    return this.#queue.run(async () => {
      for (const { log } of this.#logs.splice(0)) await log.close();
    });
  }

  async #commit(writes: readonly Write[]): Promise<void> {
    const touched = new Set<Owned>();
    try {
      await this.#mend();
      for (const write of writes) {
        for (const owned of await this.#holders(write)) {
          if (write.record === null) owned.log.stageRemove(write.id);
          else owned.log.stagePut(write.id, write.record);
          touched.add(owned);
        }
      }
      for (const { log } of touched) await this.#flush(log);
    } catch (error) {
      for (const { log } of touched) log.giveUp();
      throw error;
    }
    this.#sweepSoon();
  }

  /** One log has an id, but for the leftovers of a power failure that took a removal back. */
  async #holders({ id, record }: Write): Promise<readonly Owned[]> {
    const holders = this.#logs.filter(({ log }) => log.has(id));
    return holders.length > 0 || record === null ? holders : [await this.#last()];
  }

  async #flush(log: Log): Promise<void> {
    if (await log.flush(this.#at.sync)) return;
    // Somebody cleared the identity, unless the whole folder is gone: then this owner's lock is gone too.
    if (!(await this.#at.owner.stands())) throw new Error('the folder is gone');
    await log.restart();
    if (!(await log.flush(this.#at.sync))) throw new Error('the log does not stay in its folder');
  }

  /** After a failure, before anything new is written. */
  async #mend(): Promise<void> {
    if (!this.#logs.some(({ log }) => log.isSuspect)) return;
    await this.#at.owner.stand();
    for (const { log } of this.#logs) if (log.isSuspect) await log.rewrite();
  }

  async #last(): Promise<Owned> {
    const last = this.#logs.at(-1);
    if (last !== undefined) return last;
    const { disk, folder, owner } = this.#at;
    const places = (await disk.list(folder)).map(readLogFile).map((name) => this.#placeOf(name));
    const name = {
      shelf: this.#name,
      place: Math.max(0, ...places) + 1,
      maker: owner.name,
      owner: owner.name,
    };
    const log = await Log.create(disk, join(folder, logFile(name)), join(folder, corruptFile(name)));
    const made = { name, log };
    this.#logs.push(made);
    return made;
  }

  #placeOf(name: LogName | null): number {
    return name?.shelf === this.#name ? name.place : 0;
  }

  /** Takes over the logs of the dead. Gives what there is to tell. */
  async #adopt(): Promise<string[]> {
    const { disk, folder, owner } = this.#at;
    const corrupt: string[] = [];
    const files = await disk.list(folder);
    for (const file of files) {
      const name = readLogFile(file);
      if (name?.shelf !== this.#name || this.#logs.some((own) => logFile(own.name) === file)) continue;
      if (name.owner !== owner.name && (await owner.isAlive(name.owner))) continue;
      await this.#takeOver(name, corrupt);
    }
    this.#logs.sort((a, b) => byPlace(a.name, b.name));
    await owner.meet(files);
    for (const { log } of this.#logs) corrupt.push(...log.takeNotes());
    this.#sweepSoon();
    return corrupt;
  }

  async #takeOver(name: LogName, corrupt: string[]): Promise<void> {
    const { disk, folder, owner } = this.#at;
    const from = join(folder, logFile(name));
    const mine = { ...name, owner: owner.name };
    const path = join(folder, logFile(mine));
    try {
      // Of several who try, one succeeds. Should this process die next, the log is that of a dead owner again.
      await disk.rename(from, path);
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return;
      corrupt.push(`${from}, which could not be taken over (${codeOf(error)}) and stays where it is`);
      return;
    }
    try {
      await disk.remove(`${from}.tmp`);
      this.#logs.push({ name: mine, log: await Log.open(disk, path, join(folder, corruptFile(mine))) });
    } catch (error) {
      corrupt.push(`${path}, which could not be read (${codeOf(error)}) and stays where it is`);
    }
  }

  #sweepSoon(): void {
    if (this.#isSweeping || !this.#logs.some((owned) => this.#isWorthIt(owned))) return;
    this.#isSweeping = true;
    void this.#queue.run(() => this.#sweep());
  }

  /** A log that cannot be made smaller stays as it is, until the next time. */
  async #sweep(): Promise<void> {
    for (const owned of this.#logs.filter((each) => this.#isWorthIt(each))) {
      if (!owned.log.isEmpty || owned === this.#logs.at(-1)) {
        await owned.log.rewrite().catch(() => {});
        continue;
      }
      this.#logs.splice(this.#logs.indexOf(owned), 1);
      await owned.log.close().catch(() => {});
    }
    this.#isSweeping = false;
  }

  #isWorthIt(owned: Owned): boolean {
    const { log } = owned;
    return log.isMostlyDead || (log.isEmpty && !log.isSuspect && owned !== this.#logs.at(-1));
  }
}

async function entriesOf(logs: readonly Owned[]): Promise<readonly OutboxEntry[]> {
  const byId = new Map<string, OutboxEntry>();
  for (const { log } of logs) for (const entry of await log.entries()) byId.set(entry.id, entry);
  return [...byId.values()];
}

interface Owned {
  readonly name: LogName;
  readonly log: Log;
}

interface Write {
  readonly id: string;
  /** `null` removes. */
  readonly record: Buffer | null;
}
