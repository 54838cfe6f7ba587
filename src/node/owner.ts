import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf, type Disk } from './disk.ts';
import { lockFile, ownerName, readLockFile } from './names.ts';

/**
 * One living user of a folder. It listens on a socket beside the logs, and holds a connection to every other one: the
 * kernel closes both at the moment it dies, however it dies, so nobody is taken for dead who lives, and a death is
 * known at once, without a deadline to wait for. Process ids are not asked: they are used again, and say nothing
 * across containers that share the folder.
 */
export class Owner {
  readonly name = ownerName();
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #left: () => void;
  #server: Server | null = null;
  /** The folder with the lock. */
  #place = '';
  readonly #neighbours = new Map<string, Socket>();
  readonly #visitors = new Set<Socket>();
  #isClosed = false;

  /** @param left Called when somebody may have died. */
  constructor(disk: Disk, folder: string, left: () => void) {
    this.#disk = disk;
    this.#folder = folder;
    this.#left = left;
  }

  /** Whether others see that this one lives. */
  async stands(): Promise<boolean> {
    if (this.#server === null) return false;
    return isWindows || (await this.#disk.exists(join(this.#place, lockFile(this.name))));
  }

  /** Makes the others see it. Nothing may be written before. */
  async stand(): Promise<void> {
    if (await this.stands()) return;
    await this.#sitDown();
    try {
      await this.#listen(this.#folder);
    } catch (error) {
      // Some mounted folders take no sockets. Those who cannot be seen there are looked for here.
      if (!unsupported.has(codeOf(error))) throw error;
      await this.#listen(tmpdir());
    }
  }

  /** Whether one of this name lives. In doubt it does. Whoever lives is listened to from then on. */
  async isAlive(owner: string): Promise<boolean> {
    if (owner === this.name || this.#neighbours.has(owner)) return true;
    for (const place of places(this.#folder)) {
      const socket = await reach(place, lockFile(owner), knock);
      if (socket === 'nobody') continue;
      if (socket !== 'unclear') this.#keep(owner, socket);
      return true;
    }
    return false;
  }

  /** Gets to know all who live, so that their end is noticed. Removes the locks of the dead who left nothing else. */
  async meet(files: readonly string[]): Promise<void> {
    for (const file of files) {
      const owner = readLockFile(file);
      if (owner === null || (await this.isAlive(owner))) continue;
      if (files.some((other) => other !== file && other.includes(owner))) continue;
      await this.#disk.remove(join(this.#folder, file)).catch(() => {});
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const gone = this.#sitDown();
    for (const socket of this.#neighbours.values()) socket.destroy();
    await gone;
  }

  /** Under another name first: a socket that is there but does not listen yet would look like that of a dead one. */
  async #listen(place: string): Promise<void> {
    const file = lockFile(this.name);
    const draft = isWindows ? file : `${file}.new`;
    this.#server = await reach(place, draft, (path) => listen(path, (socket) => this.#receive(socket)));
    this.#place = place;
    if (!isWindows) await this.#disk.rename(join(place, draft), join(place, file));
  }

  async #sitDown(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of this.#visitors) socket.destroy();
    await closed;
    if (!isWindows) await this.#disk.remove(join(this.#place, lockFile(this.name))).catch(() => {});
  }

  #keep(owner: string, socket: Socket): void {
    if (this.#isClosed || this.#neighbours.has(owner)) return void socket.destroy();
    this.#neighbours.set(owner, socket);
    this.#follow(socket, () => this.#neighbours.delete(owner));
  }

  #receive(socket: Socket): void {
    if (this.#isClosed) return void socket.destroy();
    this.#visitors.add(socket);
    this.#follow(socket, () => this.#visitors.delete(socket));
  }

  #follow(socket: Socket, forget: () => void): void {
    socket.unref();
    // Nothing is ever said; reading is how the end is seen.
    socket.resume();
    socket.on('error', () => {});
    socket.on('close', () => {
      forget();
      if (!this.#isClosed) this.#left();
    });
  }
}

const isWindows = process.platform === 'win32';
const unsupported = new Set(['EOPNOTSUPP', 'ENOTSUP', 'ENOSYS', 'EINVAL', 'EPROTONOSUPPORT']);

/** The shortest limit of a socket's path, with room for its end, is that of macOS. */
const longestPath = 100;

function places(folder: string): readonly string[] {
  return isWindows ? [folder] : [folder, tmpdir()];
}

function listen(path: string, receive: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(receive);
    server.once('error', reject);
    // In a cluster the socket would otherwise be the primary's, and outlive the worker.
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      server.on('error', () => {});
      server.unref();
      resolve(server);
    });
  });
}

function knock(path: string): Promise<Socket | 'nobody' | 'unclear'> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', (error) => {
      const isNobody = ['ECONNREFUSED', 'ENOENT', 'ENOTSOCK'].includes(codeOf(error));
      resolve(isNobody ? 'nobody' : 'unclear');
    });
    socket.once('connect', () => resolve(socket));
  });
}

/** A path to a socket that the system takes: a long one goes over a short link, which is needed for one call only. */
async function reach<T>(place: string, file: string, use: (path: string) => Promise<T>): Promise<T> {
  if (isWindows) return use(`\\\\.\\pipe\\holdfast-${file}`);
  const path = join(place, file);
  if (Buffer.byteLength(path) <= longestPath) return use(path);
  const aside = await mkdtemp(join(tmpdir(), 'hf-'));
  try {
    await symlink(place, join(aside, 'to'));
    return await use(join(aside, 'to', file));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}
