/**
 * One page, as far as the others can see: it holds a Web Lock of its own for as long as it lives. The browser frees it
 * when the page ends, however it ends.
 */
export class PageOwner {
  readonly #prefix: string;
  readonly #locks: LockManager;
  #name = '';
  #held: Promise<void> | null = null;
  #release: () => void = () => {};
  #isClosed = false;
  #channel: BroadcastChannel | null = null;
  readonly #newcomers = new Set<(owner: string) => void>();

  /** @param database Its name: owners of other databases are of no interest. */
  constructor(database: string, locks: LockManager) {
    this.#prefix = `holdfast:${database}:`;
    this.#locks = locks;
  }

  /** Its name, once the lock is held. Another one when the lock was taken away, by the browser or by force. */
  async name(): Promise<string> {
    this.#held ??= this.#hold();
    await this.#held;
    return this.#name;
  }

  /**
   * Those of `owners` that are dead. The names must have been read before: one that appears later may not hold its
   * lock yet when the locks are asked.
   */
  async deadAmong(owners: Iterable<string>): Promise<ReadonlySet<string>> {
    const living = new Set(await this.#living());
    return new Set([...owners].filter((owner) => !living.has(owner)));
  }

  /** Calls back whenever another owner has died, until `signal`. */
  async watch(died: () => void, signal: AbortSignal): Promise<void> {
    const followed = new Set<string>();
    const follow = (owner: string) => {
      if (signal.aborted || followed.has(owner) || owner === this.#name) return;
      followed.add(owner);
      // Shared, to be told apart from the owner's, and not to keep other watchers waiting.
      this.#locks.request(this.#prefix + owner, { signal, mode: 'shared' }, died).catch(() => {});
    };
    // Listening first, then asking: whoever comes in between is seen twice rather than never.
    this.#newcomers.add(follow);
    signal.addEventListener('abort', () => this.#newcomers.delete(follow));
    await this.name();
    for (const owner of await this.#living()) follow(owner);
    // Who died before the question left something that nobody was told of.
    if (!signal.aborted) died();
  }

  close(): void {
    this.#isClosed = true;
    this.#release();
    this.#channel?.close();
    this.#channel = null;
  }

  #hold(): Promise<void> {
    const name = randomName();
    return new Promise((resolve, reject) => {
      const lock = this.#locks.request(this.#prefix + name, () => {
        this.#name = name;
        resolve();
        if (this.#isClosed) return;
        this.#introduce();
        return new Promise<void>((release) => {
          this.#release = release;
        });
      });
      // It ends before the page does when somebody steals it, or the browser takes it from a page that it froze.
      lock
        .catch(reject)
        .finally(() => {
          this.#held = null;
        })
        .catch(() => {});
    });
  }

  async #living(): Promise<string[]> {
    const { held = [] } = await this.#locks.query();
    return held.flatMap(({ name, mode }) =>
      mode === 'exclusive' && name?.startsWith(this.#prefix) ? [name.slice(this.#prefix.length)] : [],
    );
  }

  /** Locks do not tell of new ones: each page says itself that it is there. */
  #introduce(): void {
    if (typeof BroadcastChannel === 'undefined') return;
    if (this.#channel === null) {
      this.#channel = new BroadcastChannel(this.#prefix);
      this.#channel.onmessage = ({ data }) => {
        if (typeof data === 'string') for (const follow of this.#newcomers) follow(data);
      };
    }
    this.#channel.postMessage(this.#name);
  }
}

/** `crypto.randomUUID` is for secure pages only. */
function randomName(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((word) => word.toString(36)).join('-');
}
